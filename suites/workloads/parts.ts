/** Pieces of which workloads are made. */
import type { WorkloadTemplate } from "../../harness/contract/catalogue.ts";
import type { Workload, WorkloadComponent } from "../../harness/contract/schemas/workload.ts";

type Shape = Extract<WorkloadComponent, { kind: "uniform" | "sequential" }>["kind"];

interface Region {
  /** Where the region starts and how long it is, as shares of memory. */
  readonly start: number;
  readonly length: number;
  /** The longest that the region gets, however large the guest is. */
  readonly atMostBytes?: number;
}

interface Rates {
  readonly writes: number;
  readonly reads: number;
}

/** Regions start and end at multiples of 1 MiB, so that they are whole pages in every guest of 4 KiB pages. */
const GRAIN_BYTES = 1024 * 1024;
const grain = (bytes: number): number => Math.floor(bytes / GRAIN_BYTES) * GRAIN_BYTES;

function placed(memoryBytes: number, region: Region, rates: Rates) {
  const lengthBytes = Math.min(grain(memoryBytes * region.length), region.atMostBytes ?? Number.POSITIVE_INFINITY);
  return {
    startBytes: grain(memoryBytes * region.start),
    lengthBytes: Math.max(GRAIN_BYTES, lengthBytes),
    writesPerSecond: rates.writes,
    readsPerSecond: rates.reads,
  };
}

export const area = (kind: Shape, memoryBytes: number, region: Region, rates: Rates): WorkloadComponent => ({
  kind,
  ...placed(memoryBytes, region, rates),
});

export const zipf = (memoryBytes: number, exponent: number, region: Region, rates: Rates): WorkloadComponent => ({
  kind: "zipf",
  exponent,
  ...placed(memoryBytes, region, rates),
});

type Phases = Workload["phases"];

export interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Bytes that a write changes in its page. @default 256 */
  readonly changedBytesPerWrite?: number;
  readonly phases: (memoryBytes: number) => Phases;
  /** Starts again after the last phase. @default false */
  readonly repeat?: boolean;
}

/** Workloads are assumptions, stated as such: none of the figures is claimed to be measured. */
export function template(recipe: Recipe): WorkloadTemplate {
  const { id, title, source, changedBytesPerWrite = 256, repeat = false } = recipe;
  return {
    id,
    title,
    source,
    verified: true,
    forMemory: (memoryBytes) => ({
      version: 1,
      id,
      title,
      source,
      verified: true,
      phases: recipe.phases(memoryBytes),
      repeat,
      changedBytesPerWrite,
      writtenFill: "compressible",
    }),
  };
}

/** One phase that lasts for ever. */
export const steady = (...components: WorkloadComponent[]): Phases => [{ durationNs: null, components }];
