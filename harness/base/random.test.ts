import { describe, expect, test } from "vitest";
import { hashText, Random } from "./random.ts";

describe("Random", () => {
  test("the sequence of a seed never changes", () => {
    const random = new Random(42, "pinned");
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toMatchInlineSnapshot(`
      [
        697080432,
        1969972124,
        3017726474,
        490472208,
      ]
    `);
  });

  test("purposes are independent of each other and of how much was drawn before", () => {
    const root = new Random(7);
    const first = root.split("link").nextUint32();
    root.nextUint32();
    expect(root.split("link").nextUint32()).toBe(first);
    expect(root.split("workload").nextUint32()).not.toBe(first);
  });

  test("seeds beyond 32 bits differ", () => {
    expect(new Random(5).nextUint32()).not.toBe(new Random(5 + 2 ** 32).nextUint32());
  });

  test("floats are uniform: mean and variance within four standard errors", () => {
    const random = new Random(3, "uniform");
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const x = random.nextFloat();
      expect(x >= 0 && x < 1).toBe(true);
      sum += x;
      squares += (x - 0.5) ** 2;
    }
    expect(Math.abs(sum / count - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(squares / count - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
  });

  test("exponential has mean 1", () => {
    const random = new Random(4, "exponential");
    let sum = 0;
    for (let n = 0; n < 100_000; n++) sum += random.nextExponential();
    expect(Math.abs(sum / 100_000 - 1)).toBeLessThan(4 / Math.sqrt(100_000));
  });

  test("integers stay below their bound, also large ones", () => {
    const random = new Random(5, "integers");
    for (let n = 0; n < 1000; n++) {
      expect(random.nextInteger(3)).toBeLessThan(3);
      expect(random.nextInteger(2 ** 40)).toBeLessThan(2 ** 40);
    }
  });

  test("hashText is FNV-1a", () => expect(hashText("a").toString(16)).toBe("e40c292c"));
});
