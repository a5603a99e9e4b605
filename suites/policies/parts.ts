/** The rules of a policy, switched off; a preset states only what its product sets. */
import type { Policy } from "../../harness/contract/schemas/policy.ts";

export const MS = 1e6;
export const SECOND = 1e9;

type OnLimit = Policy["rounds"]["onLimit"];

export interface Rules {
  readonly preCopyBytesPerSecond?: number;
  readonly switchover?: Partial<Policy["switchover"]>;
  readonly rounds?: Partial<Policy["rounds"]>;
  readonly time?: Partial<Policy["time"]>;
  readonly throttle?: Policy["throttle"];
  readonly postCopyAfterRounds?: number;
  readonly skipDirtiedAhead?: boolean;
}

export interface Provenance {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** False when any figure that the preset relies on is from memory; the notes say which. */
  readonly verified: boolean;
  readonly notes?: readonly string[];
}

export function policy(provenance: Provenance, rules: Rules): Policy {
  const onLimit: OnLimit = "give-up";
  const { notes = [], ...rest } = provenance;
  return {
    version: 1,
    ...rest,
    ...(notes.length > 0 ? { notes: [...notes] } : {}),
    bandwidth: { preCopyBytesPerSecond: rules.preCopyBytesPerSecond ?? null, postCopyBytesPerSecond: null },
    switchover: { downtimeLimitNs: null, remainingPages: null, downtimeSteps: null, ...rules.switchover },
    rounds: { max: null, maxMemoryFactor: null, onLimit, ...rules.rounds },
    time: { totalLimitNs: null, perGiBLimitNs: null, progressLimitNs: null, onLimit, ...rules.time },
    throttle: rules.throttle ?? { kind: "none" },
    postCopy: rules.postCopyAfterRounds === undefined ? null : { afterRounds: rules.postCopyAfterRounds },
    ...(rules.skipDirtiedAhead === undefined ? {} : { skipDirtiedAhead: rules.skipDirtiedAhead }),
  };
}
