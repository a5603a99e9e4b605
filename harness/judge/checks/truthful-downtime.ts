import { formatDuration } from "../../base/format.ts";
import { downtimeNs, runningAtEnd } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

const TOLERANCE_SHARE = 0.1;
const TOLERANCE_NS = 1_000_000;
/** Where packets are lost, the word that the guest runs may have to be repeated before the source hears it. */
const REPEATED_WORD_NS = 1_000_000_000;

/**
 * Too little is the lie that is known from the field (24 ms claimed, 4,410 ms seen). A source can only measure until it
 * hears that the destination runs, so up to two round trips too much are allowed.
 */
export const truthfulDowntime: Check = {
  id: "truthful-downtime",
  level: "MUST",
  requirement:
    "The downtime an engine claims MUST be the blackout seen, within 10 % and 1 ms, or up to two round trips more, and a second where packets are lost.",
  judge(trace) {
    const claimedNs = trace.claims.downtimeNs;
    if (claimedNs === null || trace.outcome.kind !== "completed") return null;
    // The blackout of a guest that was lost afterwards has no end to measure to.
    const end = runningAtEnd(trace);
    if (!end.source && !end.destination) return null;
    const seenNs = downtimeNs(trace);
    const toleranceNs = seenNs * TOLERANCE_SHARE + TOLERANCE_NS;
    const repeatedNs = trace.link.lostPackets > 0 ? REPEATED_WORD_NS : 0;
    const mostNs = seenNs + toleranceNs + 2 * trace.conditions.roundTripNs + repeatedNs;
    return observe(claimedNs >= seenNs - toleranceNs && claimedNs <= mostNs, {
      expected: `${formatDuration(Math.max(0, seenNs - toleranceNs))} to ${formatDuration(mostNs)}, seen ${formatDuration(seenNs)}`,
      actual: `claimed ${formatDuration(claimedNs)}`,
    });
  },
};
