/** Windows: the Metro vMotion figures (yellow-bricks.com, 2011-08-03) and rate ≤ W/RTT. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { goodputCeilingBytesPerSecond, parseLink } from "./index.ts";
import { greedyRates, sum } from "./testing.ts";

const SECOND = 1e9;
const rateOf = (text: string): number =>
  greedyRates(parseLink(text), { warmUpNs: 5 * SECOND, durationNs: 20 * SECOND }).rates[0];
const ceiling = goodputCeilingBytesPerSecond(parseLink("rate=1Gbps").forward);

test("a gigabit carries 117.7 MB/s of payload", () => {
  expect(ceiling / 1e6).toBeCloseTo(117.69, 2);
});

test("jumbo frames raise the ceiling, cross traffic lowers it", () => {
  expect(goodputCeilingBytesPerSecond(parseLink("rate=1Gbps,mtu=9000").forward) / 1e6).toBeCloseTo(123.76, 2);
  expect(goodputCeilingBytesPerSecond(parseLink("rate=1Gbps,cross=400Mbps").forward)).toBeCloseTo(0.6 * ceiling, 3);
});

test.each(["0.1ms", "1ms", "2ms", "4ms"])("a window of 0.5 MB fills a gigabit at %s", (rtt) => {
  expect(rateOf(`rate=1Gbps,rtt=${rtt},window=500kB`) / ceiling).toBeGreaterThan(0.99);
});

test("a window of 0.5 MB gives 50 MB/s at 10 ms", () => {
  expect(rateOf("rate=1Gbps,rtt=10ms,window=500kB") / 1e6).toBeCloseTo(50, 1);
});

test("a window of 1.25 MB fills a gigabit at 10 ms", () => {
  expect(rateOf("rate=1Gbps,rtt=10ms,window=1.25MB") / ceiling).toBeGreaterThan(0.99);
});

test("no flow exceeds W/RTT, and all flows together never exceed the ceiling", () => {
  const spec = fc.record({
    mbps: fc.integer({ min: 1, max: 10_000 }),
    rttUs: fc.integer({ min: 50, max: 200_000 }),
    windowKb: fc.integer({ min: 4, max: 20_000 }),
    lossPpm: fc.constantFrom(0, 0, 10, 1000),
    cc: fc.constantFrom("reno", "cubic", "bbr"),
    flows: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(spec, ({ mbps, rttUs, windowKb, lossPpm, cc, flows }) => {
      const link = parseLink(
        `rate=${mbps}Mbps,rtt=${2 * Math.ceil(rttUs / 2)}us,window=${windowKb}kB,loss=${lossPpm / 1e6},cc=${cc}`,
      );
      const { rates } = greedyRates(link, { flows, durationNs: 2 * SECOND });
      const bound = (windowKb * 1e3 * 1e9) / (2000 * Math.ceil(rttUs / 2));
      for (const rate of rates) expect(rate).toBeLessThanOrEqual(bound + 1);
      expect(sum(rates)).toBeLessThanOrEqual(goodputCeilingBytesPerSecond(link.forward) + flows);
      expect(sum(rates)).toBeGreaterThan(0);
    }),
    { seed: 2, numRuns: 150 },
  );
});
