import { formatDuration } from "../../base/format.ts";
import type { Trace } from "../../contract/index.ts";
import { endNs } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

/** Round trips in which both sides can agree that it is over, lost messages included. */
const SLACK_ROUND_TRIPS = 20;
/** On top of them: what an engine that polls its limits once a second may be late by. */
const SLACK_NS = 1_000_000_000;

/** Past the hand-over there is no way back: a migration that refused the cancel then may finish within this many limits. */
const HANDED_OVER_LIMITS = 2;

/** The policy's own limit binds a migration that gives up; one that completes is bound by the harness's limit only. */
function limitNs(trace: Trace): number {
  const { giveUpNs, policyLimitNs } = trace.conditions;
  if (trace.events.some(({ kind, by }) => kind === "cancel-refused" && by === "witness"))
    return HANDED_OVER_LIMITS * giveUpNs;
  return trace.outcome.kind === "gave-up" && policyLimitNs !== null ? Math.min(giveUpNs, policyLimitNs) : giveUpNs;
}

export const gaveUpWithinLimits: Check = {
  id: "gave-up-within-limits",
  level: "MUST",
  requirement:
    "A migration MUST end, in whatever way, within the limits of its policy and of the scenario (twice the latter once the guest is handed over), plus twenty round trips and one second.",
  judge(trace) {
    const limit = limitNs(trace);
    const allowedNs = limit + SLACK_ROUND_TRIPS * trace.conditions.roundTripNs + SLACK_NS;
    const ended = endNs(trace);
    return observe(trace.outcome.kind !== "stalled" && ended <= allowedNs, {
      expected: `ended within ${formatDuration(limit)} (${formatDuration(allowedNs)} with slack)`,
      actual: trace.outcome.kind === "stalled" ? "it never ended by itself" : `ended after ${formatDuration(ended)}`,
    });
  },
};
