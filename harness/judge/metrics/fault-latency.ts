import type { Metric } from "./metric.ts";

export const faultLatency: Metric = {
  id: "faultLatency",
  title: "fault latency, mean",
  description: "How long a vCPU waited for a missing page under post-copy; the samples are mean, p50, p99 and maximum.",
  unit: "ns",
  better: "lower",
  exact: true,
  compute({ guest, conditions }) {
    if (guest.faults === 0) return { observed: null, ceiling: conditions.roundTripNs };
    const { mean, p50, p99, max } = guest.faultLatencyNs;
    return { observed: mean, ceiling: conditions.roundTripNs, samples: [mean, p50, p99, max] };
  },
};

export const faultLatencyP99: Metric = {
  ...faultLatency,
  id: "faultLatencyP99",
  title: "fault latency, 99th percentile",
  description: "The wait for a missing page that one fault in a hundred exceeds.",
  compute: ({ guest, conditions }) => ({
    observed: guest.faults === 0 ? null : guest.faultLatencyNs.p99,
    ceiling: conditions.roundTripNs,
  }),
};
