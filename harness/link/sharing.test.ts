/** One bottleneck, many flows. */
import { expect, test } from "vitest";
import { goodputCeilingBytesPerSecond, parseLink } from "./index.ts";
import { Bench, greedyRates, jainIndex, mean, sum } from "./testing.ts";

const SECOND = 1e9;

test.each([
  ["rate=1Gbps,rtt=0.1ms,cc=cubic", 4, 500],
  ["rate=1Gbps,rtt=0.1ms,cc=reno", 4, 500],
  ["rate=10Gbps,rtt=10ms,cc=cubic", 8, 8000],
  ["rate=1Gbps,rtt=10ms,cc=reno", 8, 8000],
  ["rate=1Gbps,rtt=10ms,cc=cubic", 100, 2000],
])("equal flows share %s equally: %d of them, each within 5 percent over %d s", (text, flows, seconds) => {
  const link = parseLink(text);
  const { rates } = greedyRates(link, { flows, warmUpNs: 100 * SECOND, durationNs: seconds * SECOND });
  for (const rate of rates) expect(Math.abs(rate / mean(rates) - 1)).toBeLessThan(0.05);
  expect(jainIndex(rates)).toBeGreaterThan(0.999);
  expect(sum(rates) / goodputCeilingBytesPerSecond(link.forward)).toBeGreaterThan(0.999);
});

// BBR version 1 shares less evenly, and loses packets all the time where the buffer is below 1.5 BDP (Hock, Bless,
// Zitterbart, ICNP 2017): every flow believes the best rate of its last ten rounds.
test("four BBR flows share a gigabit, roughly equally", () => {
  const link = parseLink("rate=1Gbps,rtt=10ms,cc=bbr");
  const { rates } = greedyRates(link, { flows: 4, warmUpNs: 100 * SECOND, durationNs: 2000 * SECOND });
  expect(jainIndex(rates)).toBeGreaterThan(0.98);
  expect(sum(rates) / goodputCeilingBytesPerSecond(link.forward)).toBeGreaterThan(0.97);
});

test("with losses n streams get n times the rate of one", () => {
  const total = (flows: number): number =>
    mean(
      [1, 2, 3].map((seed) =>
        sum(
          greedyRates(parseLink("rate=10Gbps,rtt=50ms,loss=0.1%"), {
            flows,
            warmUpNs: 20 * SECOND,
            durationNs: 500 * SECOND,
            seed,
          }).rates,
        ),
      ),
    );
  const one = total(1);
  for (const flows of [2, 4, 8]) expect(Math.abs(total(flows) / (flows * one) - 1)).toBeLessThan(0.1);
});

test.each([
  [1, 1],
  [1, 3],
  [4, 4],
])("%d flows against %d greedy flows of others get their share", (own, cross) => {
  const link = parseLink(`rate=1Gbps,rtt=10ms,crossflows=${cross}`);
  const { rates } = greedyRates(link, { flows: own, warmUpNs: 50 * SECOND, durationNs: 1000 * SECOND });
  const share = sum(rates) / goodputCeilingBytesPerSecond(link.forward);
  expect(Math.abs(share / (own / (own + cross)) - 1)).toBeLessThan(0.05);
});

test("constant cross traffic takes its rate and does not yield", () => {
  const link = parseLink("rate=1Gbps,rtt=10ms,cross=250Mbps");
  const { rates } = greedyRates(link, { warmUpNs: 10 * SECOND, durationNs: 50 * SECOND });
  expect(rates[0] / (0.75 * 117_685_305)).toBeCloseTo(1, 3);
});

test("a flow that ends leaves its share to the others", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=1ms"));
  const [short, long] = [bench.model.openFlow(), bench.model.openFlow()];
  short.enqueue(500e6, 1);
  long.enqueue(2000e6, 2);
  bench.run();
  const [first, second] = bench.deliveries;
  expect([first.frame, second.frame]).toEqual([1, 2]);
  expect(second.sentNs / SECOND).toBeCloseTo(2500e6 / 117_685_305, 1);
  expect(first.sentNs / SECOND).toBeGreaterThan(0.85 * (1000e6 / 117_685_305));
});

test("cross traffic alone keeps nobody waiting: nothing will be reported", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=10ms,crossflows=3"));
  expect(bench.model.nextEventNs()).toBe(Infinity);
  bench.model.advance(20 * SECOND);
  expect(bench.model.queueDelayNs()).toBeGreaterThan(1e6);
});
