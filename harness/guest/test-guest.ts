/** Small guests and workloads for the tests of this folder. */
import { Random } from "../base/random.ts";
import type { Guest, Workload, WorkloadComponent } from "../contract/index.ts";
import { GuestModel, type GuestModelOptions } from "./model.ts";

export const PAGE_BYTES = 4096;
export const SECOND = 1_000_000_000;

export function guestOf(pages: number, changes: Partial<Guest> = {}): Guest {
  return {
    version: 1,
    memoryBytes: pages * PAGE_BYTES,
    pageSizeBytes: PAGE_BYTES,
    vcpus: 4,
    deviceStateBytes: 1000,
    fill: { zero: 0.25, duplicate: 0.125, compressible: 0.5, compressedShare: 0.4 },
    ...changes,
  };
}

export function workloadOf(components: readonly WorkloadComponent[], changes: Partial<Workload> = {}): Workload {
  return {
    version: 1,
    phases: [{ durationNs: null, components: [...components] }],
    repeat: false,
    changedBytesPerWrite: 100,
    writtenFill: "random",
    ...changes,
  };
}

interface Rates {
  readonly firstPage?: number;
  readonly pages: number;
  readonly writes?: number;
  readonly reads?: number;
}

const regionOf = ({ firstPage = 0, pages, writes = 0, reads = 0 }: Rates) => ({
  startBytes: firstPage * PAGE_BYTES,
  lengthBytes: pages * PAGE_BYTES,
  writesPerSecond: writes,
  readsPerSecond: reads,
});

export const uniform = (rates: Rates): WorkloadComponent => ({ kind: "uniform", ...regionOf(rates) });
export const sequential = (rates: Rates): WorkloadComponent => ({ kind: "sequential", ...regionOf(rates) });
export const zipf = (rates: Rates, exponent: number): WorkloadComponent => ({
  kind: "zipf",
  ...regionOf(rates),
  exponent,
});

interface ModelChanges extends Partial<Omit<GuestModelOptions, "random" | "workload">> {
  readonly seed?: number;
  readonly pages?: number;
}

export function modelOf(workload: Workload | readonly WorkloadComponent[], changes: ModelChanges = {}): GuestModel {
  const { seed = 1, pages = 4096, ...options } = changes;
  return new GuestModel({
    guest: guestOf(pages),
    workload: "phases" in workload ? workload : workloadOf(workload),
    integrity: "exact",
    warmUpNs: 0,
    ...options,
    random: new Random(seed),
  });
}

/** Pages dirtied since the last sync, in order. */
export function dirtiedPages(model: GuestModel): number[] {
  const set = model.source.memory.newPageSet();
  model.source.memory.syncDirtyLog(set);
  const pages: number[] = [];
  for (let page = 0; page < set.pageCount; page++) if (set.has(page)) pages.push(page);
  return pages;
}

/** Copies [first, first + count) from the source to the destination as they are now. */
export function copyPages(model: GuestModel, first: number, count: number): void {
  const span = { first, count, mask: null, pages: count };
  model.destination.memory.install(model.source.memory.read(span));
}
