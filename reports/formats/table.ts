/** Text tables: columns as wide as their widest cell, two spaces between them. */

export interface TextColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

/** Columns that a terminal shows for a text: wide East Asian characters take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    const code = character.codePointAt(0) ?? 0;
    const wide =
      (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3);
    const alsoWide = (code >= 0xf900 && code <= 0xfaff) || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f300;
    width += wide || alsoWide ? 2 : 1;
  }
  return width;
}

/** Lines of a table, title line first. Trailing spaces are left out. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((width, line) => Math.max(width, displayWidth(line[index])), 0),
  );
  const fit = (text: string, index: number) => {
    const room = " ".repeat(widths[index] - displayWidth(text));
    return columns[index].align === "right" ? room + text : text + room;
  };
  return lines.map((line) => line.map(fit).join("  ").trimEnd());
}
