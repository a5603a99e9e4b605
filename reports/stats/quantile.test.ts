import { expect, test } from "vitest";
import { quantile } from "./quantile.ts";

test("interpolates between order statistics as R does (type 7)", () => {
  expect([0, 0.05, 0.5, 0.95, 1].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1, 1.15, 2.5, 3.8499999999999996, 4]);
});

test("one value is every quantile, no value is none", () => {
  expect(quantile([7], 0.95)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});
