import type { Trace } from "../../contract/index.ts";
import { endNs } from "../timeline.ts";

/** From the end of the set-up to the end of the migration. */
export function activeNs(trace: Trace): number {
  const first = trace.events.find((event) => event.kind === "phase" && event.phase !== "setup");
  return endNs(trace) - (first?.atNs ?? 0);
}

/** Payload bytes per second towards the destination over the active time; null when there was none. */
export function goodputBytesPerSecond(trace: Trace): number | null {
  const lengthNs = activeNs(trace);
  return lengthNs > 0 ? (trace.link.forwardBytes * 1e9) / lengthNs : null;
}
