import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cell } from "../contract/index.ts";
import { exampleCell } from "../judge/testing.ts";
import { runCells } from "./run-cells.ts";

/** Workers are loaded by Node itself, so these tests need `npm run build`. */
const dist = (file: string) => JSON.stringify(new URL(`../../dist/harness/${file}`, import.meta.url).href);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-pool-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A worker whose cells do as `body` says; `cell.identity.seed` tells them apart. */
function workerThat(name: string, body: string): URL {
  const file = join(directory, `${name}.mjs`);
  const text = `
    import { serve } from ${dist("run/serve.js")};
    import { judge } from ${dist("judge/index.js")};
    import { goodTrace } from ${dist("judge/testing.js")};
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    serve(async (cell) => { ${body}; return { record: judge(cell, goodTrace()), trace: goodTrace() }; });`;
  writeFileSync(file, text);
  return pathToFileURL(file);
}

const cellNumber = (number: number): Cell => {
  const cell = exampleCell();
  return { ...cell, identity: { ...cell.identity, id: `cell-${number}`, seed: number } };
};
const cells = Array.from({ length: 40 }, (_, index) => cellNumber(index));

async function run(workerUrl: URL, signal?: AbortSignal) {
  const neverHere = () => Promise.reject(new Error("the cells belong to the workers"));
  const options = { jobs: 2, runCell: neverHere, workerUrl, keep: "none" as const, ...(signal && { signal }) };
  const records = [];
  for await (const { record } of runCells(cells, options)) records.push(record);
  return records;
}

test("slow and fast cells come back in plan order", async () => {
  const records = await run(workerThat("uneven", "await sleep(cell.identity.seed % 5 === 0 ? 15 : 0)"));
  expect(records.map(({ cell }) => cell.seed)).toEqual(cells.map((_, index) => index));
});

test("a worker that dies costs its own cell and no other", async () => {
  const records = await run(workerThat("dying", "if (cell.identity.seed === 7) process.exit(9)"));
  const odd = records.filter(({ verdict }) => verdict !== "pass");
  expect(records).toHaveLength(40);
  expect(odd.map(({ cell, verdict, outcome }) => [cell.id, verdict, outcome.reason])).toEqual([
    ["cell-7", "error", "the worker died at this cell: its thread ended"],
  ]);
});

test("an error outside of any cell costs its own cell and no other", async () => {
  const body =
    "if (cell.identity.seed === 3) queueMicrotask(() => { throw new Error('heap is full'); }), await sleep(50)";
  const records = await run(workerThat("throwing", body));
  expect(records.filter(({ verdict }) => verdict !== "pass").map(({ outcome }) => outcome.reason)).toEqual([
    "the worker died at this cell: heap is full",
  ]);
});

test("workers that cannot start are a bug, not forty failed cells", async () => {
  const file = join(directory, "broken.mjs");
  writeFileSync(file, "import 'longhaul-has-no-such-module';");
  await expect(run(pathToFileURL(file))).rejects.toThrow(/^a worker did not start: .*longhaul-has-no-such-module/);
});

test("an abort stops cells that are under way", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const records = await run(workerThat("stuck", "if (cell.identity.seed === 5) for (;;) {}"), controller.signal);
  expect(records.length).toBeLessThan(40);
  expect(records.map(({ cell }) => cell.seed)).not.toContain(5);
});
