import { postCopyNs, throttledIntervals } from "../timeline.ts";
import type { Metric } from "./metric.ts";

export const brownout: Metric = {
  id: "brownout",
  title: "brownout",
  description:
    "Time in which the guest ran, but not as it should: throttled on the source, or on the destination before its last page was there.",
  unit: "ns",
  better: "lower",
  exact: true,
  compute(trace) {
    const throttledNs = throttledIntervals(trace).reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
    const lateNs = postCopyNs(trace);
    return { observed: throttledNs + lateNs, samples: [throttledNs, lateNs] };
  },
};
