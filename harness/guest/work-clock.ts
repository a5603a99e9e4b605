/**
 * How far the workload has come on one side. Phases follow wall time; within a phase the workload advances with *work*:
 * nanoseconds at full speed. A speed below one (throttle, dirty limit, vCPUs that wait for pages) makes work lag, a pause
 * stops it. Sums change only at changes of speed or phase, so that the result never depends on how often one looks.
 */
import { eventsBefore } from "./page-trace.ts";
import type { ProgramPhase, WorkloadProgram } from "./program.ts";

const IDLE: ProgramPhase = {
  durationNs: Infinity,
  ranges: new Int32Array(0),
  rates: new Float64Array(0),
  accessRates: new Float64Array(0),
  traces: [],
  accessesPerNs: 0,
  writtenBytesPerSecond: 0,
};

export class WorkClock {
  /**
   * Position of each range at the beginning of the phase. random: writes that each page can expect to have had;
   * sweeps: pages passed.
   */
  readonly positions: Float64Array;
  /** Gain of each position per unit of work in this phase. */
  readonly rates: Float64Array;
  phase: ProgramPhase = IDLE;
  /** Infinity in a phase that never ends. */
  phaseEndNs = Infinity;
  /** Called for each write of a page trace, at the latest when it is flushed. */
  onTraceWrite: ((firstPage: number, pages: number) => void) | null = null;

  #phaseIndex = 0;
  #anchorNs: number;
  /** Work in this phase up to the anchor. */
  #anchorWork = 0;
  #speed = 0;
  #running = false;
  #throttle = 0;
  #limitBytesPerSecond = Infinity;
  #available = 1;
  /** Work and accesses of the phases before this one. */
  #pastWork = 0;
  #pastAccesses = 0;
  #flushedEvents: number[] = [];

  constructor(
    readonly program: WorkloadProgram,
    startNs: number,
  ) {
    this.positions = new Float64Array(program.ranges.length);
    this.rates = new Float64Array(program.ranges.length);
    this.#anchorNs = startNs;
    this.#enter(0, startNs);
  }

  /** A clock that goes on from here, stopped, at full speed once it runs. */
  fork(nowNs: number): WorkClock {
    this.moveTo(nowNs);
    const fork = new WorkClock(this.program, nowNs);
    fork.positions.set(this.positions);
    fork.rates.set(this.rates);
    fork.phase = this.phase;
    fork.phaseEndNs = this.phaseEndNs;
    fork.#phaseIndex = this.#phaseIndex;
    fork.#anchorWork = this.work(nowNs);
    fork.#pastWork = this.#pastWork;
    fork.#pastAccesses = this.#pastAccesses;
    fork.#flushedEvents = this.phase.traces.map((trace) => eventsBefore(trace, fork.#anchorWork));
    return fork;
  }

  get speed(): number {
    return this.#speed;
  }
  get running(): boolean {
    return this.#running;
  }
  /** Share of the vCPUs' time that throttle and dirty limit take away. */
  get slowdown(): number {
    return 1 - (1 - this.#throttle) * this.#limitFactor();
  }

  setRunning(nowNs: number, running: boolean): void {
    this.#reanchor(nowNs);
    this.#running = running;
    this.#updateSpeed();
  }
  setThrottle(nowNs: number, share: number): void {
    this.#reanchor(nowNs);
    this.#throttle = share;
    this.#updateSpeed();
  }
  setDirtyLimit(nowNs: number, bytesPerSecond: number): void {
    this.#reanchor(nowNs);
    this.#limitBytesPerSecond = bytesPerSecond;
    this.#updateSpeed();
  }
  /** Share of the vCPUs that do not wait for a page. */
  setAvailable(nowNs: number, share: number): void {
    this.#reanchor(nowNs);
    this.#available = share;
    this.#updateSpeed();
  }

  /** Work of this phase up to now; the clock must have been moved past no phase end since. */
  work(nowNs: number): number {
    return this.#anchorWork + this.#speed * (nowNs - this.#anchorNs);
  }

  /** When the work of this phase reaches `work` at the present speed; whole nanoseconds, never early. */
  reachesNs(work: number): number {
    if (work === Infinity || this.#speed === 0) return Infinity;
    const ahead = work - this.#anchorWork;
    return ahead <= 0 ? this.#anchorNs : this.#anchorNs + Math.ceil(ahead / this.#speed);
  }

  /** Nanoseconds at full speed since the workload began. */
  totalWork(nowNs: number): number {
    return this.#pastWork + this.work(nowNs);
  }

  /** Page accesses made since the workload began. */
  totalAccesses(nowNs: number): number {
    return this.#pastAccesses + this.#phaseAccesses(this.work(nowNs));
  }

  /** Crosses the ends of phases up to and including `nowNs`. */
  moveTo(nowNs: number): void {
    while (this.phaseEndNs <= nowNs) this.#cross();
  }

  /** Tells of the trace events that are due. */
  flushTraces(nowNs: number): void {
    if (this.phase.traces.length > 0) this.#flush(this.work(nowNs));
  }

  #cross(): void {
    const endNs = this.phaseEndNs;
    const work = this.work(endNs);
    this.#flush(work);
    this.#pastWork += work;
    this.#pastAccesses += this.#phaseAccesses(work);
    const { ranges, rates } = this.phase;
    for (let index = 0; index < ranges.length; index++) {
      this.positions[ranges[index]] += rates[index] * work;
      this.rates[ranges[index]] = 0;
    }
    this.#anchorNs = endNs;
    this.#anchorWork = 0;
    this.#enter(this.#phaseIndex + 1, endNs);
  }

  #enter(index: number, nowNs: number): void {
    const { phases, repeat } = this.program;
    this.#phaseIndex = repeat ? index % phases.length : index;
    this.phase = this.#phaseIndex < phases.length ? phases[this.#phaseIndex] : IDLE;
    this.phaseEndNs = nowNs + this.phase.durationNs;
    const { ranges, rates, traces } = this.phase;
    for (let range = 0; range < ranges.length; range++) this.rates[ranges[range]] = rates[range];
    this.#flushedEvents = traces.map(() => 0);
    this.#updateSpeed();
  }

  #phaseAccesses(work: number): number {
    let accesses = this.phase.accessesPerNs * work;
    for (const trace of this.phase.traces) accesses += trace.accessesBefore[eventsBefore(trace, work)];
    return accesses;
  }

  #flush(work: number): void {
    const { traces } = this.phase;
    if (this.onTraceWrite === null) return;
    for (let index = 0; index < traces.length; index++) {
      const trace = traces[index];
      let event = this.#flushedEvents[index];
      for (; event < trace.length && trace.atNs[event] < work; event++) {
        if (trace.isWrite[event]) this.onTraceWrite(trace.firstPage[event], trace.pages[event]);
      }
      this.#flushedEvents[index] = event;
    }
  }

  #reanchor(nowNs: number): void {
    this.moveTo(nowNs);
    this.#anchorWork = this.work(nowNs);
    this.#anchorNs = nowNs;
  }

  #limitFactor(): number {
    const { writtenBytesPerSecond } = this.phase;
    return writtenBytesPerSecond > this.#limitBytesPerSecond ? this.#limitBytesPerSecond / writtenBytesPerSecond : 1;
  }

  #updateSpeed(): void {
    this.#speed = this.#running ? (1 - this.#throttle) * this.#limitFactor() * this.#available : 0;
  }
}
