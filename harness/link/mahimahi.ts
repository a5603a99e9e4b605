/**
 * mahimahi's trace format (Netravali et al., USENIX ATC 2015; mm-link(1)): one integer per line, the millisecond at
 * which one packet of 1,500 bytes may leave. The trace repeats from its last timestamp on.
 */
import { UsageError } from "../base/errors.ts";
import type { LinkDirection } from "../contract/index.ts";

export type RateTrace = NonNullable<LinkDirection["trace"]>;

export const OPPORTUNITY_BYTES = 1500;
/** A day of a 120 Mb/s link is about this many; more is a mistake. */
const MAX_OPPORTUNITIES = 20_000_000;

/** Reads a trace. Errors name file and line. */
export function parseMahimahi(text: string, name: string): RateTrace {
  const opportunitiesMs: number[] = [];
  const lines = text.split("\n");
  let previous = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index].trim();
    if (line === "") continue;
    const where = `${name}:${index + 1}`;
    const ms = Number(line);
    if (!/^\d+$/.test(line) || !Number.isSafeInteger(ms)) {
      throw new UsageError(`${where}: "${line.slice(0, 40)}" is not a millisecond; write one whole number per line`);
    }
    if (ms < previous) throw new UsageError(`${where}: ${ms} comes after ${previous}; timestamps must not decrease`);
    if (opportunitiesMs.length === MAX_OPPORTUNITIES) {
      throw new UsageError(`${where}: more than ${MAX_OPPORTUNITIES} delivery opportunities; cut the trace`);
    }
    opportunitiesMs.push(ms);
    previous = ms;
  }
  if (opportunitiesMs.length === 0) throw new UsageError(`${name}: no delivery opportunity; the link would never send`);
  if (previous === 0) throw new UsageError(`${name}: the last timestamp is 0; the trace would have no duration`);
  return { name, opportunitiesMs };
}

/** Rate of the whole trace: all its opportunities over its last timestamp. */
export function meanRateBitsPerSecond(trace: RateTrace): number {
  const durationMs = trace.opportunitiesMs[trace.opportunitiesMs.length - 1];
  return (trace.opportunitiesMs.length * OPPORTUNITY_BYTES * 8 * 1000) / durationMs;
}

/** A rate that changes at `startsNs[i]` to `ratesBitsPerSecond[i]` and repeats every `periodNs`. */
export interface PiecewiseRate {
  readonly startsNs: readonly number[];
  readonly ratesBitsPerSecond: readonly number[];
  readonly periodNs: number;
}

/**
 * The trace as a rate, constant over slots of `slotMs` (the last one may be shorter), equal neighbours merged. The
 * mean is that of the trace, exactly: an opportunity at millisecond t belongs to the slot that holds (t−1, t], and one
 * at 0 to the first.
 */
export function piecewiseRate(trace: RateTrace, slotMs: number): PiecewiseRate {
  const durationMs = trace.opportunitiesMs[trace.opportunitiesMs.length - 1];
  const counts = new Array<number>(Math.ceil(durationMs / slotMs)).fill(0);
  for (const ms of trace.opportunitiesMs) counts[Math.max(0, Math.ceil(ms / slotMs) - 1)] += 1;
  const startsNs: number[] = [];
  const ratesBitsPerSecond: number[] = [];
  counts.forEach((count, slot) => {
    const slotDurationMs = Math.min(slotMs, durationMs - slot * slotMs);
    const rate = (count * OPPORTUNITY_BYTES * 8 * 1000) / slotDurationMs;
    if (rate === ratesBitsPerSecond[ratesBitsPerSecond.length - 1]) return;
    startsNs.push(slot * slotMs * 1_000_000);
    ratesBitsPerSecond.push(rate);
  });
  return { startsNs, ratesBitsPerSecond, periodNs: durationMs * 1_000_000 };
}
