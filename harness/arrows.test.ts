/**
 * The arrows of the design: who may import whom. dependency-cruiser cannot read TypeScript 7 yet, and the import
 * statements of this tree have one form, so the scan is done here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const IMPORT = /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** Longest prefix wins. Each part may import itself and what is listed; "*" is everything. */
const ALLOWED: Record<string, readonly string[]> = {
  "harness/base": ["harness/contract"],
  "harness/contract": ["harness/base"],
  "harness/link": ["harness/contract", "harness/base"],
  "harness/guest": ["harness/contract", "harness/base"],
  "harness/process": ["harness/contract", "harness/base"],
  "harness/witness": ["harness/contract", "harness/base", "harness/link"],
  "harness/plan": ["harness/contract", "harness/base", "harness/link"],
  "harness/judge": ["harness/contract", "harness/base"],
  "harness/world/virtual": [
    "harness/contract",
    "harness/base",
    "harness/link",
    "harness/guest",
    "harness/process",
    "harness/witness",
  ],
  "harness/world/live": [
    "harness/contract",
    "harness/base",
    "harness/link",
    "harness/guest",
    "harness/process",
    "harness/witness",
  ],
  "harness/run": ["harness/contract", "harness/base", "harness/judge"],
  engines: ["harness/contract", "harness/base", "harness/link", "harness/guest"],
  suites: ["harness/contract", "harness/base", "harness/link", "harness/guest"],
  reports: ["harness/contract", "harness/base", "harness/link", "harness/guest"],
  "harness/cli": ["*"],
  "harness/bench": ["*"],
  harness: ["*"],
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

function partOf(path: string): string {
  const parts = Object.keys(ALLOWED).filter((part) => path.startsWith(`${part}/`));
  return parts.sort((a, b) => b.length - a.length)[0] ?? "(outside)";
}

/** "from part → to part" of every relative import, with the file. */
function arrows(path: string, text: string): { from: string; to: string; file: string }[] {
  return [...text.matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[1] ?? match[2] ?? match[3];
    if (!specifier.startsWith(".")) return [];
    const target = posix.normalize(posix.join(posix.dirname(path), specifier));
    return [{ from: partOf(path), to: partOf(target), file: path }];
  });
}

function forbidden(path: string, text: string): string[] {
  return arrows(path, text)
    .filter(({ from, to }) => from !== to && !ALLOWED[from]?.includes("*") && !ALLOWED[from]?.includes(to))
    .map(({ from, to, file }) => `${file}: ${from} must not import ${to}`);
}

describe("the arrows of the design", () => {
  const files = ["harness", "engines", "suites", "reports"].flatMap((folder) => sourceFiles(join(ROOT, folder)));
  const paths = files.map((file) => relative(ROOT, file).split("\\").join("/"));

  test("hold everywhere", () => {
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.flatMap((path) => forbidden(path, readFileSync(join(ROOT, path), "utf8")))).toEqual([]);
  });

  test("are seen: the scan finds the imports of every kind that the tree uses", () => {
    const text =
      'import a from "../x.ts";\nimport type { B } from "./b.ts";\nexport * from "../../reports/y.ts";\nawait import("./z.ts");';
    expect(arrows("harness/judge/a.ts", text).map(({ to }) => to)).toEqual([
      "harness",
      "harness/judge",
      "reports",
      "harness/judge",
    ]);
  });

  test("a forbidden arrow is named", () => {
    expect(forbidden("engines/pre-copy/x.ts", 'import { k } from "../../harness/world/virtual/kernel.ts";')).toEqual([
      "engines/pre-copy/x.ts: engines must not import harness/world/virtual",
    ]);
    expect(forbidden("harness/contract/x.ts", 'import "../link/index.ts";')).toHaveLength(1);
    expect(forbidden("suites/x.ts", 'import { e } from "../engines/index.ts";')).toHaveLength(1);
  });
});
