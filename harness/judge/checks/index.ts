/** Every check, in the order in which findings are listed: safety first. */
import { bandwidthRespected } from "./bandwidth-respected.ts";
import { bytesAccounted } from "./bytes-accounted.ts";
import type { Check } from "./check.ts";
import { convergenceHonest } from "./convergence-honest.ts";
import { downtimeWithinLimit } from "./downtime-within-limit.ts";
import { gaveUpWithinLimits } from "./gave-up-within-limits.ts";
import { memoryIntact } from "./memory-intact.ts";
import { oneSideRuns } from "./one-side-runs.ts";
import { sourceSurvives } from "./source-survives.ts";
import { truthfulDowntime } from "./truthful-downtime.ts";
import { truthfulState } from "./truthful-state.ts";

export const checks: readonly Check[] = [
  memoryIntact,
  oneSideRuns,
  sourceSurvives,
  gaveUpWithinLimits,
  downtimeWithinLimit,
  bandwidthRespected,
  bytesAccounted,
  truthfulState,
  truthfulDowntime,
  convergenceHonest,
];
export { applyCheck, type Check, type Observation } from "./check.ts";
