import { goodputBytesPerSecond } from "./active-time.ts";
import type { Metric } from "./metric.ts";

export const goodputShare: Metric = {
  id: "goodputShare",
  title: "goodput as a share of the link's ceiling",
  description: "Goodput over what the link carries at best after framing.",
  unit: "share",
  better: "higher",
  exact: true,
  compute(trace) {
    const rate = goodputBytesPerSecond(trace);
    return { observed: rate === null ? null : rate / trace.conditions.goodputCeilingBytesPerSecond, ceiling: 1 };
  },
};
