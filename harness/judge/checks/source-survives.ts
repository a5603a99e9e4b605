import { destinationStartNs, lostWithItsHost, runningAtEnd } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

export const sourceSurvives: Check = {
  id: "source-survives",
  level: "MUST",
  requirement:
    "When a migration ends before the guest ran on the destination, the guest MUST run on at the source, at full speed.",
  judge(trace) {
    if (trace.outcome.kind === "completed" || destinationStartNs(trace) !== null || lostWithItsHost(trace)) return null;
    const expected = `after "${trace.outcome.kind}" the source runs, unthrottled`;
    if (!runningAtEnd(trace).source) return observe(false, { expected, actual: "the source does not run" });
    const throttle = trace.events.findLast((event) => event.kind === "throttle" && event.by === "witness");
    if (throttle && (throttle.share ?? 0) > 0) {
      return observe(false, {
        expected,
        actual: `the source still runs throttled by ${(throttle.share ?? 0) * 100} %`,
      });
    }
    return observe(true, { expected, actual: "the source runs" });
  },
};
