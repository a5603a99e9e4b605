import type { Metric } from "./metric.ts";

export const bytes: Metric = {
  id: "bytes",
  title: "bytes on the link",
  description: "Payload bytes that the tap counted, both directions.",
  unit: "bytes",
  better: "lower",
  exact: true,
  compute: (trace) => ({
    observed: trace.link.forwardBytes + trace.link.reverseBytes,
    claimed: trace.claims.bytes,
    samples: [trace.link.forwardBytes, trace.link.reverseBytes],
  }),
};
