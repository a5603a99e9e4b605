/** How a migration converged, as the trace shows it; the engine's own word for it stands beside. */
import type { Convergence, Trace } from "../contract/index.ts";
import { dirtyRates, liveRoundsOf } from "./rounds.ts";
import { destinationStartNs, downtimeNs, postCopyNs, switchoverNs, throttledIntervals } from "./timeline.ts";

/** A load counts as stopped when the last round dirties less than this share of what an earlier one did. */
const LOAD_STOPPED_SHARE = 0.01;

/** An engine has to foresee how fast the rest will go; it may be off by so much of the limit. */
const FORESIGHT_SHARE = 0.25;

/**
 * What the blackout may be when a policy limits it: the limit governs how long the remaining pages take, as far as that
 * can be foreseen; on top come two round trips (the stop is announced, the start confirmed), the device state at the link's ceiling and the
 * destination's own resume.
 */
export function allowedDowntimeNs(trace: Trace): number | null {
  const { downtimeLimitNs, roundTripNs, resumeNs, deviceStateBytes, goodputCeilingBytesPerSecond } = trace.conditions;
  if (downtimeLimitNs === null) return null;
  const stateNs = ((deviceStateBytes ?? 0) / goodputCeilingBytesPerSecond) * 1e9;
  return downtimeLimitNs * (1 + FORESIGHT_SHARE) + 2 * roundTripNs + (resumeNs ?? 0) + stateNs;
}

/**
 * True when the guest wrote faster than the link carries in some round, and all but stopped writing in the last one
 * before the switchover. Throttling also slows the writes, so a throttled migration is never counted here.
 */
export function loadStopped(trace: Trace): boolean {
  if (switchoverNs(trace) === null || throttledIntervals(trace).length > 0) return false;
  const rates = dirtyRates(trace);
  if (rates.length < 3) return false;
  const last = rates[rates.length - 1];
  const highest = rates.slice(0, -1).reduce((high, rate) => Math.max(high, rate));
  return highest >= trace.conditions.goodputCeilingBytesPerSecond && last <= highest * LOAD_STOPPED_SHARE;
}

function beforeAnyMove(trace: Trace): Convergence {
  if (trace.outcome.kind === "stalled") return "stalled";
  if (trace.outcome.kind === "gave-up") return "gave-up";
  // The harness's own limit cancels too; only a cancel that was planned says nothing about convergence.
  if (trace.outcome.kind === "cancelled" && !trace.conditions.faults.includes("cancel")) return "gave-up";
  return "not-applicable";
}

/** True when the guest ran on at the source while its pages were sent in rounds. */
function hadPreCopy(trace: Trace): boolean {
  return liveRoundsOf(trace).length > 0;
}

/** Pages that the last sync found before the source stopped; what came between the two nobody could know. */
function dirtyAtDecision(trace: Trace): number {
  const stop = trace.events.findLastIndex((event) => event.kind === "guest-stopped" && event.side === "source");
  const sync = trace.events.slice(0, stop).findLast((event) => event.kind === "sync" && event.by === "witness");
  return sync?.pages ?? 0;
}

function fitsTheRule(trace: Trace): boolean {
  const allowedNs = allowedDowntimeNs(trace);
  if (allowedNs !== null && downtimeNs(trace) <= allowedNs) return true;
  const { remainingPages } = trace.conditions;
  return remainingPages != null && dirtyAtDecision(trace) <= remainingPages;
}

export function classifyConvergence(trace: Trace): Convergence {
  if (destinationStartNs(trace) === null) return beforeAnyMove(trace);
  if (!hadPreCopy(trace)) return "not-applicable";
  if (postCopyNs(trace) > 0) return "switched-to-post-copy";
  if (throttledIntervals(trace).length > 0) return "throttled";
  if (loadStopped(trace)) return "load-stopped";
  return fitsTheRule(trace) ? "converged" : "forced";
}
