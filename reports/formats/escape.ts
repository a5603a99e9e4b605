/** Names and reasons come from documents and engines of other people: no format lets them out of their place. */

/** One line of plain text: escape sequences go, control and direction-changing characters become spaces. */
export function plain(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this takes out
      .replace(/\u001b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this takes out
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ")
  );
}

/** Plain text that Markdown, also within a table, shows as it is. */
export function markdownText(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>|#~&$!]/g, (character) =>
    character === "<" ? "&lt;" : character === "&" ? "&amp;" : `\\${character}`,
  );
}

/** A code span that holds any text: fenced by more backticks than it holds in a row. Not for tables: a pipe ends a cell. */
export function markdownCode(text: string): string {
  const content = plain(text);
  const longest = (content.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  const fence = "`".repeat(longest + 1);
  const pad = content.startsWith("`") || content.endsWith("`") ? " " : "";
  return `${fence}${pad}${content}${pad}${fence}`;
}
