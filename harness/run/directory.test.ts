import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "../base/errors.ts";
import { RunDirectory, traceFileName } from "./directory.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "longhaul-run-"));
});
afterEach(() => rmSync(parent, { recursive: true }));
const at = new Date("2026-11-22T10:54:07.123Z");

test("a directory is named after its start, and a second one of the same second gets its own name", () => {
  const names = [1, 2, 3].map(() => {
    const directory = RunDirectory.create(parent, at);
    directory.close();
    return directory.id;
  });
  expect(names).toEqual(["2026-11-22T10-54-07", "2026-11-22T10-54-07-2", "2026-11-22T10-54-07-3"]);
});

test("lines are appended whole", () => {
  const directory = RunDirectory.create(parent, at);
  directory.append('{"a":1}');
  directory.append('{"b":"ü"}');
  directory.close();
  expect(readFileSync(directory.cellsFile, "utf8")).toBe('{"a":1}\n{"b":"ü"}\n');
});

test("latest points at the run that finished last", () => {
  const first = RunDirectory.create(parent, at);
  const second = RunDirectory.create(parent, at);
  expect([first.linkLatest(), readlinkSync(join(parent, "latest"))]).toEqual([true, first.id]);
  expect([second.linkLatest(), readlinkSync(join(parent, "latest"))]).toEqual([true, second.id]);
  first.close();
  second.close();
});

test("something else by the name of latest is left alone", () => {
  mkdirSync(join(parent, "latest"));
  writeFileSync(join(parent, "latest", "mine"), "keep");
  const directory = RunDirectory.create(parent, at);
  expect(directory.linkLatest()).toBe(false);
  directory.close();
  expect(readFileSync(join(parent, "latest", "mine"), "utf8")).toBe("keep");
  expect(readdirSync(parent).sort()).toEqual([directory.id, "latest"]);
});

test("a parent that is a file is refused in one line", () => {
  const file = join(parent, "file");
  writeFileSync(file, "");
  expect(() => RunDirectory.create(file, at)).toThrow(UsageError);
  expect(() => RunDirectory.create(join(file, "below"), at)).toThrow(
    /a part of the path is not a directory; choose another place/,
  );
});

test("trace names stay below traces/ whatever the id says, and stay apart", () => {
  const ids = [
    "../../etc/passwd",
    "..",
    "a/b",
    "a_b",
    "pre-copy~lan.1a2b~idle~s1",
    "x".repeat(400),
    `${"x".repeat(399)}y`,
  ];
  const names = ids.map(traceFileName);
  expect(new Set(names).size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._~=,+-]{0,170}\.json$/);
  expect(names[4]).toBe("pre-copy~lan.1a2b~idle~s1.json");
});

test("a trace is written under its name, with no draft left behind", () => {
  const directory = RunDirectory.create(parent, at);
  directory.writeTrace("a/b", "{}");
  directory.close();
  expect(readdirSync(join(directory.path, "traces"))).toEqual([traceFileName("a/b")]);
  expect(existsSync(join(directory.path, "report.md"))).toBe(false);
});
