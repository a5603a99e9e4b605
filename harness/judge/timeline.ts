/** What the witness saw, put in order: who ran when, where the gaps are. Engine events are never read for this. */
import type { Trace, TraceEvent } from "../contract/index.ts";

export type Side = "source" | "destination";

/** Which sides run the guest during [startNs, endNs). */
export interface RunState {
  readonly startNs: number;
  readonly endNs: number;
  readonly source: boolean;
  readonly destination: boolean;
}

export interface Interval {
  readonly startNs: number;
  readonly endNs: number;
}

const seenByWitness = (trace: Trace): TraceEvent[] => trace.events.filter((event) => event.by === "witness");

/** When the migration ended; the last event when the witness saw no end. */
export function endNs(trace: Trace): number {
  const ended = trace.events.findLast((event) => event.kind === "ended" && event.by === "witness");
  if (ended) return ended.atNs;
  return trace.events.reduce((latest, event) => Math.max(latest, event.atNs), 0);
}

/**
 * The guest's life from time 0 to the last event. The source runs at time 0: that is what a live migration starts from.
 * States of no length are left out, so that a stop and a start in the same nanosecond are not a gap.
 */
export function runStates(trace: Trace): RunState[] {
  const states: RunState[] = [];
  const last = trace.events.reduce((latest, event) => Math.max(latest, event.atNs), 0);
  let startNs = 0;
  const running = { source: true, destination: false };
  for (const event of seenByWitness(trace)) {
    if ((event.kind !== "guest-running" && event.kind !== "guest-stopped") || event.side === undefined) continue;
    if (event.atNs > startNs) states.push({ startNs, endNs: event.atNs, ...running });
    startNs = Math.max(startNs, event.atNs);
    running[event.side] = event.kind === "guest-running";
  }
  if (last > startNs) states.push({ startNs, endNs: last, ...running });
  return states;
}

/** Who runs after the last event. */
export function runningAtEnd(trace: Trace): { source: boolean; destination: boolean } {
  const running = { source: true, destination: false };
  for (const event of seenByWitness(trace)) {
    if (event.side === undefined) continue;
    if (event.kind === "guest-running") running[event.side] = true;
    if (event.kind === "guest-stopped") running[event.side] = false;
  }
  return running;
}

/** Times in which the guest ran nowhere. */
export function gaps(trace: Trace): Interval[] {
  return runStates(trace).filter((state) => !state.source && !state.destination);
}

/** Times in which it ran on both sides. */
export function overlaps(trace: Trace): Interval[] {
  return runStates(trace).filter((state) => state.source && state.destination);
}

/** Blackout: all gaps together. */
export function downtimeNs(trace: Trace): number {
  return gaps(trace).reduce((sum, gap) => sum + gap.endNs - gap.startNs, 0);
}

/** When the guest first ran on the destination; null when it never did. */
export function destinationStartNs(trace: Trace): number | null {
  const start = seenByWitness(trace).find((event) => event.kind === "guest-running" && event.side === "destination");
  return start?.atNs ?? null;
}

/** The last time the source stopped before the destination ran; null when the guest never moved. */
export function switchoverNs(trace: Trace): number | null {
  const startNs = destinationStartNs(trace);
  if (startNs === null) return null;
  const stop = seenByWitness(trace).findLast(
    (event) => event.kind === "guest-stopped" && event.side === "source" && event.atNs <= startNs,
  );
  return stop?.atNs ?? null;
}

/**
 * How long the guest ran on the destination before all its pages were there; 0 without post-copy. Memory may be complete
 * once, after the first round, and again after pages that had become old were dropped, so the last such event counts.
 */
export function postCopyNs(trace: Trace): number {
  const startNs = destinationStartNs(trace);
  if (startNs === null) return 0;
  const completeNs = seenByWitness(trace).findLast((event) => event.kind === "last-page")?.atNs;
  if (completeNs !== undefined && completeNs >= startNs) return completeNs - startNs;
  const incomplete = completeNs === undefined || trace.events.some((event) => event.kind === "switch-to-post-copy");
  return incomplete ? endNs(trace) - startNs : 0;
}

/** Times in which the vCPUs were throttled while the guest ran on the source. */
export function throttledIntervals(trace: Trace): Interval[] {
  const intervals: Interval[] = [];
  const stopNs = switchoverNs(trace) ?? endNs(trace);
  let sinceNs: number | null = null;
  for (const event of seenByWitness(trace)) {
    if (event.kind !== "throttle" || event.atNs >= stopNs) continue;
    const on = (event.share ?? 0) > 0;
    if (on && sinceNs === null) sinceNs = event.atNs;
    if (!on && sinceNs !== null) {
      intervals.push({ startNs: sinceNs, endNs: event.atNs });
      sinceNs = null;
    }
  }
  if (sinceNs !== null) intervals.push({ startNs: sinceNs, endNs: stopNs });
  return intervals;
}

/** True when the source was killed from outside while the guest ran only there: no migration can keep such a guest. */
export function lostWithItsHost(trace: Trace): boolean {
  const killed = trace.events.find(
    (event) => event.kind === "fault-injected" && event.side === "source" && /^kill\b/.test(event.text ?? ""),
  );
  const startNs = destinationStartNs(trace);
  return killed !== undefined && (startNs === null || killed.atNs < startNs);
}
