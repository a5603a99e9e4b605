import { downtimeNs, gaps } from "../timeline.ts";
import type { Metric } from "./metric.ts";

export const downtime: Metric = {
  id: "downtime",
  title: "downtime (blackout)",
  description: "Sum of all times in which the guest ran on neither side; the samples are the single gaps.",
  unit: "ns",
  better: "lower",
  exact: true,
  compute: (trace) => ({
    observed: downtimeNs(trace),
    claimed: trace.claims.downtimeNs,
    samples: gaps(trace).map(({ startNs, endNs }) => endNs - startNs),
  }),
};
