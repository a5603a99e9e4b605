import type { Metric } from "./metric.ts";

export const workLost: Metric = {
  id: "workLost",
  title: "work lost",
  description: "Share of the page accesses that the workload wanted to make during the migration and did not.",
  unit: "share",
  better: "lower",
  exact: true,
  compute: ({ guest }) => ({
    observed: guest.workWanted > 0 ? Math.max(0, 1 - guest.workDone / guest.workWanted) : null,
    samples: [guest.workWanted, guest.workDone],
  }),
};
