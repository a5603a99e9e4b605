import { dirtyRates } from "../rounds.ts";
import type { Metric } from "./metric.ts";

export const dirtyRateFirst: Metric = {
  id: "dirtyRateFirst",
  title: "dirty rate, first round",
  description: "Bytes that the dirty log found per second in the first round; unique pages saturate, so it reads low.",
  unit: "bytes-per-second",
  better: "neither",
  exact: true,
  compute: (trace) => ({ observed: dirtyRates(trace)[0] ?? null, samples: dirtyRates(trace) }),
};

export const dirtyRateHighest: Metric = {
  ...dirtyRateFirst,
  id: "dirtyRateHighest",
  title: "dirty rate, highest of a round",
  description: "Bytes that the dirty log found per second in the round with the most; the rate of a short round.",
  compute(trace) {
    const samples = dirtyRates(trace);
    return { observed: samples.length === 0 ? null : samples.reduce((high, rate) => Math.max(high, rate)), samples };
  },
};
