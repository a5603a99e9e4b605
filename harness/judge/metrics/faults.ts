import type { Metric } from "./metric.ts";

export const faults: Metric = {
  id: "faults",
  title: "post-copy faults",
  description: "Accesses that had to wait for a page that was not there yet.",
  unit: "count",
  better: "lower",
  exact: true,
  compute: ({ guest }) => ({ observed: guest.faults }),
};
