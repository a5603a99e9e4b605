import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

const none = { pass: 0, fail: 0, error: 0, unsupported: 0, "expected-fail": 0, inconclusive: 0 };

test.each([
  ["all pass", { pass: 9 }, false, 0],
  ["256 failures are not green", { pass: 1, fail: 256 }, false, 1],
  ["expected failures are green", { "expected-fail": 1 }, false, 0],
  ["inconclusive", { pass: 9, inconclusive: 1 }, false, 3],
  ["a failure outweighs inconclusive", { fail: 1, inconclusive: 1 }, false, 1],
  ["an error outweighs a failure", { fail: 1, error: 1 }, false, 70],
  ["interrupted outweighs all", { fail: 1 }, true, 130],
  ["nothing ran", {}, false, 3],
  ["only unsupported", { unsupported: 4 }, false, 3],
] as const)("%s", (_, verdicts, interrupted, code) => {
  expect(exitCodeOf({ ...none, ...verdicts }, interrupted)).toBe(code);
});
