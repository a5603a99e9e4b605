import { describe, expect, test } from "vitest";
import { nearestName, unknownName } from "./errors.ts";

const known = ["pre-copy", "post-copy", "hybrid", "stop-copy"];

describe("unknown names", () => {
  test("a slip of the finger finds its name", () => {
    expect(["precopy", "Pre-Copy", "hybird", "pos-copy"].map((name) => nearestName(name, known))).toEqual([
      "pre-copy",
      "pre-copy",
      "hybrid",
      "post-copy",
    ]);
  });
  test("something else finds none", () => expect(nearestName("teleport", known)).toBeNull());
  test("the message", () => {
    expect(unknownName("engine", "precopy", known).message).toMatchInlineSnapshot(
      `"unknown engine "precopy"; did you mean "pre-copy"?"`,
    );
    expect(unknownName("engine", "teleport", known, "--engine").message).toMatchInlineSnapshot(
      `"unknown engine "teleport" at --engine; known: pre-copy, post-copy, hybrid, stop-copy"`,
    );
  });
});
