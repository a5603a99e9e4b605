import { expect, test } from "vitest";
import { parseLink } from "./index.ts";
import { Bench, mean } from "./testing.ts";

const SECOND = 1e9;

test("on an idle link a message takes its serialisation and the delay", () => {
  const { model } = new Bench(parseLink("rate=1Gbps,rtt=10ms"));
  const lane = model.openLane();
  // 1448 payload bytes are 1538 on the wire: 12,304 ns at 1 Gb/s.
  expect(model.message(lane, 1448)).toBe(12_304 + 5_000_000);
  expect(model.message(model.openLane(), 1448)).toBe(2 * 12_304 + 5_000_000);
});

test("messages of one lane stay in order under jitter", () => {
  const { model } = new Bench(parseLink("rate=1Gbps,rtt=10ms,jitter=5ms"));
  const lane = model.openLane();
  let last = 0;
  for (let count = 0; count < 1000; count++) {
    model.advance(count * 100_000);
    const arrivalNs = model.message(lane, 100);
    expect(arrivalNs).toBeGreaterThanOrEqual(last);
    last = arrivalNs;
  }
});

test("a message waits behind the bulk in the same queue", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=10ms"));
  bench.model.openFlow().enqueue(1e9, 0);
  bench.run(3 * SECOND);
  const queueNs = bench.model.queueDelayNs();
  expect(queueNs).toBeGreaterThan(1e6);
  const arrivalNs = bench.model.message(bench.model.openLane(), 1448);
  expect(Math.abs(arrivalNs - 3 * SECOND - queueNs - 12_304 - 5_000_000)).toBeLessThanOrEqual(2);
});

test("messages take their bytes from the bulk", () => {
  const left = (messageBytes: number): number => {
    const bench = new Bench(parseLink("rate=1Gbps,rtt=1ms"));
    bench.model.openFlow().enqueue(1_000_000_000, 0);
    const lane = bench.model.openLane();
    for (let ms = 0; ms < 5000; ms++) {
      bench.run(ms * 1_000_000);
      if (messageBytes > 0) bench.model.message(lane, messageBytes);
    }
    bench.run();
    return bench.deliveries[0].sentNs;
  };
  // 5,000 messages of 10 kB are 50 MB.
  expect((left(10_000) - left(0)) / SECOND).toBeCloseTo(50e6 / 117_685_305, 2);
});

test("a scheduled outage delays messages by their backoff", () => {
  const { model } = new Bench(parseLink("rate=1Gbps,rtt=20ms,outage@2s+1s"));
  model.advance(2.5 * SECOND);
  expect(model.message(model.openLane(), 1448)).toBe(3.1 * SECOND + 12_304 + 10_000_000);
});

test("a lost message is repeated by a probe after two round trips", () => {
  const { model } = new Bench(parseLink("rate=1Gbps,rtt=20ms,loss=1%"));
  const delaysMs = Array.from({ length: 20_000 }, (_, count) => {
    model.advance(count * 1_000_000);
    return (model.message(model.openLane(), 100) - model.nowNs) / 1e6;
  });
  const late = delaysMs.filter((delay) => delay > 11);
  expect(late.length / 20_000).toBeCloseTo(0.01, 2);
  expect(late.filter((delay) => Math.abs(delay - 50) < 0.1).length / late.length).toBeGreaterThan(0.95);
  expect(mean(delaysMs.filter((delay) => delay <= 11))).toBeCloseTo(10, 1);
  expect(model.stats.lostPackets).toBeGreaterThanOrEqual(late.length);
});
