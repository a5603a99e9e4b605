/** Outages, rate changes, resets and the faults that a world lays over a link. */
import { expect, test } from "vitest";
import { parseLink } from "./index.ts";
import { Bench } from "./testing.ts";

const SECOND = 1e9;

/** Frames of 100 kB for ever on one flow; the times in seconds at which they left. */
function stream(
  text: string,
  untilNs: number,
  meddle: (bench: Bench) => void = () => {},
): { bench: Bench; leftS: number[] } {
  const bench = new Bench(parseLink(text));
  const flow = bench.model.openFlow();
  bench.onSent = () => flow.enqueue(100_000, 0);
  for (let count = 0; count < 10; count++) flow.enqueue(100_000, 0);
  meddle(bench);
  bench.run(untilNs);
  return { bench, leftS: bench.deliveries.map(({ sentNs }) => sentNs / SECOND) };
}

const longestGap = (times: readonly number[]): { from: number; to: number } => {
  let gap = { from: 0, to: 0 };
  for (let index = 1; index < times.length; index++) {
    if (times[index] - times[index - 1] > gap.to - gap.from) gap = { from: times[index - 1], to: times[index] };
  }
  return gap;
};

test("after an outage of 1 s a flow waits for its backoff: 0.2 + 0.4 + 0.8 s after the begin", () => {
  const { bench, leftS } = stream("rate=1Gbps,rtt=20ms,outage@2s+1s", 6 * SECOND);
  const { from, to } = longestGap(leftS);
  expect(from).toBeCloseTo(2, 2);
  // Three kernel ticks of at most 4 ms each, then slow start from one segment: 1 + 2 + ... + 64 of them hold the frame.
  expect(to).toBeGreaterThan(3.4);
  expect(to).toBeLessThan(3.4 + 0.012 + 7 * 0.02);
  expect(bench.model.stats.timeouts).toBe(3);
});

test("a longer minimal timeout makes a longer gap", () => {
  const { from, to } = longestGap(stream("rate=1Gbps,rtt=20ms,outage@2s+100ms,rto=1s", 6 * SECOND).leftS);
  expect(to - from).toBeGreaterThan(1);
  expect(to - from).toBeLessThan(1.15);
});

test("what is enqueued on an idle flow during an outage leaves after it", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=20ms,outage@2s+1s"));
  const flow = bench.model.openFlow();
  bench.model.advance(2.5 * SECOND);
  flow.enqueue(1000, 1);
  bench.run();
  expect(bench.deliveries[0].sentNs / SECOND).toBeCloseTo(3.1, 1);
  expect(bench.deliveries[0].sentNs).toBeGreaterThan(3 * SECOND);
});

test("a rate change holds from its time on", () => {
  const { leftS } = stream("rate=1Gbps,rtt=1ms,rate@2s=100Mbps,rate@4s=500Mbps", 6 * SECOND);
  const megabytes = (from: number, to: number): number => leftS.filter((at) => at >= from && at < to).length / 10;
  expect(megabytes(1, 2)).toBeCloseTo(117.7, 0);
  expect(megabytes(3, 4)).toBeCloseTo(11.77, 0);
  expect(megabytes(5, 6)).toBeCloseTo(58.8, 0);
});

test("a reset closes all flows, once", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=1ms,reset@3s"));
  const flow = bench.model.openFlow();
  flow.enqueue(1e9, 1);
  bench.run();
  expect(bench.model.nowNs).toBe(3 * SECOND);
  expect([bench.resets, bench.deliveries.length, flow.backlogBytes]).toEqual([1, 0, 0]);
  const again = bench.model.openFlow();
  again.enqueue(1000, 2);
  bench.run();
  expect(bench.deliveries.map(({ frame }) => frame)).toEqual([2]);
});

test("the reset of an idle link is still reported", () => {
  const bench = new Bench(parseLink("rate=1Gbps,reset@3s"));
  expect(bench.model.nextEventNs()).toBe(3 * SECOND);
  bench.run();
  expect(bench.resets).toBe(1);
});

test("a slow link is slow until the rate is given back", () => {
  const { leftS } = stream("rate=1Gbps,rtt=1ms", 5 * SECOND, (bench) => {
    bench.run(SECOND);
    bench.model.setRate(10e6);
    bench.run(3 * SECOND);
    bench.model.setRate(null);
    bench.run(5 * SECOND);
  });
  const frames = (from: number, to: number): number => leftS.filter((at) => at >= from && at < to).length;
  expect(frames(2, 3)).toBeCloseTo(11.77, -1);
  expect(frames(4, 5)).toBeGreaterThan(1170);
});

test("a black hole holds flows and messages until it is lifted", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=20ms"));
  const flow = bench.model.openFlow();
  const lane = bench.model.openLane();
  flow.enqueue(10e6, 1);
  bench.run(0.05 * SECOND);
  bench.model.setBlackhole(true);
  expect(bench.model.message(lane, 100, 42)).toBe(Infinity);
  bench.run(5 * SECOND);
  expect(bench.deliveries).toEqual([]);
  bench.model.setBlackhole(false);
  // Sent at 0.05 s, repeated after 0.2, 0.6, 1.4, 3.0 and 6.2 s.
  expect(bench.releases).toEqual([{ message: 42, arrivalNs: 6_250_000_000 + 850 + 10_000_000 }]);
  const held = flow.backlogBytes;
  bench.run(6.25 * SECOND);
  expect(flow.backlogBytes).toBe(held);
  bench.run(6.3 * SECOND);
  expect(flow.backlogBytes).toBeLessThan(held);
  bench.run();
  expect(bench.deliveries.length).toBe(1);
});
