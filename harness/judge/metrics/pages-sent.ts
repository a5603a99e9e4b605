import { roundsOf } from "../rounds.ts";
import type { Metric } from "./metric.ts";

export const pagesSent: Metric = {
  id: "pagesSent",
  title: "pages sent in rounds",
  description: "Pages of all rounds together, each counted as often as it was sent; the samples are the rounds.",
  unit: "count",
  better: "lower",
  exact: true,
  compute(trace) {
    const samples = roundsOf(trace).map((round) => round.pages);
    return { observed: samples.reduce((sum, pages) => sum + pages, 0), claimed: trace.claims.pages, samples };
  },
};
