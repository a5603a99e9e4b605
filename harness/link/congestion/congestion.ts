/** What a congestion control is told and what it answers; one object per flow. Windows are payload bytes. */
import { exp } from "../../base/math.ts";

export interface CongestionControl {
  /** Bytes that may be on the way. */
  readonly windowBytes: number;
  /** The window cannot grow any more: no need to look again until something is lost. */
  readonly settled: boolean;
  /** The window changes by large factors, or by rounds: look every round. */
  readonly everyRound: boolean;
  /** So many rounds went by with data to send, and without a loss of this flow. */
  grow(round: RoundReport): void;
  /** Fast retransmit: something was lost, at most once per round. */
  lose(nowNs: number): void;
  /** Retransmission timeout: begin again with one segment. */
  timeout(nowNs: number): void;
  /** Nothing was sent for longer than a retransmission timeout (RFC 2861, RFC 5681 section 4.1). */
  restart(): void;
  /** The flow had nothing to send for so long; clocks that run in real time stand still meanwhile. */
  idle(durationNs: number): void;
}

/** What happened since the last report. Reused between calls. */
export interface RoundReport {
  nowNs: number;
  rounds: number;
  /** With queueing, as it was over these rounds. */
  roundTripNs: number;
  /** Windows delivered per nanosecond; less than one per round trip while the queue overflows. */
  roundsPerNs: number;
  /** Time of this report in which the window is taken to stand still: see the step floor in round-steps.ts. */
  skippedNs: number;
}

export interface WindowLimits {
  readonly segmentBytes: number;
  readonly initialBytes: number;
  readonly maxBytes: number;
  /** Without queueing. */
  readonly roundTripNs: number;
}

/** Slow start: the window doubles every round, up to a bound (RFC 5681 section 3.1, every segment acknowledged). */
export const slowStart = (windowBytes: number, rounds: number, boundBytes: number): number =>
  Math.min(windowBytes * exp(Math.min(rounds, 60) * Math.LN2), boundBytes);
