/** What the READMEs show: their fenced blocks, and the picture of a result cut from what `longhaul run` printed. */

/** Contents of the fenced blocks of one language. */
export function fenced(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]);
}

/** The sections of some links, with the first line and the counts. */
export function cutToLinks(output: string, links: readonly string[]): string {
  const sections = output.split("\n\n");
  const chosen = links.map((link) => sections.find((section) => section.startsWith(`${link}  `)) ?? `no ${link}`);
  const counts = sections.at(-1)?.split("\n")[0] ?? "";
  return `${[sections[0], ...chosen, counts].join("\n\n")}\n`;
}

const PICTURE = /<!-- result: (.+?) -->\n```text\n([\s\S]*?)```\n/;

export function picture(readme: string): { readonly links: string[]; readonly text: string } {
  const [, links, text] = PICTURE.exec(readme) ?? [];
  if (links === undefined) throw new Error("the README has no picture of a result");
  return { links: links.split(", "), text };
}

export const withPicture = (readme: string, text: string): string =>
  readme.replace(PICTURE, (_, links: string) => `<!-- result: ${links} -->\n\`\`\`text\n${text}\`\`\`\n`);

/** A command line as a shell splits it, for the simple ones that a README shows. */
export const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]);
