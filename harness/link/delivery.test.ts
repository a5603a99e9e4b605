/** Frames: all of them, once, in order, and not before they can have arrived. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../base/random.ts";
import { parseLink } from "./index.ts";
import { Bench } from "./testing.ts";

test("a frame on an idle LAN takes its serialisation and the delay", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=0.1ms,window=4MB,iw=1000"));
  bench.model.openFlow().enqueue(1_448_000, 7);
  bench.run();
  expect(bench.deliveries).toEqual([{ flow: 0, frame: 7, sentNs: 12_304_000, arrivalNs: 12_354_000, corrupt: false }]);
});

const scenario = fc.record({
  link: fc.constantFrom(
    "rate=1Gbps,rtt=0.1ms",
    "rate=100Mbps,rtt=40ms,loss=1%",
    "rate=1Gbps,rtt=10ms,jitter=3ms,loss=ge(0.1%,20%,0%,50%)",
    "rate=10Gbps,rtt=20ms,cc=bbr,loss=0.1%",
    "rate=100Mbps,rtt=20ms,crossflows=3,cc=reno",
    "rate=50Mbps,rtt=30ms,outage@200ms+700ms,rate@2s=5Mbps",
    "rate=1Gbps,rtt=1ms,queue=20kB",
  ),
  flows: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 0, max: 1e9 }),
});

test("bytes are conserved, frames arrive once and in order, never before the delay is over", () => {
  fc.assert(
    fc.property(scenario, ({ link, flows: count, seed }) => {
      const bench = new Bench(parseLink(link), seed);
      const random = new Random(seed, "frames");
      const flows = Array.from({ length: count }, () => bench.model.openFlow());
      const enqueued = flows.map(() => 0);
      const frames = flows.map(() => 0);
      for (let turn = 0; turn < 60; turn++) {
        const flow = flows[random.nextInteger(count)];
        const bytes = 1 + random.nextInteger(300_000);
        enqueued[flow.id] += bytes;
        flow.enqueue(bytes, frames[flow.id]++);
        bench.run(bench.model.nowNs + random.nextInteger(40_000_000));
        expect(flow.backlogBytes + flow.sentBytes).toBeLessThanOrEqual(enqueued[flow.id]);
      }
      bench.run();
      const { oneWayDelayNs } = bench.link.forward;
      for (const flow of flows) {
        const own = bench.deliveries.filter((delivery) => delivery.flow === flow.id);
        expect(own.map(({ frame }) => frame)).toEqual(own.map((_, index) => index));
        expect(own.length).toBe(frames[flow.id]);
        expect([flow.sentBytes, flow.backlogBytes]).toEqual([enqueued[flow.id], 0]);
        own.forEach((delivery, index) => {
          expect(Number.isInteger(delivery.sentNs) && Number.isInteger(delivery.arrivalNs)).toBe(true);
          expect(delivery.arrivalNs).toBeGreaterThanOrEqual(delivery.sentNs + oneWayDelayNs);
          if (index > 0) expect(delivery.arrivalNs).toBeGreaterThanOrEqual(own[index - 1].arrivalNs);
        });
      }
      expect(bench.model.stats.sentBytes).toBe(enqueued.reduce((total, bytes) => total + bytes, 0));
      expect(bench.model.nextEventNs()).toBe(Infinity);
    }),
    { seed: 3, numRuns: 120 },
  );
});

test("jitter is uniform, adds its mean to the delay, and keeps the order", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=20ms,jitter=4ms"));
  const flow = bench.model.openFlow();
  for (let frame = 0; frame < 3000; frame++) {
    bench.model.advance(frame * 10_000_000);
    flow.enqueue(1000, frame);
  }
  bench.run();
  const extraMs = bench.deliveries.map(({ sentNs, arrivalNs }) => (arrivalNs - sentNs) / 1e6 - 10);
  expect(Math.min(...extraMs)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...extraMs)).toBeLessThan(0.1);
  expect(Math.max(...extraMs)).toBeLessThanOrEqual(4);
  expect(Math.max(...extraMs)).toBeGreaterThan(3.9);
  expect(extraMs.reduce((sum, value) => sum + value, 0) / 3000).toBeCloseTo(2, 0);
  const arrivals = bench.deliveries.map(({ arrivalNs }) => arrivalNs);
  expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
});

test("frames behind a lost packet wait for its repeat: a round trip more", () => {
  const bench = new Bench(parseLink("rate=100Mbps,rtt=100ms,loss=0.2%,cc=bbr"));
  const flow = bench.model.openFlow();
  for (let frame = 0; frame < 4000; frame++) flow.enqueue(15_000, frame);
  bench.run();
  const delaysMs = bench.deliveries.map(({ sentNs, arrivalNs }) => (arrivalNs - sentNs) / 1e6);
  const held = delaysMs.filter((delay) => delay > 51);
  expect(bench.model.stats.lostPackets).toBeGreaterThan(50);
  expect(held.length).toBeGreaterThan(500);
  expect(Math.max(...delaysMs)).toBeGreaterThan(140);
  expect(delaysMs.filter((delay) => delay <= 50.001).length).toBeGreaterThan(200);
});

test("a black mark is put on the next frames and messages, on no others", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=1ms"));
  const flow = bench.model.openFlow();
  const lane = bench.model.openLane();
  for (let frame = 0; frame < 5; frame++) flow.enqueue(1000, frame);
  bench.model.corruptNextFrames(3);
  bench.model.message(lane, 100);
  expect(lane.lastCorrupt).toBe(true);
  bench.run();
  bench.model.message(lane, 100);
  expect(lane.lastCorrupt).toBe(false);
  expect(bench.deliveries.map(({ corrupt }) => corrupt)).toEqual([true, true, false, false, false]);
});

test("a closed flow drops what is left, and refuses more", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=1ms"));
  const flow = bench.model.openFlow();
  flow.enqueue(1e9, 1);
  bench.run(1e9);
  flow.close();
  bench.run();
  expect(bench.deliveries).toEqual([]);
  expect(flow.backlogBytes).toBe(0);
  expect(() => flow.enqueue(1, 2)).toThrow("frame 2 is enqueued on closed flow 0");
});

test("a frame has at least one byte, and time does not run backwards", () => {
  const bench = new Bench(parseLink("rate=1Gbps"));
  expect(() => bench.model.openFlow().enqueue(0, 1)).toThrow("a frame of 0 bytes");
  bench.model.advance(5);
  expect(() => bench.model.advance(4)).toThrow("time runs backwards: 4 after 5");
});
