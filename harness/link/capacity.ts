/** What the bottleneck can carry at a time: the rate or trace, scheduled changes and outages, and faults laid over them. */
import type { LinkDirection, LinkEvent } from "../contract/index.ts";
import { freeRate, payloadShare } from "./framing.ts";
import { type PiecewiseRate, piecewiseRate } from "./mahimahi.ts";

export interface CapacityOptions {
  readonly direction: LinkDirection;
  readonly events: readonly LinkEvent[];
  /** A trace is averaged over about one round trip: the round clock sees nothing shorter. */
  readonly roundTripNs: number;
}

type Change =
  | { readonly atNs: number; readonly rateBitsPerSecond: number }
  | { readonly atNs: number; readonly outageUntilNs: number };

export class Capacity {
  /** Payload bytes per nanosecond now; 0 in an empty slot of a trace. Meaningless while blocked. */
  bytesPerNs = 0;
  /** Payload bytes per nanosecond in the mean; for estimates while the present capacity is 0. */
  readonly meanBytesPerNs: number;
  /** When this changes by itself next; Infinity if never. */
  nextChangeNs = 0;
  readonly #direction: LinkDirection;
  readonly #changes: readonly Change[];
  readonly #trace: PiecewiseRate | null;
  #nextChange = 0;
  #slot = -1;
  #periodStartNs = 0;
  #scheduledRate: number | null = null;
  #fault: number | null = null;
  #outageUntilNs = 0;
  #blackhole = false;
  #nowNs = 0;

  constructor({ direction, events, roundTripNs }: CapacityOptions) {
    this.#direction = direction;
    this.#changes = events.flatMap(toChange);
    this.#trace =
      direction.trace === null ? null : piecewiseRate(direction.trace, Math.max(1, Math.round(roundTripNs / 1e6)));
    this.meanBytesPerNs = this.#payload(direction.rateBitsPerSecond);
    this.moveTo(0);
  }

  /** Until when nothing passes: 0 if it passes now, Infinity in a black hole. */
  get blockedUntilNs(): number {
    if (this.#blackhole) return Infinity;
    return this.#outageUntilNs > this.#nowNs ? this.#outageUntilNs : 0;
  }

  /** Applies all changes up to this time. */
  moveTo(nowNs: number): void {
    this.#nowNs = nowNs;
    while (this.#nextChange < this.#changes.length && this.#changes[this.#nextChange].atNs <= nowNs) {
      const change = this.#changes[this.#nextChange++];
      if ("rateBitsPerSecond" in change) this.#scheduledRate = change.rateBitsPerSecond;
      else this.#outageUntilNs = Math.max(this.#outageUntilNs, change.outageUntilNs);
    }
    while (this.#slotEndNs() <= nowNs) this.#nextSlot();
    this.#refresh();
  }

  setRate(bitsPerSecond: number | null): void {
    this.#fault = bitsPerSecond;
    this.#refresh();
  }

  setBlackhole(on: boolean): void {
    this.#blackhole = on;
  }

  /** First time from now on at which the capacity is above 0, outages aside. */
  flowsAgainNs(): number {
    if (this.bytesPerNs > 0 || this.#trace === null) return this.#nowNs;
    // A trace has an opportunity in every period, and equal neighbours are merged: the next slot is not empty.
    return this.#slotEndNs();
  }

  #refresh(): void {
    this.bytesPerNs = this.#payload(this.#fault ?? this.#scheduledRate ?? this.#rateOfSlot());
    const change = this.#nextChange < this.#changes.length ? this.#changes[this.#nextChange].atNs : Infinity;
    const outageEnd = this.#outageUntilNs > this.#nowNs ? this.#outageUntilNs : Infinity;
    this.nextChangeNs = Math.min(change, outageEnd, this.#slotEndNs());
  }

  #payload(rateBitsPerSecond: number): number {
    if (rateBitsPerSecond === 0) return 0;
    const free = freeRate(rateBitsPerSecond, this.#direction.crossTraffic.rateBitsPerSecond);
    return (free / 8e9) * payloadShare(this.#direction);
  }

  #rateOfSlot(): number {
    return this.#trace === null ? this.#direction.rateBitsPerSecond : this.#trace.ratesBitsPerSecond[this.#slot];
  }

  #slotEndNs(): number {
    const trace = this.#trace;
    if (trace === null) return Infinity;
    const next = this.#slot + 1;
    return this.#periodStartNs + (next < trace.startsNs.length ? trace.startsNs[next] : trace.periodNs);
  }

  #nextSlot(): void {
    const trace = this.#trace!;
    this.#slot += 1;
    if (this.#slot < trace.startsNs.length) return;
    this.#slot = 0;
    this.#periodStartNs += trace.periodNs;
  }
}

function toChange(event: LinkEvent): Change[] {
  if (event.kind === "rate") return [{ atNs: event.atNs, rateBitsPerSecond: event.rateBitsPerSecond }];
  if (event.kind === "outage") return [{ atNs: event.atNs, outageUntilNs: event.atNs + event.durationNs }];
  return [];
}
