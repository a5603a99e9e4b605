import type { Convergence, Trace } from "../../contract/index.ts";
import { classifyConvergence } from "../convergence.ts";
import { type Check, observe } from "./check.ts";

/**
 * What an engine may call what the judge saw. Whether a switchover was forced is the downtime check's business; an
 * engine cannot know that the load stopped, so it may call that converged, but the record says what was seen. To have
 * switched to post-copy is the humblest claim: the few pages left then may all have arrived before the guest ran.
 */
const HONEST: Record<Convergence, readonly Convergence[]> = {
  converged: ["converged", "forced", "load-stopped", "switched-to-post-copy"],
  forced: ["forced", "converged", "load-stopped", "switched-to-post-copy"],
  "load-stopped": ["load-stopped", "converged", "forced", "switched-to-post-copy"],
  throttled: ["throttled", "forced", "switched-to-post-copy"],
  "switched-to-post-copy": ["switched-to-post-copy"],
  "gave-up": ["gave-up", "stalled", "not-applicable"],
  stalled: ["stalled", "gave-up", "not-applicable"],
  "not-applicable": ["not-applicable", "gave-up", "stalled"],
};

/** A pure post-copy or stop-and-copy migration has nothing to converge; calling it post-copy is no lie. */
function allowed(trace: Trace, seen: Convergence): readonly Convergence[] {
  if (seen !== "not-applicable" || trace.outcome.kind !== "completed") return HONEST[seen];
  return ["not-applicable", "switched-to-post-copy"];
}

export const convergenceHonest: Check = {
  id: "convergence-honest",
  level: "MUST",
  requirement: "An engine MUST NOT claim a better convergence than the one seen: throttling and post-copy are named.",
  judge(trace) {
    // A stalled engine has said nothing; the word is the harness's own.
    if (trace.outcome.kind === "stalled") return null;
    const seen = classifyConvergence(trace);
    const claimed = trace.outcome.convergence;
    const honest = allowed(trace, seen);
    return observe(honest.includes(claimed), {
      expected: `seen: ${seen}; may be called ${honest.join(", ")}`,
      actual: `claimed ${claimed}`,
    });
  },
};
