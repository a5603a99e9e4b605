/** What a simulation costs, counted in internal events rather than in seconds of whoever runs the test. */
import { expect, test } from "vitest";
import { parseLink } from "./index.ts";
import { Bench } from "./testing.ts";

const SECOND = 1e9;
const GIB = 1024 ** 3;

test("1 TiB at 100 Gb/s: a few events per frame of 64 MiB", () => {
  const bench = new Bench(parseLink("rate=100Gbps,rtt=0.1ms"));
  const flow = bench.model.openFlow();
  const frames = (1024 * GIB) / (64 * 1024 ** 2);
  let enqueued = 0;
  const refill = (): void => {
    if (enqueued < frames) flow.enqueue(64 * 1024 ** 2, enqueued++);
  };
  bench.onSent = refill;
  refill();
  refill();
  bench.run();
  expect(bench.deliveries.length).toBe(frames);
  expect(bench.model.nowNs / SECOND).toBeCloseTo((1024 * GIB) / 11.7685e9, 0);
  expect(bench.model.stats.steps).toBeLessThan(30_000);
});

test("1,000 flows over 100 Gb/s for 350 s at 75 ms: under two thousand steps for all of them", () => {
  const bench = new Bench(parseLink("rate=100Gbps,rtt=75ms"));
  for (let count = 0; count < 1000; count++) bench.model.openFlow().enqueue(9e15, 0);
  bench.model.advance(350 * SECOND);
  expect(bench.model.stats.steps).toBeLessThan(2000);
});

test("1,000 flows over 100 Gb/s for 350 s at 0.1 ms: bounded by their timeouts", () => {
  const bench = new Bench(parseLink("rate=100Gbps,rtt=0.1ms"));
  for (let count = 0; count < 1000; count++) bench.model.openFlow().enqueue(9e15, 0);
  bench.model.advance(350 * SECOND);
  const { steps, timeouts } = bench.model.stats;
  expect(steps - timeouts).toBeLessThan(5000);
  expect(steps).toBeLessThan(600_000);
});

test("nothing is computed while nothing changes", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=10ms,window=500kB"));
  bench.model.openFlow().enqueue(100e9, 0);
  bench.run();
  expect(bench.model.stats.steps).toBeLessThan(20);
});
