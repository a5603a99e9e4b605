import { describe, expect, test } from "vitest";
import { cbrt, exp, log, oneMinusExpMinus, popcount, pow } from "./math.ts";
import { Random } from "./random.ts";

/** Largest relative difference from V8's own function over random arguments. */
function worst(ours: (x: number) => number, theirs: (x: number) => number, low: number, high: number): number {
  const random = new Random(1, "math");
  let largest = 0;
  for (let n = 0; n < 20_000; n++) {
    const x = low + random.nextFloat() * (high - low);
    const reference = theirs(x);
    const difference = Math.abs(ours(x) - reference) / Math.max(Math.abs(reference), 1e-300);
    largest = Math.max(largest, difference);
  }
  return largest;
}

describe("functions built from exact operations", () => {
  test("exp", () => expect(worst(exp, Math.exp, -700, 700)).toBeLessThan(1e-15));
  test("exp near zero", () => expect(worst(exp, Math.exp, -1, 1)).toBeLessThan(1e-15));
  test("log", () => expect(worst(log, Math.log, 1e-9, 1e9)).toBeLessThan(1e-15));
  test("log near one", () => expect(worst(log, Math.log, 0.5, 0.99)).toBeLessThan(1e-15));
  test("1 − e^−x for small x", () => {
    expect(worst(oneMinusExpMinus, (x) => -Math.expm1(-x), 1e-12, 1e-3)).toBeLessThan(1e-15);
    expect(worst(oneMinusExpMinus, (x) => -Math.expm1(-x), 0, 30)).toBeLessThan(1e-15);
  });
  test("cube root", () => expect(worst(cbrt, Math.cbrt, -1e6, 1e6)).toBeLessThan(1e-14));
  test("power", () =>
    expect(
      worst(
        (x) => pow(x, 0.75),
        (x) => x ** 0.75,
        1e-3,
        1e6,
      ),
    ).toBeLessThan(2e-14));

  test("the edges", () => {
    expect([exp(0), exp(-1000), exp(1000), exp(Number.NaN)]).toEqual([1, 0, Infinity, Number.NaN]);
    expect([log(1), log(0), log(-1), log(Infinity)]).toEqual([0, -Infinity, Number.NaN, Infinity]);
    expect(log(5e-324)).toBeCloseTo(-744.4400719213812, 10);
    expect([cbrt(0), cbrt(27), pow(0, 2), pow(0, 0)]).toEqual([0, 3, 0, 1]);
  });

  test("popcount", () => {
    expect([0, 1, 0xffffffff, 0x80000000, 0x55555555].map((word) => popcount(word))).toEqual([0, 1, 32, 1, 16]);
  });
});
