/**
 * The vCPUs on the destination, which block on pages that are not there.
 *
 * Accesses to a random range are Poisson, and vCPUs are alike, so the next access of any running vCPU to any missing
 * page is one exponential draw, spent against the integral of the hazard: the sum over ranges of access rate per page
 * times missing pages, per unit of work. Whatever changes the hazard (an arriving page, a new phase) or the speed of
 * work (a vCPU blocks or wakes) only changes how fast the draw is spent: the time-change theorem for Poisson processes.
 * Sweeps and page traces reach their next missing page at an exact time. One draw per fault, no draw per access.
 */
import { popcount } from "../base/math.ts";
import type { Random } from "../base/random.ts";
import { CHUNK_PAGES, CHUNK_SHIFT, countRange, lowestBit } from "./bits.ts";
import { type Cursor, SweepCursor, TraceCursor } from "./cursors.ts";
import type { ArrivalListener, SimulatedDestinationMemory } from "./destination-memory.ts";
import { Latencies } from "./latencies.ts";
import { MissingPages } from "./missing-pages.ts";
import type { WorkloadProgram } from "./program.ts";
import { Waiters } from "./waiters.ts";
import type { WorkClock } from "./work-clock.ts";

export interface VcpusOptions {
  readonly program: WorkloadProgram;
  readonly clock: WorkClock;
  readonly memory: SimulatedDestinationMemory;
  readonly vcpus: number;
  readonly random: Random;
  readonly now: () => number;
  /** Called when a vCPU begins to wait for a page; the model's clock shows that moment. */
  readonly onFault: (page: number, nowNs: number) => void;
}

export class Vcpus implements ArrivalListener {
  readonly latencies = new Latencies();
  faults = 0;
  readonly #options: VcpusOptions;
  readonly #missing: MissingPages;
  /** Sweeps keep their place from phase to phase; traces begin anew with each phase. */
  readonly #sweeps = new Map<number, SweepCursor>();
  #cursors: Cursor[] = [];

  /** What is left of the exponential draw, as of `#spentWork`. */
  #draw: number;
  #spentWork: number;
  #hazard = 0;
  /** The hazard has changed since it was summed up. */
  #hazardStale = true;
  #settledNs: number;

  #nextNs = Infinity;
  #nextCursor: Cursor | null = null;
  #nextStale = true;

  readonly #waiters: Waiters;
  readonly #waitsSinceNs: Float64Array;
  readonly #awake: Int32Array;
  readonly #woken: Int32Array;
  #awakeCount: number;

  constructor(options: VcpusOptions) {
    this.#options = options;
    const { clock, memory, program, random, vcpus } = options;
    this.#missing = new MissingPages(program, memory);
    this.#draw = random.nextExponential();
    this.#settledNs = options.now();
    this.#spentWork = clock.work(this.#settledNs);
    this.#waiters = new Waiters(vcpus);
    this.#woken = new Int32Array(vcpus);
    this.#waitsSinceNs = new Float64Array(vcpus);
    this.#awake = Int32Array.from({ length: vcpus }, (_, vcpu) => vcpu);
    this.#awakeCount = vcpus;
    this.#enterPhase(this.#spentWork);
  }

  /** When the next vCPU blocks, or the rates change; Infinity when nothing is missing or nobody can fault. */
  nextEventNs(): number {
    if (this.#options.memory.presentPages() === this.#options.program.pageCount) return Infinity;
    const nextNs = this.#findNext();
    return this.#options.clock.speed > 0 ? Math.min(nextNs, this.#options.clock.phaseEndNs) : Infinity;
  }

  /** Lets all vCPUs run until `toNs`, and block where they must. */
  advance(toNs: number): void {
    const { clock } = this.#options;
    for (;;) {
      const nextNs = this.#findNext();
      if (clock.phaseEndNs <= toNs && clock.phaseEndNs <= nextNs) this.#crossPhase();
      else if (nextNs <= toNs) this.#fault(nextNs);
      else return;
    }
  }

  #crossPhase(): void {
    const { clock } = this.#options;
    const endNs = clock.phaseEndNs;
    this.settle(endNs);
    clock.moveTo(endNs);
    this.#spentWork = 0;
    this.#enterPhase(0);
  }

  #enterPhase(work: number): void {
    const { clock, memory, program } = this.#options;
    this.#cursors = clock.phase.traces.map((trace) => new TraceCursor(trace, work, memory));
    for (const range of clock.phase.ranges) {
      if (program.ranges[range].kind === "random") continue;
      let sweep = this.#sweeps.get(range);
      if (sweep === undefined) {
        const position = clock.positions[range] + clock.rates[range] * work;
        sweep = new SweepCursor(program.ranges[range], range, Math.floor(position), clock, memory);
        this.#sweeps.set(range, sweep);
      }
      this.#cursors.push(sweep);
    }
    this.#hazardStale = true;
    this.#nextStale = true;
  }

  /** Spends the draw up to now at the hazard that held until now. Must come before anything changes. */
  settle(nowNs: number): void {
    this.#nextStale = true;
    if (nowNs === this.#settledNs) return;
    this.#settledNs = nowNs;
    const work = this.#options.clock.work(nowNs);
    this.#draw -= this.#currentHazard() * (work - this.#spentWork);
    this.#spentWork = work;
  }

  #currentHazard(): number {
    if (this.#hazardStale) {
      const { ranges, accessRates } = this.#options.clock.phase;
      const { counts } = this.#missing;
      let hazard = 0;
      for (let index = 0; index < ranges.length; index++) {
        if (this.#missing.isRandom[ranges[index]]) hazard += accessRates[index] * counts[ranges[index]];
      }
      this.#hazard = hazard;
      this.#hazardStale = false;
    }
    return this.#hazard;
  }

  #findNext(): number {
    if (!this.#nextStale) return this.#nextNs;
    this.#nextStale = false;
    const { clock } = this.#options;
    const hazard = this.#currentHazard();
    let work = hazard > 0 ? this.#spentWork + this.#draw / hazard : Infinity;
    this.#nextCursor = null;
    for (const cursor of this.#cursors) {
      const cursorWork = cursor.nextWork();
      if (cursorWork < work) {
        work = cursorWork;
        this.#nextCursor = cursor;
      }
    }
    this.#nextNs = Math.max(this.#settledNs, clock.reachesNs(work));
    return this.#nextNs;
  }

  #fault(nowNs: number): void {
    const { random, onFault, clock, vcpus } = this.#options;
    this.settle(nowNs);
    let page: number;
    if (this.#nextCursor !== null) {
      page = this.#nextCursor.pass();
    } else {
      page = this.#drawPage();
      this.#draw = random.nextExponential();
    }
    const vcpu = this.#awake[--this.#awakeCount];
    this.#waitsSinceNs[vcpu] = nowNs;
    this.#waiters.add(page, vcpu);
    clock.setAvailable(nowNs, this.#awakeCount / vcpus);
    this.#nextStale = true;
    this.faults++;
    onFault(page, nowNs);
  }

  /** A missing page, by access rate. */
  #drawPage(): number {
    const { random, clock } = this.#options;
    const { ranges, accessRates } = clock.phase;
    let rest = random.nextFloat() * this.#currentHazard();
    let chosen = -1;
    for (let index = 0; index < ranges.length; index++) {
      const range = ranges[index];
      const count = this.#missing.counts[range];
      if (!this.#missing.isRandom[range] || count === 0 || accessRates[index] === 0) continue;
      chosen = range;
      rest -= accessRates[index] * count;
      if (rest < 0) break;
    }
    if (chosen < 0) throw new Error("a fault is due, but no page that is accessed is missing");
    return this.#missing.draw(chosen, random);
  }

  pageArrived(page: number): void {
    const nowNs = this.#options.now();
    this.settle(nowNs);
    this.#missing.removePage(page);
    this.#hazardStale = true;
    this.#nextStale = true;
    if (this.#waiters.size > 0) this.#wake(page, nowNs);
  }

  wordsArrived(chunk: number, words: Uint32Array, firstWord: number, lastWord: number): void {
    const nowNs = this.#options.now();
    this.settle(nowNs);
    this.#missing.removeWords(chunk, words, firstWord, lastWord);
    this.#hazardStale = true;
    this.#nextStale = true;
    if (this.#waiters.size === 0) return;
    let arrived = 0;
    for (let word = firstWord; word <= lastWord; word++) arrived += popcount(words[word]);
    if (arrived < this.#waiters.size) {
      for (let word = firstWord; word <= lastWord; word++) {
        for (let bits = words[word]; bits !== 0; bits &= bits - 1) {
          this.#wake(chunk * CHUNK_PAGES + word * 32 + lowestBit(bits), nowNs);
        }
      }
      return;
    }
    for (const page of this.#waiters.pages()) {
      if (page >>> CHUNK_SHIFT !== chunk) continue;
      const index = page & (CHUNK_PAGES - 1);
      const word = index >>> 5;
      if (word >= firstWord && word <= lastWord && countRange(words, index, index + 1) === 1) this.#wake(page, nowNs);
    }
  }

  #wake(page: number, nowNs: number): void {
    const woken = this.#waiters.take(page, this.#woken);
    if (woken === 0) return;
    for (let index = 0; index < woken; index++) {
      const vcpu = this.#woken[index];
      this.latencies.add(nowNs - this.#waitsSinceNs[vcpu]);
      this.#awake[this.#awakeCount++] = vcpu;
    }
    this.#options.clock.setAvailable(nowNs, this.#awakeCount / this.#options.vcpus);
  }

  heldBytes(): number {
    return (
      this.#missing.heldBytes() + this.latencies.heldBytes() + this.#waiters.heldBytes() + this.#awake.byteLength * 4
    );
  }
}
