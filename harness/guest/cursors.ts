/** What reaches its next missing page at a time that is known: sweeps and page traces on the destination. */
import type { SimulatedDestinationMemory } from "./destination-memory.ts";
import { eventsBefore, type PageTrace } from "./page-trace.ts";
import type { PageRange } from "./program.ts";
import type { WorkClock } from "./work-clock.ts";

export interface Cursor {
  /** Work of this phase at which the next missing page is accessed; Infinity: none is ahead. */
  nextWork(): number;
  /** A vCPU now waits for that page, the others go on behind it. @returns the page */
  pass(): number;
}

export class SweepCursor implements Cursor {
  /** Number of the next access that may find its page missing; access number k goes to page k mod pages. */
  #access: number;
  /** Nothing is missing any more. */
  #done = false;

  constructor(
    readonly range: PageRange,
    readonly index: number,
    access: number,
    readonly clock: WorkClock,
    readonly memory: SimulatedDestinationMemory,
  ) {
    this.#access = access;
  }

  nextWork(): number {
    const rate = this.clock.rates[this.index];
    if (!this.#seek() || rate === 0) return Infinity;
    return (this.#access + 1 - this.clock.positions[this.index]) / rate;
  }

  pass(): number {
    const { first, pages } = this.range;
    const page = first + (this.#access % pages);
    this.#access++;
    return page;
  }

  /** Pages that are present stay so: each is skipped once only. */
  #seek(): boolean {
    if (this.#done) return false;
    const { first, pages } = this.range;
    const offset = this.#access % pages;
    const ahead = this.memory.nextMissing(first + offset, first + pages);
    if (ahead >= 0) {
      this.#access += ahead - first - offset;
      return true;
    }
    const wrapped = this.memory.nextMissing(first, first + offset);
    this.#done = wrapped < 0;
    if (this.#done) return false;
    this.#access += pages - offset + wrapped - first;
    return true;
  }
}

export class TraceCursor implements Cursor {
  #event: number;
  #page: number;

  constructor(
    readonly trace: PageTrace,
    work: number,
    readonly memory: SimulatedDestinationMemory,
  ) {
    this.#event = eventsBefore(trace, work);
    this.#page = this.#event < trace.length ? trace.firstPage[this.#event] : 0;
  }

  nextWork(): number {
    const { trace } = this;
    while (this.#event < trace.length) {
      const end = trace.firstPage[this.#event] + trace.pages[this.#event];
      const missing = this.memory.nextMissing(this.#page, end);
      if (missing >= 0) {
        this.#page = missing;
        return trace.atNs[this.#event];
      }
      this.#event++;
      if (this.#event < trace.length) this.#page = trace.firstPage[this.#event];
    }
    return Infinity;
  }

  pass(): number {
    return this.#page++;
  }
}
