import { expect, test } from "vitest";
import { progressText } from "./progress.ts";

test("counts, failures and the time that is left", () => {
  expect([
    progressText({ done: 0, total: 72, notPassed: 0, elapsedMs: 0 }),
    progressText({ done: 12, total: 72, notPassed: 1, elapsedMs: 2000 }),
    progressText({ done: 36, total: 72, notPassed: 0, elapsedMs: 600_000 }),
    progressText({ done: 72, total: 72, notPassed: 0, elapsedMs: 9000 }),
  ]).toEqual([
    "0/72 cells",
    "12/72 cells, 1 not passed, about 10 s left",
    "36/72 cells, about 10 min 00 s left",
    "72/72 cells",
  ]);
});
