/** One axis of a suite, narrowed or extended by what the user asked for. */

interface Named {
  readonly name: string;
}

/** A value of an axis; `own`: the suite's entry names it itself. */
export interface AxisValue<T> {
  readonly choice: T;
  readonly own: boolean;
}

/**
 * For each entry of a suite the values to run. Without a request: the entry's own. With one: those of the entry's own
 * that were asked for; and what was asked for but is in no entry of the suite is added to every entry.
 * @param own the values of each entry
 */
export function selectAxis<T extends Named>(
  own: readonly (readonly T[])[],
  asked: readonly T[] | null,
): AxisValue<T>[][] {
  if (asked === null) return own.map((values) => values.map((choice) => ({ choice, own: true })));
  const inSuite = new Set(own.flat().map((value) => value.name));
  const askedNames = new Set(asked.map((value) => value.name));
  const added = asked.filter((value, index) => {
    const first = asked.findIndex((other) => other.name === value.name) === index;
    return first && !inSuite.has(value.name);
  });
  return own.map((values) => [
    ...values.filter((value) => askedNames.has(value.name)).map((choice) => ({ choice, own: true })),
    ...added.map((choice) => ({ choice, own: false })),
  ]);
}
