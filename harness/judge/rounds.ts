/** Rounds: one pass over memory, or over the pages found dirty, each. */
import type { LonghaulRecord, Trace } from "../contract/index.ts";
import { switchoverNs } from "./timeline.ts";

export type Round = LonghaulRecord["rounds"][number];

const roundCache = new WeakMap<Trace, Round[]>();

/**
 * The rounds of a trace. Sizes are those of the report that ends a round. Its dirty pages are what the syncs within it
 * found; the sync at the very start, which only clears the log, belongs to none.
 */
export function roundsOf(trace: Trace): Round[] {
  const known = roundCache.get(trace);
  if (known) return known;
  const rounds = build(trace);
  roundCache.set(trace, rounds);
  return rounds;
}

/** Rounds that ended while the guest still ran on the source. */
export function liveRoundsOf(trace: Trace): Round[] {
  const stopNs = switchoverNs(trace) ?? Number.POSITIVE_INFINITY;
  return roundsOf(trace).filter((round) => round.durationNs > 0 && round.startNs + round.durationNs <= stopNs);
}

/** Bytes found dirty per second in each of them. */
export function dirtyRates(trace: Trace): number[] {
  const { pageSizeBytes } = trace.conditions;
  return liveRoundsOf(trace).map((round) => (round.dirtyPages * pageSizeBytes * 1e9) / round.durationNs);
}

function build(trace: Trace): Round[] {
  const rounds: Round[] = [];
  let startNs = firstPageNs(trace);
  let dirtyPages = 0;
  for (const event of trace.events) {
    const initial = rounds.length === 0 && event.atNs <= startNs;
    if (event.kind === "sync" && event.by === "witness" && !initial) dirtyPages += event.pages ?? 0;
    if (event.kind !== "round") continue;
    rounds.push({
      round: event.round ?? rounds.length + 1,
      startNs,
      durationNs: event.atNs - startNs,
      pages: event.pages ?? 0,
      bytes: event.bytes ?? 0,
      dirtyPages,
    });
    startNs = event.atNs;
    dirtyPages = 0;
  }
  return rounds;
}

function firstPageNs(trace: Trace): number {
  const phase = trace.events.find((event) => event.kind === "phase" && event.phase !== "setup");
  return phase?.atNs ?? 0;
}
