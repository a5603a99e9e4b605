import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { judge } from "../judge/index.ts";
import { exampleCell, goodTrace } from "../judge/testing.ts";
import { findRun, readRecords } from "./read.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-read-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const record = judge(exampleCell(), goodTrace());
const line = JSON.stringify(record);

/** What reading a file of this text says: the number of records, or the error. */
async function reading(text: string, maxLineBytes?: number): Promise<string> {
  const file = join(directory, "cells.ndjson");
  writeFileSync(file, text);
  let count = 0;
  try {
    for await (const _ of readRecords(file, maxLineBytes === undefined ? {} : { maxLineBytes })) count++;
  } catch (error) {
    return `${count}, then ${(error as Error).name}: ${(error as Error).message.replaceAll(directory, "DIR")}`;
  }
  return `${count}`;
}

test("records come back as they were written", async () => {
  const file = join(directory, "cells.ndjson");
  writeFileSync(file, `${line}\n${line}\n`);
  const records = [];
  for await (const found of readRecords(file)) records.push(found);
  expect(records).toEqual([record, record]);
});

test("lines longer than the buffer of a read, and characters across its border, are whole", async () => {
  const wide = JSON.stringify({ ...record, marks: ["ü".repeat(100_000)] });
  expect(await reading(`${wide}\n${wide}\n${wide}`)).toBe("3");
});

test("every kind of damage is told with file and line", async () => {
  const { cell: _, ...withoutCell } = record;
  const damaged = {
    empty: await reading(""),
    truncated: await reading(`${line}\n${line.slice(0, 500)}`),
    broken: await reading(`${line}\n{"version":1,\n${line}\n`),
    foreign: await reading(`${line}\n{"name":"something else"}\n`),
    list: await reading("[1,2]\n"),
    blank: await reading(`${line}\n\n${line}\n`),
    newer: await reading(`${JSON.stringify({ ...record, version: 2 })}\n`),
    incomplete: await reading(`${JSON.stringify(withoutCell)}\n`),
    wrong: await reading(`${JSON.stringify({ ...record, verdict: "passed" })}\n`),
    long: await reading(`${line}\n${line}\n`, 1000),
  };
  expect(damaged).toMatchInlineSnapshot(`
    {
      "blank": "1, then UsageError: DIR/cells.ndjson:2: not JSON: """,
      "broken": "1, then UsageError: DIR/cells.ndjson:2: not JSON: "{\\"version\\":1,"",
      "empty": "0, then UsageError: DIR/cells.ndjson holds no records",
      "foreign": "1, then UsageError: DIR/cells.ndjson:2: not a record of Longhaul; expected one JSON object with "version" and "cell" per line",
      "incomplete": "0, then UsageError: DIR/cells.ndjson:1: not a record of Longhaul; expected one JSON object with "version" and "cell" per line",
      "list": "0, then UsageError: DIR/cells.ndjson:1: not a record of Longhaul; expected one JSON object with "version" and "cell" per line",
      "long": "0, then UsageError: DIR/cells.ndjson:1: a line of more than 1000 bytes; this is not a file of records",
      "newer": "0, then UsageError: DIR/cells.ndjson:1: a record of version 2, written by a newer Longhaul; this one reads version 1",
      "truncated": "1, then UsageError: DIR/cells.ndjson:2: the file is truncated here, after 1 whole records; remove this line to read those",
      "wrong": "0, then UsageError: DIR/cells.ndjson:1: not a valid record: at /verdict: given "passed", did you mean "pass"? (allowed: pass, fail, error, unsupported, expected-fail, inconclusive)",
    }
  `);
});

test("a run is found by directory, by name below the results, and by file", () => {
  const run = join(directory, "2026-11-22T10-54-07");
  mkdirSync(run);
  writeFileSync(join(run, "cells.ndjson"), `${line}\n`);
  writeFileSync(join(run, "run.json"), JSON.stringify({ version: 1, id: "x" }));
  const cellsFile = join(run, "cells.ndjson");
  expect(findRun(run, "elsewhere")).toEqual({ cellsFile, run: { version: 1, id: "x" } });
  expect(findRun("2026-11-22T10-54-07", directory)).toEqual({ cellsFile, run: { version: 1, id: "x" } });
  expect(findRun(cellsFile, directory)).toEqual({ cellsFile, run: null });
});

test("a run that is not there, and a run.json that cannot be read, say what to do", () => {
  const finding = () => {
    try {
      return findRun("yesterday", directory);
    } catch (error) {
      return (error as Error).message.replaceAll(directory, "DIR");
    }
  };
  expect(finding()).toMatchInlineSnapshot(
    `"no run "yesterday": neither yesterday nor DIR/yesterday exists; longhaul run makes one"`,
  );
  mkdirSync(join(directory, "yesterday"));
  writeFileSync(join(directory, "yesterday", "run.json"), '{"version":2}');
  expect(finding()).toMatchInlineSnapshot(`"DIR/yesterday/run.json has version 2; this Longhaul reads version 1"`);
  writeFileSync(join(directory, "yesterday", "run.json"), "{");
  expect(finding()).toMatchInlineSnapshot(
    `"DIR/yesterday/run.json is not JSON; the records beside it can be read by themselves"`,
  );
});
