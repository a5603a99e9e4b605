import { expect, test } from "vitest";
import { meanRateBitsPerSecond, parseMahimahi, piecewiseRate } from "./mahimahi.ts";
import { makeLink } from "./spec.ts";
import { greedyRates } from "./testing.ts";

test("a malformed line is named by file and line", () => {
  expect(() => parseMahimahi("1\n2\nx\n", "lte.trace")).toThrow('lte.trace:3: "x" is not a millisecond');
  expect(() => parseMahimahi("1\n-2\n", "lte.trace")).toThrow('lte.trace:2: "-2" is not a millisecond');
  expect(() => parseMahimahi("1\n1.5\n", "lte.trace")).toThrow('lte.trace:2: "1.5" is not a millisecond');
  expect(() => parseMahimahi("5\n4\n", "lte.trace")).toThrow("lte.trace:2: 4 comes after 5");
  expect(() => parseMahimahi("\n\n", "lte.trace")).toThrow("lte.trace: no delivery opportunity");
  expect(() => parseMahimahi("0\n0\n", "lte.trace")).toThrow("the last timestamp is 0");
});

test("opportunities become a rate that repeats after the last timestamp", () => {
  const trace = parseMahimahi("0\n1\n1\n4\n", "t");
  expect(piecewiseRate(trace, 1)).toEqual({
    startsNs: [0, 1_000_000, 3_000_000],
    ratesBitsPerSecond: [36e6, 0, 12e6],
    periodNs: 4_000_000,
  });
});

test("the mean rate is exact, whatever the slots", () => {
  const trace = parseMahimahi("1\n3\n3\n4\n9\n11\n11\n17\n", "t");
  for (const slotMs of [1, 2, 3, 5, 17, 100]) {
    const { startsNs, ratesBitsPerSecond, periodNs } = piecewiseRate(trace, slotMs);
    const bits = ratesBitsPerSecond.map(
      (rate, slot) => (rate * ((startsNs[slot + 1] ?? periodNs) - startsNs[slot])) / 1e9,
    );
    expect(bits.reduce((sum, value) => sum + value, 0)).toBeCloseTo(8 * 1500 * 8, 6);
    expect(meanRateBitsPerSecond(trace)).toBeCloseTo((8 * 1500 * 8) / 0.017, 6);
  }
});

test("a full trace delivers its mean rate: 1,448 bytes of payload per opportunity", () => {
  const lines = Array.from({ length: 4000 }, (_, index) => 1 + Math.floor(index / 8) * 2 + (index % 3 === 0 ? 1 : 0));
  lines.sort((a, b) => a - b);
  const trace = parseMahimahi(lines.join("\n"), "t");
  const periodNs = lines[lines.length - 1] * 1e6;
  const link = makeLink({ trace, roundTripNs: 4_000_000, queueBytes: 10e6, transport: { congestionControl: "reno" } });
  const { rates } = greedyRates(link, { warmUpNs: periodNs, durationNs: 10 * periodNs });
  expect((rates[0] * 10 * periodNs) / 1e9 / (10 * 4000 * 1448)).toBeCloseTo(1, 6);
});
