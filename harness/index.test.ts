import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { type LonghaulRecord, plan, run, UsageError } from "./index.ts";

const request = { suite: "smoke", engines: ["stop-copy"], links: ["lan-10g"] };

test("run returns the records that the command line would write, and writes nothing when asked to", async () => {
  const told: LonghaulRecord[] = [];
  const result = await run({ ...request, out: null, jobs: 1, onRecord: (record) => told.push(record) });
  expect(result.records.map(({ cell, verdict }) => [cell.engine, cell.link, verdict])).toEqual([
    ["stop-copy", "lan-10g", "pass"],
  ]);
  expect([result.exitCode, result.interrupted, result.directory, told]).toEqual([0, false, null, [...result.records]]);
  expect(existsSync("longhaul-results/unsaved")).toBe(false);
});

test("plan gives the cells of a request without running them", () => {
  expect(plan(request).map(({ identity }) => identity.engine)).toEqual(["stop-copy"]);
});

test("mistakes reject with a UsageError", async () => {
  await expect(run({ ...request, engines: ["precopy"], out: null })).rejects.toThrow(UsageError);
  await expect(run({ ...request, formats: ["html5"], out: null })).rejects.toThrow(/unknown format "html5"/);
});

test("a run that is aborted before it starts is interrupted, not green", async () => {
  const result = await run({ ...request, out: null, jobs: 1, signal: AbortSignal.abort() });
  expect([result.records.length, result.interrupted, result.exitCode]).toEqual([0, true, 130]);
});
