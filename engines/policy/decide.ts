/**
 * When to stop iterating: one decision after each sync of the dirty log, from the policy document alone. Every preset of
 * every product is data for this one function; see suites/policies for the figures and their sources.
 */
import { downtimeLimitNs, timeLimitNs } from "../../harness/base/policy-limits.ts";
import type { Policy } from "../../harness/contract/index.ts";

/** What an engine knows at the end of a round. */
export interface RoundFacts {
  readonly elapsedNs: number;
  /** Rounds finished; the pass over all of memory is the first. */
  readonly rounds: number;
  readonly memoryBytes: number;
  readonly pageSizeBytes: number;
  /** Pages that remain to be sent, after the sync. */
  readonly remainingPages: number;
  /** Bytes that the streams still hold from before. */
  readonly backlogBytes: number;
  readonly bytesSent: number;
  readonly bandwidthBytesPerSecond: number;
  /** Since when the remainder has not reached a new minimum. */
  readonly sinceProgressNs: number;
}

type SwitchoverFacts = Pick<
  RoundFacts,
  "elapsedNs" | "memoryBytes" | "pageSizeBytes" | "backlogBytes" | "bandwidthBytesPerSecond"
>;

export type Decision =
  | { readonly kind: "continue" }
  | { readonly kind: "switchover"; readonly forced: boolean; readonly reason: string }
  | { readonly kind: "post-copy"; readonly reason: string }
  | { readonly kind: "give-up"; readonly reason: string };

type OnLimit = Policy["rounds"]["onLimit"];

/** Pages that may remain for a switchover at the measured bandwidth. */
export function switchoverPages(policy: Policy, facts: SwitchoverFacts): number {
  const limitNs = downtimeLimitNs(policy, facts.elapsedNs, facts.memoryBytes);
  const byCount = policy.switchover.remainingPages ?? 0;
  if (limitNs === null) return byCount;
  const bytes = (facts.bandwidthBytesPerSecond * limitNs) / 1e9 - facts.backlogBytes;
  return Math.max(byCount, Math.floor(bytes / facts.pageSizeBytes));
}

/** Whether a limit on time ends the iteration, also in the middle of a round. */
export function timeIsUp(
  policy: Policy,
  facts: Pick<RoundFacts, "elapsedNs" | "memoryBytes" | "sinceProgressNs">,
): string | null {
  const limitNs = timeLimitNs(policy, facts.memoryBytes);
  if (limitNs !== null && facts.elapsedNs >= limitNs) return `the policy's time limit of ${limitNs / 1e9} s has passed`;
  const progressNs = policy.time.progressLimitNs;
  if (progressNs !== null && facts.sinceProgressNs >= progressNs) return `no progress for ${progressNs / 1e9} s`;
  return null;
}

function atLimit(onLimit: OnLimit, reason: string, canPostCopy: boolean): Decision {
  if (onLimit === "switchover") return { kind: "switchover", forced: true, reason };
  if (onLimit === "post-copy" && canPostCopy) return { kind: "post-copy", reason };
  return { kind: "give-up", reason };
}

/** @param canPostCopy whether the engine can switch to post-copy; a policy that asks for it gives up where it cannot. */
export function decide(policy: Policy, facts: RoundFacts, canPostCopy: boolean): Decision {
  const allowed = switchoverPages(policy, facts);
  if (facts.remainingPages <= allowed) {
    return {
      kind: "switchover",
      forced: false,
      reason: `${facts.remainingPages} pages remain, ${allowed} are allowed`,
    };
  }
  const afterRounds = policy.postCopy?.afterRounds ?? null;
  if (canPostCopy && afterRounds !== null && facts.rounds >= afterRounds) {
    return { kind: "post-copy", reason: `${facts.rounds} rounds were sent` };
  }
  const { max, maxMemoryFactor, onLimit } = policy.rounds;
  if (max !== null && facts.rounds >= max)
    return atLimit(onLimit, `the limit of ${max} rounds is reached`, canPostCopy);
  if (maxMemoryFactor !== null && facts.bytesSent >= maxMemoryFactor * facts.memoryBytes) {
    return atLimit(onLimit, `${maxMemoryFactor} times the memory has been sent`, canPostCopy);
  }
  const overdue = timeIsUp(policy, facts);
  if (overdue !== null) return atLimit(policy.time.onLimit, overdue, canPostCopy);
  return { kind: "continue" };
}
