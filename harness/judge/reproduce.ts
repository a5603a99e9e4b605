/** The command line that runs one cell again. */
import type { Cell } from "../contract/index.ts";

/** Quotes a word for a POSIX shell when it needs it. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_.,:=%/+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function reproduceLine(cell: Cell): string {
  const { suite, engine, link, scenario, policy, world, seed } = cell.identity;
  const options: [string, string][] = [
    ["--engine", engine],
    ["--link", link],
    ["--scenario", scenario],
    ["--policy", policy],
    ["--seed", String(seed)],
  ];
  if (suite !== "default") options.unshift(["--suite", suite]);
  if (world !== "virtual") options.push(["--world", world]);
  if (cell.integrity !== "exact") options.push(["--integrity", cell.integrity]);
  return `npx longhaul run ${options.map(([name, value]) => `${name} ${shellWord(value)}`).join(" ")}`;
}
