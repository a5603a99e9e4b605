import { formatBytes } from "../../base/format.ts";
import { type Check, observe } from "./check.ts";

/** Share and bytes by which an engine may leave out its smallest messages from what it counts. */
const TOLERANCE_SHARE = 0.01;
const TOLERANCE_BYTES = 65_536;

/**
 * The tap is the truth. An engine counts what it wrote; when it stopped early, what it wrote last may never have reached
 * the link, so only a completed migration has an upper bound.
 */
export const bytesAccounted: Check = {
  id: "bytes-accounted",
  level: "MUST",
  requirement:
    "The bytes an engine claims MUST be those on the link within 1 % and 64 KiB, and the link MUST have carried at least what the pages need.",
  judge(trace) {
    const { forwardBytes, reverseBytes, pageBytes } = trace.link;
    const early = trace.outcome.kind !== "completed";
    // Pages are noted when they are handed over, bytes when they leave: what ended early may hold some in between.
    if (!early && forwardBytes < pageBytes) {
      return observe(false, {
        expected: `at least ${formatBytes(pageBytes)} on the link for the pages that were installed`,
        actual: `${formatBytes(forwardBytes)} on the link`,
      });
    }
    const claimed = trace.claims.bytes;
    if (claimed === null) return null;
    const slack = (bytes: number) => bytes * TOLERANCE_SHARE + TOLERANCE_BYTES;
    const least = forwardBytes - slack(forwardBytes);
    const most = forwardBytes + reverseBytes + slack(forwardBytes);
    return observe(claimed >= least && (early || claimed <= most), {
      expected: `claimed bytes near the ${formatBytes(forwardBytes)} on the link`,
      actual: `claimed ${formatBytes(claimed)}`,
    });
  },
};
