import type { Finding, Trace } from "../../contract/index.ts";

/** One invariant. It reads the trace and nothing else. */
export interface Check {
  /** Permanent name; scripts and expectations depend on it. */
  readonly id: string;
  readonly level: "MUST" | "SHOULD";
  /** What is asked, in one sentence. */
  readonly requirement: string;
  /** What was found; null where the requirement does not apply to this trace. */
  judge(trace: Trace): Observation | null;
}

/** What a check found, before it becomes a finding of the record. */
export interface Observation {
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly expected: string;
  readonly actual: string;
}

/** A check that throws is an error of that check alone. */
export function applyCheck(check: Check, trace: Trace): Finding | null {
  const { id, requirement } = check;
  try {
    const observation = check.judge(trace);
    return observation === null ? null : { check: id, requirement, ...observation };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const actual = `the check itself failed: ${message}`;
    return { check: id, verdict: "error", requirement, expected: "the check reads the trace", actual };
  }
}

/** The common case: a condition, and what was wanted and seen either way. */
export function observe(holds: boolean, texts: { expected: string; actual: string }): Observation {
  return { verdict: holds ? "pass" : "fail", ...texts };
}
