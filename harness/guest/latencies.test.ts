import { expect, test } from "vitest";
import { Random } from "../base/random.ts";
import { Latencies } from "./latencies.ts";

test("percentiles are exact by nearest rank", () => {
  const latencies = new Latencies();
  for (let value = 1000; value >= 1; value--) latencies.add(value * 1e6);
  expect(latencies.summary()).toEqual({ mean: 500.5e6, p50: 500e6, p99: 990e6, max: 1000e6 });
});

test("no fault, no latency", () => {
  expect(new Latencies().summary()).toEqual({ mean: 0, p50: 0, p99: 0, max: 0 });
});

test("beyond two million values memory no longer grows, and percentiles are within 0.8 %", () => {
  const random = new Random(1, "latencies");
  const latencies = new Latencies();
  const values = new Float64Array(2_200_000);
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.floor(75e6 * random.nextExponential());
    latencies.add(values[index]);
  }
  values.sort();
  const { p50, p99, max } = latencies.summary();
  expect(Math.abs(p50 / values[1_100_000 - 1] - 1)).toBeLessThan(0.008);
  expect(Math.abs(p99 / values[2_178_000 - 1] - 1)).toBeLessThan(0.008);
  expect(max).toBe(values[values.length - 1]);
  expect(latencies.heldBytes()).toBeLessThan(64 * 1024);
});
