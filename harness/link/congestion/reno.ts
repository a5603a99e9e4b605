/** Reno: RFC 5681. One segment more per round, half after a loss. */
import { type CongestionControl, type RoundReport, slowStart, type WindowLimits } from "./congestion.ts";

export class Reno implements CongestionControl {
  windowBytes: number;
  readonly #limits: WindowLimits;
  #thresholdBytes = Infinity;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
    this.windowBytes = Math.min(limits.initialBytes, limits.maxBytes);
  }

  get settled(): boolean {
    return this.windowBytes >= this.#limits.maxBytes;
  }

  get everyRound(): boolean {
    return this.windowBytes < this.#thresholdBytes && !this.settled;
  }

  grow({ rounds }: RoundReport): void {
    const { segmentBytes, maxBytes } = this.#limits;
    if (this.windowBytes < this.#thresholdBytes) {
      this.windowBytes = slowStart(this.windowBytes, rounds, Math.min(this.#thresholdBytes, maxBytes));
    } else {
      this.windowBytes = Math.min(this.windowBytes + rounds * segmentBytes, maxBytes);
    }
  }

  lose(): void {
    this.#thresholdBytes = Math.max(this.windowBytes / 2, 2 * this.#limits.segmentBytes);
    this.windowBytes = Math.min(this.#thresholdBytes, this.#limits.maxBytes);
  }

  timeout(): void {
    this.#thresholdBytes = Math.max(this.windowBytes / 2, 2 * this.#limits.segmentBytes);
    this.windowBytes = Math.min(this.#limits.segmentBytes, this.#limits.maxBytes);
  }

  restart(): void {
    this.windowBytes = Math.min(this.windowBytes, this.#limits.initialBytes);
  }

  idle(): void {}
}
