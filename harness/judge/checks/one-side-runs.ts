import { formatDuration } from "../../base/format.ts";
import { lostWithItsHost, overlaps, runningAtEnd } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

export const oneSideRuns: Check = {
  id: "one-side-runs",
  level: "MUST",
  requirement: "The guest MUST never run on both sides at once, and MUST run on exactly one side in the end.",
  judge(trace) {
    const expected = "never two sides at once, one side in the end";
    const both = overlaps(trace);
    if (both.length > 0) {
      const lengthNs = both.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
      const actual = `both sides ran for ${formatDuration(lengthNs)}, first at ${formatDuration(both[0].startNs)}`;
      return observe(false, { expected, actual });
    }
    const end = runningAtEnd(trace);
    if (end.source && end.destination) return observe(false, { expected, actual: "both sides run in the end" });
    if (end.source || end.destination) {
      return observe(true, { expected, actual: `the ${end.source ? "source" : "destination"} runs in the end` });
    }
    if (lostWithItsHost(trace)) return null;
    return observe(false, { expected, actual: "the guest runs nowhere in the end" });
  },
};
