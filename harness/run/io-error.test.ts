import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UsageError } from "../base/errors.ts";
import { ioError } from "./io-error.ts";

test("a full disk is told in one line", () => {
  let told: unknown;
  try {
    // What every write to this device answers is that there is no space left.
    writeFileSync("/dev/full", "x");
  } catch (error) {
    told = ioError("write", "results/cells.ndjson", error, "the 3 cells before it are kept");
  }
  expect(told).toBeInstanceOf(UsageError);
  expect((told as Error).message).toMatchInlineSnapshot(
    `"cannot write results/cells.ndjson: no space left on the disk; the 3 cells before it are kept"`,
  );
});

test("a link to itself is told in one line", () => {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-io-"));
  const loop = join(directory, "loop");
  symlinkSync("loop", loop);
  let told: unknown;
  try {
    writeFileSync(loop, "x");
  } catch (error) {
    told = ioError("write", "results", error);
  }
  rmSync(directory, { recursive: true });
  expect((told as Error).message).toBe("cannot write results: too many symbolic links");
});

test("what is no file error stays what it is", () => {
  const bug = new TypeError("undefined is not a function");
  expect(ioError("write", "x", bug)).toBe(bug);
});
