import { endNs } from "../timeline.ts";
import type { Metric } from "./metric.ts";

export const totalTime: Metric = {
  id: "totalTime",
  title: "total time",
  description: "From the request to the end of the migration, whether it completed or not.",
  unit: "ns",
  better: "lower",
  exact: true,
  compute: (trace) => ({ observed: endNs(trace), claimed: trace.claims.totalTimeNs }),
};
