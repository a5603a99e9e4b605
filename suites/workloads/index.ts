import type { WorkloadTemplate } from "../../harness/contract/catalogue.ts";
import { named, type Source } from "../collection.ts";
import { changingWorkloads } from "./changing.ts";
import { steadyWorkloads } from "./steady.ts";

export { workloadFromCsv } from "./csv.ts";

export const workloadSources = (): Source<WorkloadTemplate>[] => named([...steadyWorkloads, ...changingWorkloads]);
