/**
 * Brings the model's time and the host's together: everything happens in passes, each at the time at which the next byte
 * is due. A byte for whose arrival somebody may be waiting, because nothing follows it closely on its connection, is met
 * exactly: the alarm wakes the loop a little early, and the loop turns until the moment has come. Bytes within a bulk
 * transfer are handed over in portions.
 */
import { Alarm } from "./alarm.ts";
import type { LinkClock } from "./clock.ts";
import type { Direction } from "./direction.ts";
import type { Pipe } from "./pipe.ts";

/** Least time between two portions of a bulk transfer. */
const PORTION_NS = 200_000;
/** So long after the last byte the loop goes on turning, when it is told to. */
const SPIN_NS = 100_000_000;
/** Time that a link with traffic of its own may have to catch up with. */
const CATCH_UP_NS = 1_000_000_000;
const MAX_AGENDA = 100_000;

interface Entry {
  readonly atNs: number;
  readonly act: () => void;
}

export interface PacerOptions {
  readonly clock: LinkClock;
  readonly directions: readonly Direction[];
  /** Keep the loop turning while there is traffic: a byte is seen at once, and one core is busy with it. */
  readonly spin: boolean;
  /** Whether the model does something by itself that has to be worked off even when nothing is sent. */
  readonly busyModel: boolean;
  /** After the models have been brought up to date, before anything is handed over. */
  readonly onPass: () => void;
}

export class Pacer {
  readonly #options: PacerOptions;
  readonly #alarm = new Alarm(() => this.#schedule());
  readonly #busy = new Set<Pipe>();
  #agenda: Entry[] = [];
  #turning = false;
  #closed = false;
  #lastPassNs = 0;
  #touchedNs = -Infinity;
  #nextNs = Infinity;
  #nextExact = false;
  /** Passes so far: what the emulator costs. */
  passes = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
  }

  /** Brings the model up to now, and returns now. */
  settle(direction: Direction): number {
    const nowNs = this.#options.clock.nowNs();
    direction.model.advance(nowNs);
    return nowNs;
  }

  /** The pipe has something under way, or somebody who waits for room. */
  touch(pipe: Pipe): void {
    this.#busy.add(pipe);
    this.#touchedNs = this.#options.clock.nowNs();
    this.#schedule();
  }

  /** Acts at this time of the link's clock; at once if it has passed. */
  at(atNs: number, act: () => void): void {
    if (this.#agenda.length >= MAX_AGENDA) throw new Error(`${MAX_AGENDA} things are planned on the link already`);
    const place = this.#agenda.findIndex((entry) => entry.atNs > atNs);
    this.#agenda.splice(place < 0 ? this.#agenda.length : place, 0, { atNs, act });
    this.#schedule();
  }

  /** Passes as soon as possible. */
  hurry(): void {
    if (this.#turning || this.#closed) return;
    this.#turning = true;
    setImmediate(() => this.#turn());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#busy.clear();
    await this.#alarm.close();
  }

  #turn(): void {
    this.#turning = false;
    if (this.#closed) return;
    // Awake ahead of time: let the loop look at its sockets and come back.
    if (this.#options.clock.nowNs() < this.#nextNs) this.#schedule();
    else this.#pass();
  }

  #pass(): void {
    const { clock, directions, onPass } = this.#options;
    const nowNs = clock.nowNs();
    this.passes += 1;
    this.#lastPassNs = nowNs;
    this.#turning = true;
    for (const direction of directions) direction.model.advance(nowNs);
    onPass();
    while (clock.started && this.#agenda.length > 0 && this.#agenda[0].atNs <= nowNs) this.#agenda.shift()!.act();
    for (const pipe of this.#busy) {
      pipe.deliver(nowNs);
      pipe.refill();
      if (pipe.idle) this.#busy.delete(pipe);
    }
    this.#turning = false;
    this.#schedule();
  }

  #schedule(): void {
    const { clock, spin } = this.#options;
    if (this.#turning || this.#closed || !clock.started) return;
    const nowNs = clock.nowNs();
    this.#findNext(nowNs);
    if (spin && nowNs - this.#touchedNs < SPIN_NS) {
      this.hurry();
      return;
    }
    if (this.#nextNs === Infinity) return;
    const wakeNs = this.#nextNs - (this.#nextExact ? this.#alarm.leadNs : 0);
    if (wakeNs <= nowNs) this.hurry();
    else this.#alarm.set(clock.hostNsAt(wakeNs), this.#nextExact);
  }

  #consider(atNs: number, exact: boolean): void {
    const whenNs = exact ? atNs : Math.max(atNs, this.#lastPassNs + PORTION_NS);
    if (whenNs >= this.#nextNs) return;
    this.#nextNs = whenNs;
    this.#nextExact = exact;
  }

  #findNext(nowNs: number): void {
    this.#nextNs = Infinity;
    if (this.#agenda.length > 0) this.#consider(this.#agenda[0].atNs, true);
    if (this.#options.busyModel) this.#consider(this.#lastPassNs + CATCH_UP_NS, false);
    const unsent = new Set<Direction>();
    const lone = new Set<Direction>();
    for (const pipe of this.#busy) {
      const { transit, direction, stalled } = pipe;
      if (transit.hasUnsent) {
        unsent.add(direction);
        if (transit.length === 1) lone.add(direction);
      }
      if (stalled) continue;
      this.#consider(transit.nextArrivalNs, transit.gapNs > PORTION_NS);
      if (transit.length > 1) this.#consider(transit.lastArrivalNs, true);
      this.#consider(pipe.nextRefillNs(nowNs), false);
    }
    for (const direction of unsent) this.#consider(direction.nextUnknownArrivalNs(), lone.has(direction));
  }
}
