/**
 * One guest with both its sides: where it runs, what it writes, what was copied, whether it survived.
 *
 * The world owns the time: it calls `advance` before it lets an engine touch the guest, and again when `nextEventNs`
 * says that a vCPU on the destination blocks on a missing page.
 */
import type { Random } from "../base/random.ts";
import type { DestinationGuest, DeviceState, Guest, SourceGuest, Trace, Workload } from "../contract/index.ts";
import { auditDestination, auditRolledBack, Damage } from "./audit.ts";
import { chunkCount, pagesOfChunk } from "./bits.ts";
import { CapturedState } from "./capture.ts";
import { SimulatedDestinationMemory } from "./destination-memory.ts";
import { Fill } from "./fill.ts";
import { compileWorkload, type WorkloadProgram } from "./program.ts";
import { type RunListener, RunState, type Side } from "./run-state.ts";
import { SimulatedSourceMemory } from "./source-memory.ts";
import { Vcpus } from "./vcpus.ts";
import { WorkClock } from "./work-clock.ts";
import { WrittenMemory } from "./written-memory.ts";

export type { RunListener, Side } from "./run-state.ts";

export interface GuestModelOptions {
  readonly guest: Guest;
  readonly workload: Workload;
  /** Split by the model; the caller's generator is not advanced. */
  readonly random: Random;
  readonly integrity: "exact" | "sampled";
  /** The workload has run for so long when the migration is asked for at time 0. */
  readonly warmUpNs: number;
}

/** The destination's guest, but for `start`, which the world wraps in the time that a start takes. */
export interface DestinationModel extends Omit<DestinationGuest, "start"> {
  /** Runs the guest here from now on. A second call does nothing. */
  startNow(): void;
}

/** Sampled integrity holds versions for one chunk in so many. */
const SAMPLED_CHUNKS = 64;

/** What exists of the destination's guest once it has been started. */
interface StartedGuest {
  readonly clock: WorkClock;
  readonly vcpus: Vcpus;
  readonly written: WrittenMemory;
  readonly state: CapturedState | null;
  /** How long the guest had run on the source by then: what its device state has to be. */
  readonly sourceRanNs: number;
  readonly accessesAtStart: number;
  readonly workAtStart: number;
}

export class GuestModel {
  readonly source: SourceGuest;
  readonly destination: DestinationModel;
  readonly #options: GuestModelOptions;
  readonly #program: WorkloadProgram;
  readonly #runs: RunState;
  readonly #clock: WorkClock;
  /** The workload as it would go on a guest that is never slowed. */
  readonly #undisturbed: WorkClock;
  readonly #written: WrittenMemory;
  readonly #sourceMemory: SimulatedSourceMemory;
  readonly #destinationMemory: SimulatedDestinationMemory;
  readonly #isTracked: (chunk: number) => boolean;
  #nowNs: number;
  #started: StartedGuest | null = null;
  #loadedState: CapturedState | null = null;
  #faultHandler: ((page: number) => void) | null = null;
  /** Readings at time 0, from which on the trace counts. */
  #atZero = { accesses: 0, undisturbed: 0, work: 0 };

  constructor(options: GuestModelOptions) {
    const { guest, workload, random, warmUpNs } = options;
    this.#options = options;
    this.#nowNs = -warmUpNs;
    this.#program = compileWorkload(workload, guest);
    this.#runs = new RunState(this.#nowNs);
    this.#clock = new WorkClock(this.#program, this.#nowNs);
    this.#clock.setRunning(this.#nowNs, true);
    this.#undisturbed = new WorkClock(this.#program, this.#nowNs);
    this.#undisturbed.setRunning(this.#nowNs, true);
    this.#isTracked = trackedChunks(options, this.#program.pageCount);
    this.#written = new WrittenMemory({
      program: this.#program,
      clock: this.#clock,
      seed: random.split("source-writes").nextUint32(),
      isTracked: this.#isTracked,
      originPositions: null,
    });
    if (warmUpNs > 0) this.#written.stopLog();
    this.#clock.onTraceWrite = (first, pages) => this.#written.writeRange(first, pages);
    this.#sourceMemory = new SimulatedSourceMemory({
      program: this.#program,
      workload,
      clock: this.#clock,
      written: this.#written,
      fill: new Fill(guest.fill, this.#program.pageCount),
      compressedShare: guest.fill.compressedShare,
      now: () => this.#nowNs,
    });
    this.#destinationMemory = new SimulatedDestinationMemory(
      this.#program.pageCount,
      this.#program.pageSizeBytes,
      this.#isTracked,
    );
    this.source = this.#makeSource();
    this.destination = this.#makeDestination();
  }

  get nowNs(): number {
    return this.#nowNs;
  }

  /** Moves the clock; calls the fault handler for each fault due on the way. Results do not depend on how often it is called. */
  advance(toNs: number): void {
    if (toNs < this.#nowNs) throw new RangeError(`the guest is at ${this.#nowNs} ns and cannot go back to ${toNs} ns`);
    if (this.#nowNs < 0 && toNs >= 0) this.#passZero();
    this.#started?.vcpus.advance(toNs);
    this.#moveTo(toNs);
  }

  #moveTo(toNs: number): void {
    this.#nowNs = toNs;
    this.#clock.moveTo(toNs);
    this.#undisturbed.moveTo(toNs);
  }

  #passZero(): void {
    this.#moveTo(0);
    if (this.#options.warmUpNs > 0) this.#written.startLog(0);
    this.#atZero = {
      accesses: this.#clock.totalAccesses(0),
      undisturbed: this.#undisturbed.totalAccesses(0),
      work: this.#clock.totalWork(0),
    };
  }

  /** When the model next has something to do by itself (a post-copy fault); Infinity: never, unless something changes. */
  nextEventNs(): number {
    return this.#started === null ? Infinity : this.#started.vcpus.nextEventNs();
  }

  /** Called whenever the guest begins or ceases to run on a side, by freezing and killing too. */
  onRunChange(listener: RunListener): void {
    this.#runs.onChange(listener);
  }

  /** A frozen side runs nothing until it is thawed; what its engine asked meanwhile takes effect then. */
  freeze(side: Side): void {
    this.#change(side, { frozen: true });
  }
  thaw(side: Side): void {
    this.#change(side, { frozen: false });
  }
  /** The side's guest is gone for good, with its memory. */
  kill(side: Side): void {
    this.#change(side, { killed: true });
  }

  #change(side: Side, change: Partial<{ wanted: boolean; frozen: boolean; killed: boolean }>): void {
    const clock = side === "source" ? this.#clock : this.#started?.clock;
    if (side === "destination") this.#started?.vcpus.settle(this.#nowNs);
    this.#runs.change(side, change, this.#nowNs, (running) => clock?.setRunning(this.#nowNs, running));
  }

  /** Share of the vCPUs' time that throttle and dirty limit take away now. */
  throttleShare(): number {
    return this.#clock.slowdown;
  }

  #makeSource(): SourceGuest {
    const { guest } = this.#options;
    return {
      memory: this.#sourceMemory,
      vcpus: guest.vcpus,
      deviceStateBytes: guest.deviceStateBytes,
      isRunning: () => this.#runs.isRunning("source"),
      pause: () => this.#change("source", { wanted: false }),
      resume: () => this.#change("source", { wanted: true }),
      setThrottle: (share) => {
        if (!(share >= 0 && share <= 0.99))
          throw new RangeError(`a throttle takes 0 to 0.99 of the time, not ${share}`);
        this.#clock.setThrottle(this.#nowNs, share);
      },
      limitDirtyRate: (limit) => {
        if (limit !== null && !(limit > 0))
          throw new RangeError(`a dirty limit is above 0 bytes per second, not ${limit}`);
        this.#clock.setDirtyLimit(this.#nowNs, limit === null ? Infinity : limit * guest.vcpus);
      },
      captureDeviceState: (): DeviceState => ({
        bytes: guest.deviceStateBytes,
        content: new CapturedState(this.#runs.ranNs("source", this.#nowNs)),
      }),
    };
  }

  #makeDestination(): DestinationModel {
    return {
      memory: this.#destinationMemory,
      loadDeviceState: ({ content }) => {
        if (!(content instanceof CapturedState))
          throw new TypeError("the state was not captured from a simulated guest");
        this.#loadedState = content.corrupt ? null : content;
      },
      isRunning: () => this.#runs.isRunning("destination"),
      onFault: (handler) => {
        this.#faultHandler = handler;
      },
      startNow: () => this.#start(),
    };
  }

  #start(): void {
    if (this.#started !== null) return;
    const clock = this.#clock.fork(this.#nowNs);
    const random = this.#options.random.split("destination");
    const work = clock.work(this.#nowNs);
    const written = new WrittenMemory({
      program: this.#program,
      clock,
      seed: random.split("writes").nextUint32(),
      isTracked: () => false,
      originPositions: clock.positions.map((position, range) => position + clock.rates[range] * work),
    });
    clock.onTraceWrite = (first, pages) => written.writeRange(first, pages);
    const vcpus = new Vcpus({
      program: this.#program,
      clock,
      memory: this.#destinationMemory,
      vcpus: this.#options.guest.vcpus,
      random,
      now: () => this.#nowNs,
      onFault: (page, nowNs) => {
        this.#moveTo(nowNs);
        this.#faultHandler?.(page);
      },
    });
    this.#destinationMemory.guestStarted(vcpus);
    this.#started = {
      clock,
      vcpus,
      written,
      state: this.#loadedState,
      sourceRanNs: this.#runs.ranNs("source", this.#nowNs),
      accessesAtStart: clock.totalAccesses(this.#nowNs),
      workAtStart: clock.totalWork(this.#nowNs),
    };
    this.#change("destination", { wanted: true });
  }

  /** An account of all memory on the side that runs in the end; time does not pass. */
  audit(): Trace["memory"] {
    const owner = this.#runs.owner();
    const { pageCount } = this.#program;
    let checkedPages = 0;
    for (let chunk = 0; chunk < chunkCount(pageCount); chunk++) {
      if (this.#isTracked(chunk)) checkedPages += pagesOfChunk(pageCount, chunk);
    }
    const { damage, deviceState } = this.#inspect();
    return {
      owner,
      mode: this.#options.integrity,
      pages: pageCount,
      checkedPages,
      missingPages: damage.missingPages,
      stalePages: damage.stalePages,
      corruptPages: damage.corruptPages,
      overwrittenPages: damage.overwrittenPages,
      deviceState,
      firstDamagedPage: damage.firstDamagedPage,
    };
  }

  #inspect(): { damage: Damage; deviceState: Trace["memory"]["deviceState"] } {
    const started = this.#started;
    const where = this.#runs.whereabouts(started !== null);
    if (where === "destination" && started !== null) {
      this.#written.observeAll(this.#nowNs);
      const state =
        started.state === null ? "missing" : started.state.ranNs === started.sourceRanNs ? "intact" : "stale";
      return { damage: auditDestination(this.#destinationMemory, this.#written), deviceState: state };
    }
    if (where === "nowhere") {
      const damage = new Damage();
      damage.note("missingPages", 0, this.#program.pageCount);
      return { damage, deviceState: "missing" };
    }
    if (started === null || this.#runs.ranNs("destination", this.#nowNs) === 0) {
      return { damage: new Damage(), deviceState: "intact" };
    }
    started.written.observeAll(this.#nowNs);
    return { damage: auditRolledBack(this.#destinationMemory, started.written), deviceState: "stale" };
  }

  /** What the workload got done from time 0 until now, and what held it up. */
  accounting(): Trace["guest"] {
    const nowNs = this.#nowNs;
    const started = this.#started;
    const here = this.#clock.totalAccesses(nowNs) - this.#atZero.accesses;
    const there = started === null ? 0 : started.clock.totalAccesses(nowNs) - started.accessesAtStart;
    const workThere = started === null ? 0 : started.clock.totalWork(nowNs) - started.workAtStart;
    const workHere = this.#clock.totalWork(nowNs) - this.#atZero.work;
    const ranHereNs = Math.max(0, this.#runs.ranNs("source", nowNs) - this.#options.warmUpNs);
    return {
      workWanted: this.#undisturbed.totalAccesses(nowNs) - this.#atZero.undisturbed,
      workDone: here + there,
      pausedNs: this.#runs.stoppedNs(nowNs),
      throttledNs: Math.max(0, ranHereNs - workHere),
      stalledNs: Math.max(0, this.#runs.ranNs("destination", nowNs) - workThere),
      faults: started?.vcpus.faults ?? 0,
      faultLatencyNs: started?.vcpus.latencies.summary() ?? { mean: 0, p50: 0, p99: 0, max: 0 },
    };
  }

  /** Bytes of typed arrays held by the model; page sets made by `newPageSet` belong to the engine. */
  heldBytes(): number {
    const there = this.#started === null ? 0 : this.#started.vcpus.heldBytes() + this.#started.written.heldBytes();
    return this.#written.heldBytes() + this.#destinationMemory.heldBytes() + there;
  }
}

function trackedChunks({ integrity, random }: GuestModelOptions, pageCount: number): (chunk: number) => boolean {
  if (integrity === "exact") return () => true;
  const stride = Math.min(SAMPLED_CHUNKS, chunkCount(pageCount));
  const offset = random.split("sampled-chunks").nextInteger(stride);
  return (chunk) => chunk % stride === offset;
}
