/** Workloads that do the same for ever. */
import type { WorkloadTemplate } from "../../harness/contract/catalogue.ts";
import { area, steady, template, zipf } from "./parts.ts";

const ASSUMED = "assumed for Longhaul";
const MIB = 1024 * 1024;

export const steadyWorkloads: readonly WorkloadTemplate[] = [
  template({
    id: "idle",
    title: "Idle: the kernel's own timers and daemons, 200 page writes per second over 1/32 of memory, 64 MiB at most",
    source: ASSUMED,
    phases: (memory) =>
      steady(area("uniform", memory, { start: 0, length: 1 / 32, atMostBytes: 64 * MIB }, { writes: 200, reads: 400 })),
  }),
  template({
    id: "uniform",
    title: "Uniform: 10,000 page writes per second over a quarter of memory",
    source: ASSUMED,
    phases: (memory) => steady(area("uniform", memory, { start: 0, length: 1 / 4 }, { writes: 10_000, reads: 10_000 })),
  }),
  template({
    id: "hot-cold",
    title: "Hot and cold: 18,000 page writes per second to a tenth of memory, 2,000 to another half",
    source: `${ASSUMED}: nine tenths of the writes go to the hot set`,
    phases: (memory) =>
      steady(
        area("uniform", memory, { start: 0, length: 1 / 10 }, { writes: 18_000, reads: 18_000 }),
        area("uniform", memory, { start: 1 / 4, length: 1 / 2 }, { writes: 2_000, reads: 4_000 }),
      ),
  }),
  template({
    id: "zipf",
    title: "Zipf with exponent 1: 20,000 page writes per second over half of memory",
    source: ASSUMED,
    phases: (memory) => steady(zipf(memory, 1, { start: 0, length: 1 / 2 }, { writes: 20_000, reads: 40_000 })),
  }),
  template({
    id: "sequential",
    title: "Sequential sweep: 20,000 page writes per second, round and round through half of memory",
    source: ASSUMED,
    changedBytesPerWrite: 4096,
    phases: (memory) => steady(area("sequential", memory, { start: 0, length: 1 / 2 }, { writes: 20_000, reads: 0 })),
  }),
  template({
    id: "read-mostly",
    title: "Read-mostly: 60,000 page reads and 1,000 page writes per second, Zipf over three quarters of memory",
    source: `${ASSUMED}: dirties little, but faults a lot under post-copy`,
    phases: (memory) => steady(zipf(memory, 0.9, { start: 0, length: 3 / 4 }, { writes: 1_000, reads: 60_000 })),
  }),
  template({
    id: "web",
    title: "Web server: sessions and caches in a hot twentieth of memory, a log, and reads all over the page cache",
    source: `${ASSUMED}: about 3,000 unique pages per second over a second, a moderate load`,
    phases: (memory) =>
      steady(
        zipf(memory, 0.9, { start: 0, length: 1 / 20 }, { writes: 4_000, reads: 8_000 }),
        area("sequential", memory, { start: 1 / 8, length: 1 / 16 }, { writes: 100, reads: 0 }),
        zipf(memory, 0.8, { start: 1 / 4, length: 1 / 2 }, { writes: 50, reads: 20_000 }),
      ),
  }),
  template({
    id: "database",
    title: "Database: 45,000 page writes per second, Zipf over tables in 3/8 of memory, and a sequential log",
    source:
      "shaped so that in a 4 GiB guest the unique dirty pages per second rise from about 11,000 over a round of 30 s to " +
      "about 35,000 over 0.3 s, as published for one database guest (11k to 35k pages/s); the mixture is assumed",
    phases: (memory) =>
      steady(
        zipf(memory, 0.8, { start: 1 / 4, length: 3 / 8 }, { writes: 45_000, reads: 90_000 }),
        area("sequential", memory, { start: 0, length: 1 / 8 }, { writes: 1_000, reads: 0 }),
      ),
  }),
  template({
    id: "busy",
    title: "Busy: 100,000 page writes per second, uniform over half of memory; faster than most WAN links",
    source: ASSUMED,
    changedBytesPerWrite: 1024,
    phases: (memory) =>
      steady(area("uniform", memory, { start: 0, length: 1 / 2 }, { writes: 100_000, reads: 50_000 })),
  }),
];
