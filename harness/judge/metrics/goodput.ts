import { goodputBytesPerSecond } from "./active-time.ts";
import type { Metric } from "./metric.ts";

export const goodput: Metric = {
  id: "goodput",
  title: "goodput",
  description: "Payload bytes towards the destination per second, from the end of the set-up to the end.",
  unit: "bytes-per-second",
  better: "higher",
  exact: true,
  compute: (trace) => ({
    observed: goodputBytesPerSecond(trace),
    ceiling: trace.conditions.goodputCeilingBytesPerSecond,
  }),
};
