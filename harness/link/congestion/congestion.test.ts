/** Growth and loss response against theory: slow start, Mathis 1997, CUBIC's advantage, BBR's indifference. */
import { expect, test } from "vitest";
import { goodputCeilingBytesPerSecond, parseLink } from "../index.ts";
import { Bench, greedyRates, mean } from "../testing.ts";

const SECOND = 1e9;
const SEEDS = [1, 2, 3, 4, 5, 6];

const meanRate = (text: string, durationNs = 1000 * SECOND): number =>
  mean(SEEDS.map((seed) => greedyRates(parseLink(text), { warmUpNs: 50 * SECOND, durationNs, seed }).rates[0]));

test.each(["1Gbps", "10Gbps"])("slow start fills %s at 150 ms after log2(BDP/IW) rounds", (rate) => {
  const bench = new Bench(parseLink(`rate=${rate},rtt=150ms`));
  const { forward } = bench.link;
  const flow = bench.model.openFlow();
  flow.enqueue(9e15, 0);
  const perRound = goodputCeilingBytesPerSecond(forward) * 0.15;
  const rounds = Math.log2(perRound / (10 * 1448));
  let full = 0;
  for (let before = 9e15; ; full++) {
    bench.model.advance((full + 1) * 0.15 * SECOND);
    if (before - flow.backlogBytes > 0.99 * perRound) break;
    before = flow.backlogBytes;
  }
  expect(full).toBeGreaterThanOrEqual(Math.floor(rounds));
  expect(full).toBeLessThanOrEqual(Math.ceil(rounds) + 1);
});

test("each round of slow start sends twice the round before", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=100ms"));
  const flow = bench.model.openFlow();
  flow.enqueue(9e15, 0);
  const sent = [1, 2, 3, 4, 5].map((round) => {
    bench.model.advance(round * 0.1 * SECOND);
    return Math.round((9e15 - flow.backlogBytes) / 14480);
  });
  expect(sent).toEqual([1, 3, 7, 15, 31]);
});

// Periodic losses give sqrt(3/2) = 1.22 (Mathis et al. 1997), independent ones 1.31 (Ott, Kemperman, Mathis 1996).
test.each([1e-4, 1e-3, 1e-2])("Reno at a loss of %d sends 1.31 · MSS/(RTT·√p)", (loss) => {
  const rate = meanRate(`rate=100Gbps,rtt=50ms,cc=reno,loss=${loss}`, (loss < 1e-3 ? 4000 : 1000) * SECOND);
  expect(rate / (1448 / 0.05 / Math.sqrt(loss)) / 1.31).toBeGreaterThan(0.9);
  expect(rate / (1448 / 0.05 / Math.sqrt(loss)) / 1.31).toBeLessThan(1.1);
});

test("CUBIC sends at least twice what Reno does at 150 ms and a loss of 1e-5", () => {
  const cubic = meanRate("rate=100Gbps,rtt=150ms,cc=cubic,loss=0.001%", 4000 * SECOND);
  const reno = meanRate("rate=100Gbps,rtt=150ms,cc=reno,loss=0.001%", 4000 * SECOND);
  expect(cubic / reno).toBeGreaterThan(2);
});

// RFC 9438 section 5.1, for periodic losses: 1.054 · (RTT/p)^(3/4) segments.
test("CUBIC follows its response function where Reno-friendliness does not hold it up", () => {
  const segments = (meanRate("rate=100Gbps,rtt=150ms,cc=cubic,loss=0.001%", 4000 * SECOND) * 0.15) / 1448;
  const theory = 1.054 * (0.15 / 1e-5) ** 0.75;
  expect(segments / theory).toBeGreaterThan(0.9);
  expect(segments / theory).toBeLessThan(1.25);
});

test("on a path without loss CUBIC and Reno fill a gigabit at 100 ms", () => {
  const ceiling = goodputCeilingBytesPerSecond(parseLink("rate=1Gbps").forward);
  for (const cc of ["reno", "cubic"]) {
    const { rates } = greedyRates(parseLink(`rate=1Gbps,rtt=100ms,cc=${cc}`), {
      warmUpNs: 30 * SECOND,
      durationNs: 100 * SECOND,
    });
    expect(rates[0] / ceiling).toBeGreaterThan(0.99);
  }
});

test.each(["0%", "0.1%", "1%"])("BBR stays near the ceiling of a gigabit at 100 ms and %s of loss", (loss) => {
  const link = parseLink(`rate=1Gbps,rtt=100ms,cc=bbr,loss=${loss}`);
  const { rates } = greedyRates(link, { warmUpNs: 5 * SECOND, durationNs: 100 * SECOND });
  expect(rates[0] / goodputCeilingBytesPerSecond(link.forward)).toBeGreaterThan(0.95);
});

test("BBR holds a short queue where CUBIC fills it", () => {
  const queueMs = (cc: string): number => {
    const bench = new Bench(parseLink(`rate=1Gbps,rtt=20ms,cc=${cc}`));
    bench.model.openFlow().enqueue(9e15, 0);
    return mean(
      Array.from({ length: 1000 }, (_, index) => {
        bench.model.advance(5 * SECOND + index * 7_000_000);
        return bench.model.queueDelayNs() / 1e6;
      }),
    );
  };
  expect(queueMs("bbr")).toBeLessThan(3);
  expect(queueMs("cubic")).toBeGreaterThan(8);
});

test("a flow that rested longer than a timeout begins again with the initial window", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=100ms"));
  const flow = bench.model.openFlow();
  flow.enqueue(200e6, 0);
  bench.run();
  const restNs = bench.model.nowNs;
  const bytesInARound = (pauseNs: number): number => {
    bench.model.advance(bench.model.nowNs + pauseNs);
    flow.enqueue(100e6, 1);
    const before = flow.backlogBytes;
    bench.model.advance(bench.model.nowNs + 100_000_000);
    const sent = before - flow.backlogBytes;
    bench.run();
    return sent;
  };
  expect(restNs).toBeGreaterThan(SECOND);
  expect(bytesInARound(100_000_000)).toBeGreaterThan(5e6);
  expect(bytesInARound(5 * SECOND)).toBe(14480);
});
