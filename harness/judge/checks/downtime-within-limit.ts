import { formatDuration } from "../../base/format.ts";
import { allowedDowntimeNs } from "../convergence.ts";
import { downtimeNs } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

/** Only for those that say they converged: a forced switchover says itself that it broke the limit. */
export const downtimeWithinLimit: Check = {
  id: "downtime-within-limit",
  level: "MUST",
  requirement:
    "A migration that claims to have converged MUST keep the blackout within the policy's downtime limit + a quarter of it (the rest's speed has to be foreseen) + two round trips + device state at the link's ceiling + the host's resume time.",
  judge(trace) {
    const allowedNs = allowedDowntimeNs(trace);
    if (allowedNs === null || trace.outcome.kind !== "completed" || trace.outcome.convergence !== "converged")
      return null;
    // A policy may let the guest move by the count of remaining pages; the time limit is then not what it promised.
    if (trace.conditions.remainingPages != null) return null;
    const seenNs = downtimeNs(trace);
    return observe(seenNs <= allowedNs, {
      expected: `at most ${formatDuration(allowedNs)} (limit ${formatDuration(trace.conditions.downtimeLimitNs ?? 0)})`,
      actual: `the guest ran nowhere for ${formatDuration(seenNs)}`,
    });
  },
};
