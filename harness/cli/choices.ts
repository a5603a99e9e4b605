import { unknownName } from "../base/errors.ts";

/** One of a few words; anything else is refused with the nearest of them. */
export function choice<const T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((name) => name === given);
  if (found === undefined) throw unknownName(`value of ${option}`, given, known);
  return found;
}
