/** One thing that is wrong with a document. */
export interface Problem {
  /** JSON pointer (RFC 6901); empty for the document itself. */
  readonly pointer: string;
  /** What was given, what is allowed. */
  readonly sentence: string;
}

/** JSON pointer of a path of property names and indices. */
export const pointer = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** A value as it was given, short enough for one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
