/**
 * CUBIC: RFC 9438, with the Reno-friendly region (section 4.3) and fast convergence (section 4.7). Windows within this
 * file are in segments, times in seconds, as in the RFC. HyStart++ (RFC 9406) is not modelled.
 */
import { cbrt } from "../../base/math.ts";
import { NS_PER_SECOND } from "../../base/units.ts";
import { type CongestionControl, type RoundReport, slowStart, type WindowLimits } from "./congestion.ts";

const C = 0.4;
const BETA = 0.7;
/** Growth per round of a Reno flow that is as aggressive as CUBIC's beta (section 4.3). */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);

export class Cubic implements CongestionControl {
  windowBytes: number;
  readonly #limits: WindowLimits;
  #thresholdBytes = Infinity;
  /** Begin of the present congestion avoidance; null: none yet. */
  #epochNs: number | null = null;
  #wMax = 0;
  #k = 0;
  #wEst = 0;
  /** The window before the last reduction. */
  #prior = 0;

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

  grow(round: RoundReport): void {
    const { segmentBytes, maxBytes } = this.#limits;
    if (this.windowBytes < this.#thresholdBytes) {
      this.windowBytes = slowStart(this.windowBytes, round.rounds, Math.min(this.#thresholdBytes, maxBytes));
      return;
    }
    if (this.#epochNs === null) this.#begin(round.nowNs - round.roundTripNs * round.rounds);
    this.#epochNs! += round.skippedNs;
    const t = (round.nowNs - this.#epochNs!) / NS_PER_SECOND;
    const sinceK = t - this.#k;
    const cubic = C * sinceK * sinceK * sinceK + this.#wMax;
    this.#wEst += (this.#wEst < this.#prior ? ALPHA : 1) * round.rounds;
    // Section 4.2: at most half as much again per round.
    const now = this.windowBytes / segmentBytes;
    const target = Math.min(Math.max(cubic, this.#wEst, now), now * (1 + round.rounds / 2));
    this.windowBytes = Math.min(target * segmentBytes, maxBytes);
  }

  #begin(nowNs: number): void {
    const window = this.windowBytes / this.#limits.segmentBytes;
    this.#epochNs = nowNs;
    this.#wEst = window;
    if (this.#wMax <= window) this.#wMax = window;
    this.#k = cbrt((this.#wMax - window) / C);
  }

  lose(nowNs: number): void {
    this.#reduce();
    this.windowBytes = Math.min(this.#thresholdBytes, this.#limits.maxBytes);
    this.#begin(nowNs);
  }

  timeout(): void {
    this.#reduce();
    this.windowBytes = Math.min(this.#limits.segmentBytes, this.#limits.maxBytes);
    this.#epochNs = null;
  }

  #reduce(): void {
    const window = this.windowBytes / this.#limits.segmentBytes;
    // Fast convergence: a flow that did not get back to its last maximum gives way to newer ones.
    this.#wMax = window < this.#wMax ? (window * (1 + BETA)) / 2 : window;
    this.#prior = window;
    this.#thresholdBytes = Math.max(window * BETA, 2) * this.#limits.segmentBytes;
  }

  restart(): void {
    this.windowBytes = Math.min(this.windowBytes, this.#limits.initialBytes);
    this.#epochNs = null;
  }

  idle(durationNs: number): void {
    if (this.#epochNs !== null) this.#epochNs += durationNs;
  }
}
