/** Workloads that change over time. */
import type { WorkloadTemplate } from "../../harness/contract/catalogue.ts";
import type { WorkloadComponent } from "../../harness/contract/schemas/workload.ts";
import { area, template, zipf } from "./parts.ts";

const SECOND_NS = 1e9;
const ASSUMED = "assumed for Longhaul";

const background = (memory: number): WorkloadComponent =>
  area("uniform", memory, { start: 0, length: 1 / 32 }, { writes: 200, reads: 400 });

export const changingWorkloads: readonly WorkloadTemplate[] = [
  template({
    id: "bursts",
    title: "Bursts: 1 s at 50,000 page writes per second over an eighth of memory, then 4 s of quiet",
    source: ASSUMED,
    repeat: true,
    phases: (memory) => [
      {
        durationNs: SECOND_NS,
        components: [
          background(memory),
          area("uniform", memory, { start: 1 / 4, length: 1 / 8 }, { writes: 50_000, reads: 25_000 }),
        ],
      },
      { durationNs: 4 * SECOND_NS, components: [background(memory)] },
    ],
  }),
  template({
    id: "phases",
    title: "Phases: 20 s of load, 20 s of a sequential sweep (a backup), 20 s of quiet",
    source: ASSUMED,
    repeat: true,
    phases: (memory) => [
      {
        durationNs: 20 * SECOND_NS,
        components: [
          background(memory),
          zipf(memory, 0.9, { start: 1 / 4, length: 1 / 4 }, { writes: 20_000, reads: 40_000 }),
        ],
      },
      {
        durationNs: 20 * SECOND_NS,
        components: [
          background(memory),
          area("sequential", memory, { start: 1 / 2, length: 1 / 2 }, { writes: 10_000, reads: 20_000 }),
        ],
      },
      { durationNs: 20 * SECOND_NS, components: [background(memory)] },
    ],
  }),
];
