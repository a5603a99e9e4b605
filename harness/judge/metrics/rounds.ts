import { roundsOf } from "../rounds.ts";
import type { Metric } from "./metric.ts";

export const rounds: Metric = {
  id: "rounds",
  title: "rounds",
  description: "Passes over memory or over the pages found dirty, the last one with the guest stopped included.",
  unit: "count",
  better: "lower",
  exact: true,
  compute: (trace) => ({ observed: roundsOf(trace).length, claimed: trace.claims.rounds }),
};
