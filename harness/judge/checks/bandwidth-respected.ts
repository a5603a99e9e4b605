import { formatBytesPerSecond } from "../../base/format.ts";
import { type Check, observe } from "./check.ts";

/** A cap is kept over a second, not over a packet: what a burst may add to a mean over one second. */
const TOLERANCE_SHARE = 0.05;

export const bandwidthRespected: Check = {
  id: "bandwidth-respected",
  level: "MUST",
  requirement:
    "The rate of the page streams (not of pages the guest waits for) MUST stay within the policy's cap for the phase, over any second, with 5 % of tolerance and what the connections' send buffers held before.",
  judge(trace) {
    const { conditions, link } = trace;
    const phases: [string, number | null, number][] = [
      ["pre-copy", conditions.preCopyBytesPerSecond, link.maxPreCopyBytesPerSecond],
      ["post-copy", conditions.postCopyBytesPerSecond, link.maxPostCopyBytesPerSecond],
    ];
    const capped = phases.filter((phase): phase is [string, number, number] => phase[1] !== null);
    if (capped.length === 0) return null;
    // A cap governs what is written; a connection that recovers from a stall empties its send buffer at the link's speed.
    const buffered = conditions.sendBufferBytes ?? 0;
    const over = capped.filter(([, cap, highest]) => highest > cap * (1 + TOLERANCE_SHARE) + buffered);
    const write = (rows: [string, number, number][], column: 1 | 2) =>
      rows.map((row) => `${formatBytesPerSecond(row[column])} in ${row[0]}`).join(", ");
    return observe(over.length === 0, {
      expected: `at most ${write(capped, 1)}`,
      actual: `up to ${write(over.length > 0 ? over : capped, 2)}`,
    });
  },
};
