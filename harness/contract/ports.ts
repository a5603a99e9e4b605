/**
 * The ports between an engine and the world that runs it. The virtual and the live world both implement them, so that
 * one engine text serves both.
 *
 * Engines are written as processes: generator functions that yield what they wait for and are resumed with its result
 * (`const frame = yield* wait(stream.receive())`). The virtual world resumes them on simulated time without a single
 * promise; the live world resumes them from callbacks of real sockets.
 */

import type { Phase } from "./schemas/fault.ts";
import type { Capability, EngineManifest } from "./schemas/manifest.ts";
import type { Policy } from "./schemas/policy.ts";
import type { Host, Transfer } from "./schemas/scenario.ts";
import type { Claims, Outcome } from "./schemas/trace.ts";
import type { Frame, PageBatch } from "./wire.ts";

/** Something to wait for. `start` is called once; it calls exactly one of its arguments once, and returns how to stop waiting. */
export interface Wait<T> {
  start(resume: (value: T) => void, fail: (error: unknown) => void): () => void;
}
// biome-ignore lint/suspicious/noExplicitAny: the value that resumes a generator depends on what was yielded
export type Process<T> = Generator<Wait<any>, T, any>;

/** Waits for one thing inside a process. */
export function* wait<T>(what: Wait<T>): Process<T> {
  return (yield what) as T;
}

/** Thrown at the yield of a process that is cancelled. Engines catch it to clean up, then end with `cancelled`. */
export class Cancelled extends Error {
  override name = "Cancelled";
}
/** Thrown by a stream whose connection is gone. */
export class ConnectionLost extends Error {
  override name = "ConnectionLost";
}
/** Thrown when a peer stayed silent past the timeout of a `receive`; the connection itself may still be alive. */
export class PeerSilent extends ConnectionLost {
  override name = "PeerSilent";
}

export interface Clock {
  /** Nanoseconds since the migration was asked for. */
  nowNs(): number;
  sleep(durationNs: number): Wait<void>;
}

/** Structured concurrency: children end before their parent goes on; the first failure cancels the others. */
export interface Tasks {
  all(processes: Process<void>[]): Wait<void>;
}

/** One reliable, ordered, bidirectional connection. Frames arrive whole, in order, or the connection is lost. */
export interface Stream {
  /** Resumes when the send buffer has room, not when the frame has arrived. Yields the frame's size on the wire in bytes. */
  send(frame: Frame): Wait<number>;
  /** Next frame; null once the peer has closed. Fails with PeerSilent after `timeoutNs`. */
  receive(timeoutNs?: number): Wait<Frame | null>;
  /** Calls `handler` for every frame from now on instead of `receive`; for paths where a fault waits on every microsecond. */
  subscribe(handler: (frame: Frame) => void): void;
  /** Puts a frame into the send buffer at once, even over its limit; for small messages and demand faults. */
  post(frame: Frame): number;
  /** Bytes written but not yet on the wire. */
  backlogBytes(): number;
  close(): void;
}

/** The connections of one migration, opened by the world during `setup`. */
export interface Channels {
  readonly control: Stream;
  /** Page data, one per configured stream. */
  readonly pages: readonly Stream[];
  /** Demand faults and their pages under post-copy: never queued behind page data. */
  readonly faults: Stream;
  /** A good number of pages per batch on this link: enough to keep it busy, few enough to stay current. */
  readonly batchPages: number;
  /** Finer batches are not worth their trouble here: many migrations share the path. @default 1 */
  readonly leastBatchPages?: number;
}

/** A set of pages, as a chunked bitmap. Implemented in harness/guest. */
export interface PageSet {
  readonly pageCount: number;
  /** Number of pages in the set. */
  readonly size: number;
  has(page: number): boolean;
  add(page: number): boolean;
  remove(page: number): boolean;
  addAll(): void;
  /** Union with another set of the same size. */
  addFrom(other: PageSet): void;
  clear(): void;
  /**
   * Takes up to `maxPages` pages out of the set, at or after `from`, all within one span (never across a chunk), and
   * returns them; null when there is none at or after `from`.
   */
  takeSpan(from: number, maxPages: number): PageSpan | null;
}

/** Pages [first, first + count) of which `mask` (bit i of word i>>>5: page first + i) selects `pages`; null: all. */
export interface PageSpan {
  readonly first: number;
  readonly count: number;
  readonly mask: Uint32Array | null;
  readonly pages: number;
}

/** The guest's memory on the source, while it runs there. */
export interface SourceMemory {
  readonly pageCount: number;
  readonly pageSizeBytes: number;
  newPageSet(): PageSet;
  /** Moves the pages dirtied since the last sync into `into`; returns how many they were (before union). Clears the log. */
  syncDirtyLog(into: PageSet): number;
  /** Of the span, the pages not dirtied since the last sync; null when none is left (Xen's peek at the dirty log). */
  withoutDirtied(span: PageSpan): PageSpan | null;
  /** Captures the contents of the span as they are now. */
  read(span: PageSpan): PageBatch;
}

export interface SourceGuest {
  readonly memory: SourceMemory;
  readonly vcpus: number;
  readonly deviceStateBytes: number;
  isRunning(): boolean;
  /** Stops all vCPUs; the guest runs nowhere until somebody resumes it. */
  pause(): void;
  /** Runs the guest on the source again. */
  resume(): void;
  /** Takes away this share of every vCPU's time, 0 to 0.99. */
  setThrottle(share: number): void;
  /** Slows the vCPUs so that each dirties at most so many bytes per second; null lifts the limit. */
  limitDirtyRate(bytesPerSecondPerVcpu: number | null): void;
  /** Captures the device state; only meaningful while paused. */
  captureDeviceState(): DeviceState;
}

/** Opaque to engines. */
export interface DeviceState {
  readonly bytes: number;
  readonly content: unknown;
}

export interface DestinationMemory {
  readonly pageCount: number;
  readonly pageSizeBytes: number;
  /** Number of pages that hold content. */
  presentPages(): number;
  isPresent(page: number): boolean;
  /** Writes a batch into memory; before the guest runs, newer content replaces older. Wakes vCPUs that wait for these pages. */
  install(batch: PageBatch): void;
  /** Forgets the content of the span's pages: they were sent, but have changed since (hybrid, before post-copy). */
  discard(span: PageSpan): void;
}

export interface DestinationGuest {
  readonly memory: DestinationMemory;
  loadDeviceState(state: DeviceState): void;
  /** Runs the guest here. Pages that are not present fault. */
  start(): Wait<void>;
  isRunning(): boolean;
  /** Called with a page number whenever a vCPU begins to wait for it; the handler asks the source for it. */
  onFault(handler: (page: number) => void): void;
}

/** Processor time of the migration threads. In the live world work takes the time that it takes, and this is free. */
export interface Processor {
  /** Holds migration thread `thread` for so long. */
  work(thread: number, durationNs: number): Wait<void>;
}

/** What the engine says of itself; recorded beside what the witness saw, never instead of it. */
export interface Reporter {
  phase(phase: Phase): void;
  round(round: number, sent: { pages: number; bytes: number; remainingPages: number }): void;
  remaining(pages: number): void;
  note(text: string): void;
  switchToPostCopy(): void;
  claim(claims: Partial<Claims>): void;
}

export interface Parameters {
  readonly policy: Policy;
  readonly transfer: Transfer;
  readonly host: Host;
  readonly prePagingPages: number;
}

/** Cancellation. While shielded, a cancel request is refused: past the switchover there is no way back. */
export interface Abort {
  shield(): void;
}

export interface SourcePorts {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly guest: SourceGuest;
  readonly channels: Channels;
  readonly processor: Processor;
  readonly parameters: Parameters;
  readonly report: Reporter;
  readonly abort: Abort;
}

export interface DestinationPorts {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly guest: DestinationGuest;
  readonly channels: Channels;
  readonly processor: Processor;
  readonly parameters: Parameters;
  readonly report: Reporter;
}

/** What is under test: a source side and a destination side, and what they declare. */
export interface Engine {
  readonly manifest: EngineManifest;
  source(ports: SourcePorts): Process<Outcome>;
  destination(ports: DestinationPorts): Process<void>;
}

export type { Capability };
