/** What the READMEs promise is run: every command, the picture of the result, the example for TypeScript. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longhaul, repository } from "./built.ts";
import { cutToLinks, fenced, picture, withPicture, words } from "./readme.ts";

const LIMIT_MS = 120_000;
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-readme-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const folders = ["harness", "engines", "suites", "reports"];
const readmes = [
  "README.md",
  ...folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /(^|[/\\])README\.md$/.test(file))
      .map((file) => join(folder, file)),
  ),
];
const read = (file: string): string => readFileSync(join(repository, file), "utf8");
const shown = readmes.flatMap((file) =>
  fenced(read(file), "sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ file, line })),
);

/** What these do is what runs this test, or is run by itself; that the scripts exist is all that is left to check. */
const NPM = /^npm (?:ci|cit|test|run ([\w:-]+))$/;

/** `npx longhaul run`, whose output is the picture, comes first, so that `latest` exists for what follows. */
let wholeRun: string;

test(
  "every command of every README ends well",
  async () => {
    const { scripts } = JSON.parse(read("package.json"));
    expect(shown.length).toBeGreaterThan(8);
    for (const { file, line } of shown) {
      const npm = NPM.exec(line);
      if (npm !== null) {
        expect(Object.keys(scripts), `${file}: ${line}`).toContain(npm[1] ?? "test");
        continue;
      }
      const [npx, name, ...args] = words(line);
      expect([npx, name], `${file}: ${line}`).toEqual(["npx", "longhaul"]);
      const { exitCode, stdout, stderr } = await longhaul(args, { cwd: directory });
      expect({ exitCode, stderr }, `${relative(".", file)}: ${line}`).toEqual({ exitCode: 0, stderr: "" });
      if (line === "npx longhaul run") wholeRun = stdout;
    }
  },
  LIMIT_MS,
);

/** UPDATE_README=1 draws the picture again, as vitest's -u does with snapshots. */
test("the picture of the result is what longhaul run prints, and no line wraps at 120 columns", () => {
  const readme = read("README.md");
  const { links, text } = picture(readme);
  const real = cutToLinks(wholeRun, links);
  if (process.env.UPDATE_README === "1") writeFileSync(join(repository, "README.md"), withPicture(readme, real));
  else expect(text).toBe(real);
  expect(wholeRun.split("\n").filter((line) => [...line].length > 120)).toEqual([]);
});

test(
  "the example for TypeScript is checked and run in a project that installs the package",
  async () => {
    const project = mkdtempSync(join(directory, "project-"));
    const { stdout } = await execa("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
      cwd: repository,
    });
    const packed = JSON.parse(stdout);
    const { filename, files } = (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]) as {
      filename: string;
      files: { path: string }[];
    };
    const paths = files.map(({ path }) => path);
    expect(paths).toContain("dist/schemas/link.schema.json");
    expect(paths.filter((path) => /\.test\.|testing|test-guest/.test(path))).toEqual([]);
    const [example] = fenced(read("README.md"), "ts");
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    writeFileSync(join(project, "example.ts"), example);
    const types = join(repository, "node_modules", "@types");
    const compilerOptions = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      typeRoots: [types],
      types: ["node"],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["example.ts"] }));
    await execa("npm", ["install", "--no-audit", "--no-fund", `./${filename}`], { cwd: project });
    await execa(join(repository, "node_modules", ".bin", "tsc"), ["-p", "."], { cwd: project });
    const ran = await execa("node", ["example.js"], { cwd: project });
    expect(ran.stdout.split("\n").map((line) => line.replace(/[\d.]+ ms/, "N ms"))).toEqual([
      "pre-copy pass N ms of downtime",
      "hybrid pass N ms of downtime",
    ]);
    const bin = await execa(join(project, "node_modules", ".bin", "longhaul"), ["--version"], { cwd: project });
    expect(bin.stdout).toBe(JSON.parse(read("package.json")).version);
  },
  LIMIT_MS,
);
