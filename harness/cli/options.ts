/** Values of options, as text from the command line. */
import { UsageError } from "../base/errors.ts";

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** A whole number of at least `least`. */
export function wholeNumber(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new UsageError(`${name} is "${text}"; expected a whole number of at least ${least}`);
    }
    return value;
  };
}
