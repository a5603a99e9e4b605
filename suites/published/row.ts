/** The parts that every published row is made of, and the assumptions that all test beds share. */
import type {
  Guest,
  Host,
  Policy,
  PublishedFigure,
  Scenario,
  Workload,
  WorkloadComponent,
} from "../../harness/contract/index.ts";

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const MS = 1_000_000;
export const SECOND = 1_000_000_000;
export const PAGE = 4096;

/** One published row: one cell, and what was published for it. */
export interface PublishedRow {
  readonly engine: "pre-copy" | "post-copy" | "hybrid" | "stop-copy";
  /** Name of the link and its canonical string. */
  readonly link: readonly [name: string, canonical: string];
  readonly scenario: Scenario & { readonly id: string };
  readonly policy: Policy & { readonly id: string };
  readonly published: readonly PublishedFigure[];
}

/**
 * An idle Linux guest: timers, RCU and the console write to one MiB. An assumption of this project, the same for every
 * idle guest here; no source gives the figure, and a tenfold change moves no total by 1 %.
 */
const IDLE: WorkloadComponent = {
  kind: "uniform",
  startBytes: 0,
  lengthBytes: MIB,
  writesPerSecond: 200,
  readsPerSecond: 200,
};

/** Said in the source of every scenario that uses it. */
export const IDLE_NOTE = "Assumed: an idle guest writes 200 pages/s within 1 MiB.";
export const SETUP_NOTE = "Assumed: 50 ms to set up.";
/** Setting up a QEMU migration; no source gives it. */
export const SETUP_NS = 50 * MS;

/** An idle system with `components` on top. */
export function workload(components: readonly WorkloadComponent[], fill: Workload["writtenFill"] = "random"): Workload {
  return bareWorkload([IDLE, ...components], fill);
}

/** Only `components`; for guests of huge pages, of which the idle system's region is a part. */
export function bareWorkload(components: readonly WorkloadComponent[], fill: Workload["writtenFill"]): Workload {
  return {
    version: 1,
    phases: [{ durationNs: null, components: [...components] }],
    repeat: false,
    changedBytesPerWrite: 64,
    writtenFill: fill,
  };
}

/** Shares of memory; what is not zero and not compressible is random. */
export interface Contents {
  readonly zero: number;
  readonly compressible?: number;
  readonly compressedShare?: number;
}

export function guest(
  memoryBytes: number,
  vcpus: number,
  contents: Contents,
  pageSizeBytes: Guest["pageSizeBytes"] = PAGE,
): Guest {
  return {
    version: 1,
    memoryBytes,
    pageSizeBytes,
    vcpus,
    // 16 KiB of registers, interrupt controller and lapic per vCPU over 256 KiB of devices: assumed, the same everywhere.
    deviceStateBytes: 256 * 1024 + vcpus * 16 * 1024,
    fill: {
      zero: contents.zero,
      duplicate: 0,
      compressible: contents.compressible ?? 0,
      compressedShare: contents.compressedShare ?? 1,
    },
  };
}

/** A host whose processors are no bottleneck, but for what `limits` says. */
export function host(limits: Partial<Host>): Host {
  return {
    scanBytesPerSecond: 21.5e9,
    sendBytesPerSecondPerThread: 4.175e9,
    compressBytesPerSecondPerThread: 0.4e9,
    setupNs: SETUP_NS,
    resumeNs: 8 * MS,
    ...limits,
  };
}

type Core = "id" | "title" | "source" | "verified" | "guest" | "workload" | "host" | "giveUpNs";

export function scenario(
  parts: Required<Pick<Scenario, Core>> & Partial<Pick<Scenario, "transfer" | "warmUpNs">>,
): PublishedRow["scenario"] {
  return {
    version: 1,
    transfer: { zeroPages: "header", duplicatePages: "send", deltaCacheBytes: 0, compression: "none" },
    warmUpNs: 0,
    faults: [],
    prePagingPages: 0,
    ...parts,
  };
}

export interface PolicyParts {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly verified: boolean;
  readonly notes?: readonly string[];
  readonly downtimeLimitNs: number | null;
  readonly remainingPages?: number;
  readonly preCopyBytesPerSecond?: number;
  readonly maxRounds?: number;
  readonly throttle?: Policy["throttle"];
  readonly postCopyAfterRounds?: number;
  readonly skipDirtiedAhead?: boolean;
}

export function policy(parts: PolicyParts): PublishedRow["policy"] {
  return {
    version: 1,
    id: parts.id,
    title: parts.title,
    source: parts.source,
    verified: parts.verified,
    notes: [...(parts.notes ?? [])],
    bandwidth: { preCopyBytesPerSecond: parts.preCopyBytesPerSecond ?? null, postCopyBytesPerSecond: null },
    switchover: {
      downtimeLimitNs: parts.downtimeLimitNs,
      remainingPages: parts.remainingPages ?? null,
      downtimeSteps: null,
    },
    rounds: { max: parts.maxRounds ?? null, maxMemoryFactor: null, onLimit: "switchover" },
    time: { totalLimitNs: null, perGiBLimitNs: null, progressLimitNs: null, onLimit: "give-up" },
    throttle: parts.throttle ?? { kind: "none" },
    postCopy: parts.postCopyAfterRounds === undefined ? null : { afterRounds: parts.postCopyAfterRounds },
    ...(parts.skipDirtiedAhead ? { skipDirtiedAhead: true } : {}),
  };
}

/** QEMU without throttling and without a cap, for a stated downtime limit. */
export const qemuUncapped = (id: string, downtimeLimitNs: number, source: string, verified: boolean) =>
  policy({ id, title: `QEMU, no cap, downtime limit ${downtimeLimitNs / MS} ms`, source, verified, downtimeLimitNs });

type Basis = PublishedFigure["basis"];

/** Builds the figures of one source. */
export function figuresOf(source: string) {
  return (metric: string, value: number, basis: Basis, note: string, knownDeviation: string | null = null) =>
    ({ metric, value, basis, source, note, knownDeviation }) satisfies PublishedFigure;
}

/** What a source says happened, as the judge's word for it; `note` holds the source's own. */
export function ended(source: string, verdict: NonNullable<PublishedFigure["verdict"]>, note: string): PublishedFigure {
  return { metric: "convergence", value: 0, verdict, basis: "verdict-only", source, note, knownDeviation: null };
}
