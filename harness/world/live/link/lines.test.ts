import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { MAX_LINE_BYTES, readLines } from "./lines.ts";

function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const input = new PassThrough();
  const told: string[] = [];
  return new Promise((resolve) => {
    readLines(input, {
      onLine: (line) => told.push(line),
      onTooLong: () => told.push("(too long)"),
      onEnd: () => resolve(told),
    });
    for (const chunk of chunks) input.write(chunk);
    input.end();
  });
}

test("lines cut anywhere, in the middle of a letter too, and a last one without a line feed", async () => {
  const umlaut = Buffer.from("grün\n");
  expect(await linesOf("on", "e\ntwo\n\nthr", "ee\n", umlaut.subarray(0, 3), umlaut.subarray(3), "last")).toEqual([
    "one",
    "two",
    "three",
    "grün",
    "last",
  ]);
});

test("an endless line is told once and skipped", async () => {
  const part = "x".repeat(MAX_LINE_BYTES / 2 + 1);
  expect(await linesOf("before\n", part, part, part, "\nafter\n")).toEqual(["before", "(too long)", "after"]);
});
