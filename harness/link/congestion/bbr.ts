/**
 * BBR version 1: Cardwell et al., ACM Queue 14(5), 2016; draft-cardwell-iccrg-bbr-congestion-control-00. What a round
 * of pacing leaves in flight is pacing rate × round trip, so the window is set to that once per round.
 *
 * The propagation delay is taken as known (the real one is the least of ten seconds, renewed by PROBE_RTT). Losses do
 * not reduce the window. As in Linux, samples taken during PROBE_RTT do not lower the bandwidth estimate.
 */
import type { Random } from "../../base/random.ts";
import { NS_PER_SECOND } from "../../base/units.ts";
import { type CongestionControl, type RoundReport, slowStart, type WindowLimits } from "./congestion.ts";

/** 2/ln 2: enough to double the rate each round. */
const STARTUP_GAIN = 2.885;
const WINDOW_GAIN = 2;
const CYCLE = [1.25, 0.75, 1, 1, 1, 1, 1, 1];
const BANDWIDTH_ROUNDS = 10;
/** The pipe is full when three rounds in a row bring less than a quarter more. */
const FULL_GROWTH = 1.25;
const FULL_ROUNDS = 3;
const PROBE_RTT_EVERY_NS = 10 * NS_PER_SECOND;
const PROBE_RTT_NS = 200_000_000;
const MIN_SEGMENTS = 4;

type Mode = "startup" | "drain" | "probe-bandwidth" | "probe-rtt";

export class Bbr implements CongestionControl {
  windowBytes: number;
  readonly settled = false;
  readonly everyRound = true;
  readonly #limits: WindowLimits;
  readonly #random: Random;
  readonly #samples = new Float64Array(BANDWIDTH_ROUNDS);
  #sampleCount = 0;
  #mode: Mode = "startup";
  #fullBandwidth = 0;
  #fullRounds = 0;
  #phase = 0;
  #probeRttAtNs = -1;
  #probeRttUntilNs = 0;

  /** @param random draws the phase in which a gain cycle begins, so that flows do not probe in step */
  constructor(limits: WindowLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
    this.windowBytes = Math.min(limits.initialBytes, limits.maxBytes);
  }

  grow(round: RoundReport): void {
    if (this.#probeRttAtNs < 0) this.#probeRttAtNs = round.nowNs + PROBE_RTT_EVERY_NS;
    if (this.#mode !== "probe-rtt") {
      this.#samples[this.#sampleCount++ % BANDWIDTH_ROUNDS] = this.windowBytes * round.roundsPerNs;
      if (round.nowNs >= this.#probeRttAtNs && this.#mode === "probe-bandwidth") {
        this.#mode = "probe-rtt";
        this.#probeRttUntilNs = round.nowNs + Math.max(PROBE_RTT_NS, this.#limits.roundTripNs);
      }
    }
    const { segmentBytes, maxBytes } = this.#limits;
    const window = this.#next(round, this.#bandwidth());
    this.windowBytes = Math.min(Math.max(window, MIN_SEGMENTS * segmentBytes), maxBytes);
  }

  /** Bytes per nanosecond: the most of the last ten rounds. */
  #bandwidth(): number {
    let most = 0;
    for (const sample of this.#samples) most = Math.max(most, sample);
    return most;
  }

  #next(round: RoundReport, bandwidth: number): number {
    const pipe = bandwidth * this.#limits.roundTripNs;
    switch (this.#mode) {
      case "startup":
        if (this.#isFull(bandwidth)) this.#mode = "drain";
        return slowStart(this.windowBytes, Math.min(round.rounds, 1), STARTUP_GAIN * pipe);
      case "drain":
        this.#probeBandwidth();
        return pipe;
      case "probe-bandwidth": {
        const gain = CYCLE[this.#phase];
        this.#phase = (this.#phase + 1) % CYCLE.length;
        const paced = Math.min(gain * bandwidth * round.roundTripNs, WINDOW_GAIN * pipe);
        return gain < 1 ? Math.max(paced, pipe) : paced;
      }
      case "probe-rtt":
        if (round.nowNs < this.#probeRttUntilNs) return MIN_SEGMENTS * this.#limits.segmentBytes;
        this.#probeRttAtNs = round.nowNs + PROBE_RTT_EVERY_NS;
        this.#probeBandwidth();
        return pipe;
    }
  }

  /** Begins a cycle in any phase but the draining one. */
  #probeBandwidth(): void {
    this.#mode = "probe-bandwidth";
    const phase = this.#random.nextInteger(CYCLE.length - 1);
    this.#phase = phase === 0 ? 0 : phase + 1;
  }

  #isFull(bandwidth: number): boolean {
    if (bandwidth >= this.#fullBandwidth * FULL_GROWTH) {
      this.#fullBandwidth = bandwidth;
      this.#fullRounds = 0;
      return false;
    }
    this.#fullRounds += 1;
    return this.#fullRounds >= FULL_ROUNDS;
  }

  lose(): void {}

  timeout(): void {
    this.windowBytes = Math.min(this.#limits.segmentBytes, this.#limits.maxBytes);
  }

  /** Resumes at the estimated bandwidth. */
  restart(): void {}

  idle(): void {}
}
