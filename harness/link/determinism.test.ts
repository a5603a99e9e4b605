/** The same seed gives the same deliveries, however often the model is asked to advance. */
import { expect, test } from "vitest";
import { parseLink } from "./index.ts";
import { Bench } from "./testing.ts";

const LINKS = [
  "rate=1Gbps,rtt=10ms,loss=0.1%,jitter=1ms",
  "rate=100Mbps,rtt=20ms,cc=bbr,crossflows=3,outage@300ms+200ms",
  "rate=1Gbps,rtt=1ms,cc=reno,queue=50kB,rate@400ms=200Mbps",
];

/** Enqueues by a fixed timetable; `strideNs` is how far one call of `advance` goes. */
function history(text: string, strideNs: number, seed = 1): string {
  const bench = new Bench(parseLink(text), seed);
  const flows = Array.from({ length: 12 }, () => bench.model.openFlow());
  const lane = bench.model.openLane();
  const arrivals: number[] = [];
  for (let turn = 0; turn < 100; turn++) {
    const untilNs = turn * 10_000_000;
    while (bench.model.nowNs < untilNs) bench.model.advance(Math.min(untilNs, bench.model.nowNs + strideNs));
    flows[turn % 12].enqueue(50_000 + turn * 997, turn);
    arrivals.push(bench.model.message(lane, 200));
  }
  bench.run();
  return JSON.stringify({ deliveries: bench.deliveries, arrivals, stats: bench.model.stats });
}

test.each(LINKS)("%s: small steps, large steps, the same bytes", (link) => {
  const whole = history(link, Infinity);
  expect(history(link, 1_000_000)).toBe(whole);
  expect(history(link, 7_919)).toBe(whole);
});

test.each(LINKS.slice(0, 2))("%s: another seed, another history", (link) => {
  expect(history(link, Infinity, 2)).not.toBe(history(link, Infinity, 1));
});
