/** The bounds that follow from a policy document and the size of a guest; engines act by them, the judge holds them to it. */
import type { Policy } from "../contract/index.ts";

const GIB = 1024 ** 3;

/** The downtime that the policy allows by now: libvirt and Nova raise it in steps (nova/virt/libvirt/migration.py). */
export function downtimeLimitNs(policy: Policy, elapsedNs: number, memoryBytes: number): number | null {
  const { downtimeLimitNs: limit, downtimeSteps } = policy.switchover;
  if (limit === null || downtimeSteps === null) return limit;
  const { steps, delayPerGiBNs } = downtimeSteps;
  const stepNs = delayPerGiBNs * Math.max(2, memoryBytes / GIB);
  const step = Math.min(steps, Math.floor(elapsedNs / stepNs));
  const base = limit / steps;
  return Math.floor(base + ((limit - base) / steps) * step);
}

/** The time after which the policy no longer waits; null when it has none. */
export function timeLimitNs(policy: Policy, memoryBytes: number): number | null {
  const { totalLimitNs, perGiBLimitNs } = policy.time;
  const perMemory = perGiBLimitNs === null ? null : perGiBLimitNs * Math.max(1, memoryBytes / GIB);
  if (totalLimitNs === null) return perMemory;
  return perMemory === null ? totalLimitNs : Math.min(totalLimitNs, perMemory);
}
