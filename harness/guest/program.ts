/** A workload compiled for one guest: page ranges, and for each phase the rates of accesses to them. */
import { UsageError } from "../base/errors.ts";
import { NS_PER_SECOND } from "../base/units.ts";
import type { Guest, Workload, WorkloadComponent } from "../contract/index.ts";
import { CHUNK_PAGES, chunkCount, MAX_PAGES } from "./bits.ts";
import { compileTrace, type PageTrace } from "./page-trace.ts";
import { zipfBands } from "./zipf.ts";

/**
 * Pages that are accessed alike. `random`: every page is a Poisson process of its own. The sweeps pass over their pages
 * in order, round and round; reading and writing sweeps move on their own.
 */
export interface PageRange {
  readonly kind: "random" | "write-sweep" | "read-sweep";
  readonly first: number;
  readonly pages: number;
}

export interface ProgramPhase {
  /** Infinity: for ever. */
  readonly durationNs: number;
  /** Indices of the ranges in use, ascending, and their rates at full speed. */
  readonly ranges: Int32Array;
  /** random: writes of one page per ns; sweeps: pages per ns. */
  readonly rates: Float64Array;
  /** random: writes and reads of one page per ns; sweeps: pages per ns. */
  readonly accessRates: Float64Array;
  readonly traces: readonly PageTrace[];
  /** All accesses per ns at full speed, but for traces. */
  readonly accessesPerNs: number;
  /** At full speed; a trace counts with its mean. */
  readonly writtenBytesPerSecond: number;
}

export interface WorkloadProgram {
  readonly pageCount: number;
  readonly pageSizeBytes: number;
  readonly ranges: readonly PageRange[];
  readonly phases: readonly ProgramPhase[];
  readonly repeat: boolean;
  /** For each chunk the indices of the ranges that touch it. */
  readonly rangesOfChunk: readonly Int32Array[];
}

/** Each chunk of memory remembers a few numbers for each range that touches it. */
const MAX_RANGES = 4096;
const NO_RANGES = new Int32Array(0);

class Compiler {
  readonly ranges: PageRange[] = [];
  readonly #indices = new Map<string, number>();
  readonly #traces = new Map<WorkloadComponent, PageTrace>();
  #rates = new Map<number, { rate: number; accessRate: number }>();
  #accessesPerNs = 0;
  #writesPerNs = 0;

  constructor(
    readonly pageCount: number,
    readonly pageSizeBytes: number,
  ) {}

  phase(components: readonly WorkloadComponent[], durationNs: number | null, where: string): ProgramPhase {
    this.#rates = new Map();
    this.#accessesPerNs = 0;
    this.#writesPerNs = 0;
    const traces: PageTrace[] = [];
    components.forEach((component, index) => {
      const pointer = `${where}/components/${index}`;
      if (component.kind === "page-trace") traces.push(this.#trace(component, pointer));
      else this.#component(component, pointer);
    });
    const used = [...this.#rates].sort(([a], [b]) => a - b);
    return {
      durationNs: durationNs ?? Infinity,
      ranges: Int32Array.from(used, ([range]) => range),
      rates: Float64Array.from(used, ([, { rate }]) => rate),
      accessRates: Float64Array.from(used, ([, { accessRate }]) => accessRate),
      traces,
      accessesPerNs: this.#accessesPerNs,
      writtenBytesPerSecond: this.#writesPerNs * NS_PER_SECOND * this.pageSizeBytes,
    };
  }

  #trace(component: Extract<WorkloadComponent, { kind: "page-trace" }>, pointer: string): PageTrace {
    let trace = this.#traces.get(component);
    if (trace === undefined) {
      trace = compileTrace(component, this.pageCount, pointer);
      this.#traces.set(component, trace);
    }
    this.#writesPerNs += trace.writesPerNs;
    return trace;
  }

  #component(component: Exclude<WorkloadComponent, { kind: "page-trace" }>, pointer: string): void {
    const { first, pages } = this.#region(component, pointer);
    const writes = component.writesPerSecond / NS_PER_SECOND;
    const reads = component.readsPerSecond / NS_PER_SECOND;
    this.#accessesPerNs += writes + reads;
    this.#writesPerNs += writes;
    if (component.kind === "sequential") {
      if (writes > 0) this.#add({ kind: "write-sweep", first, pages }, writes, writes, pointer);
      if (reads > 0) this.#add({ kind: "read-sweep", first, pages }, reads, reads, pointer);
      return;
    }
    const bands =
      component.kind === "zipf" ? zipfBands(pages, component.exponent) : [{ first: 0, pages, sharePerPage: 1 / pages }];
    for (const band of bands) {
      const share = band.sharePerPage;
      const range: PageRange = { kind: "random", first: first + band.first, pages: band.pages };
      if (writes + reads > 0) this.#add(range, writes * share, (writes + reads) * share, pointer);
    }
  }

  #region(region: { startBytes: number; lengthBytes: number }, pointer: string): { first: number; pages: number } {
    const { startBytes, lengthBytes } = region;
    const memoryBytes = this.pageCount * this.pageSizeBytes;
    if (startBytes + lengthBytes > memoryBytes) {
      throw new UsageError(
        `the workload's ${pointer} uses bytes [${startBytes}, ${startBytes + lengthBytes}), ` +
          `but the guest has only ${memoryBytes}; make the region smaller or the guest larger`,
      );
    }
    const first = Math.floor(startBytes / this.pageSizeBytes);
    return { first, pages: Math.ceil((startBytes + lengthBytes) / this.pageSizeBytes) - first };
  }

  /** The sum of independent Poisson processes is one; sweeps over the same pages become one faster sweep. */
  #add(range: PageRange, rate: number, accessRate: number, pointer: string): void {
    const key = `${range.kind} ${range.first} ${range.pages}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.ranges.push(range) - 1;
      this.#indices.set(key, index);
      if (this.ranges.length > MAX_RANGES) {
        throw new UsageError(`the workload uses more than ${MAX_RANGES} distinct page ranges, from ${pointer} on`);
      }
    }
    const sum = this.#rates.get(index) ?? { rate: 0, accessRate: 0 };
    this.#rates.set(index, { rate: sum.rate + rate, accessRate: sum.accessRate + accessRate });
  }
}

function mapChunks(ranges: readonly PageRange[], pageCount: number): Int32Array[] {
  const lists: number[][] = [];
  ranges.forEach(({ first, pages }, index) => {
    const last = Math.floor((first + pages - 1) / CHUNK_PAGES);
    for (let chunk = Math.floor(first / CHUNK_PAGES); chunk <= last; chunk++) {
      lists[chunk] ??= [];
      lists[chunk].push(index);
    }
  });
  return Array.from({ length: chunkCount(pageCount) }, (_, chunk) =>
    lists[chunk] === undefined ? NO_RANGES : Int32Array.from(lists[chunk]),
  );
}

/** Pages of a guest's memory. Throws UsageError when they are no whole number, or too many to count. */
export function pageCountOf(guest: Guest): number {
  const pageCount = guest.memoryBytes / guest.pageSizeBytes;
  if (!Number.isInteger(pageCount) || pageCount < 1) {
    throw new UsageError(
      `the guest's memoryBytes (${guest.memoryBytes}) must be a multiple of its pageSizeBytes (${guest.pageSizeBytes})`,
    );
  }
  if (pageCount > MAX_PAGES) {
    throw new UsageError(`the guest has ${pageCount} pages, more than ${MAX_PAGES}; use larger pages`);
  }
  return pageCount;
}

/** Throws UsageError naming the component when the workload does not fit the guest. */
export function compileWorkload(workload: Workload, guest: Guest): WorkloadProgram {
  const pageCount = pageCountOf(guest);
  const compiler = new Compiler(pageCount, guest.pageSizeBytes);
  const last = workload.phases.length - 1;
  const phases = workload.phases.map(({ components, durationNs }, index) => {
    const where = `phases/${index}`;
    if (durationNs === null && index < last) {
      throw new UsageError(
        `the workload's ${where}/durationNs is null (for ever), but ${last - index} more phases follow`,
      );
    }
    return compiler.phase(components, durationNs, where);
  });
  return {
    pageCount,
    pageSizeBytes: guest.pageSizeBytes,
    ranges: compiler.ranges,
    phases,
    repeat: workload.repeat,
    rangesOfChunk: mapChunks(compiler.ranges, pageCount),
  };
}
