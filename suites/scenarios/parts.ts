/** How the catalogue's scenarios are put together: a guest, a workload, what differs from the usual. */
import type { Collection, HostProfile, WorkloadTemplate } from "../../harness/contract/catalogue.ts";
import type { Guest } from "../../harness/contract/schemas/guest.ts";
import type { Host, Scenario, Transfer } from "../../harness/contract/schemas/scenario.ts";

export interface Parts {
  readonly guests: Collection<Guest>;
  readonly hosts: Collection<HostProfile>;
  readonly workloads: Collection<WorkloadTemplate>;
}

/** Zero pages as a header, as QEMU does by default; nothing else is encoded. */
const PLAIN: Transfer = { zeroPages: "header", duplicatePages: "send", deltaCacheBytes: 0, compression: "none" };
const WARM_UP_NS = 10e9;
/** Long enough for one pass over 4 GiB at 50 Mb/s, twice over. */
const GIVE_UP_NS = 1800e9;

export interface ScenarioRecipe {
  readonly id: string;
  readonly title: string;
  readonly guest: string;
  readonly workload: string;
  readonly transfer?: Partial<Transfer>;
  /** Pages sent along around a faulting page under post-copy. @default 0 */
  readonly prePagingPages?: number;
}

function known<T>(entries: Collection<T>, name: string): T {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`the catalogue's own scenarios name "${name}", which is not in it`);
  return entry;
}

function hostOf(profile: HostProfile): Host {
  const { id: _id, title: _title, ...host } = profile;
  return host;
}

export function buildScenario(recipe: ScenarioRecipe, parts: Parts): Scenario {
  const guest = known(parts.guests, recipe.guest);
  const workload = known(parts.workloads, recipe.workload);
  return {
    version: 1,
    id: recipe.id,
    title: recipe.title,
    source: `guest ${recipe.guest}, workload ${recipe.workload}, host default, each with its own source`,
    verified: true,
    guest,
    workload: workload.forMemory(guest.memoryBytes),
    transfer: { ...PLAIN, ...recipe.transfer },
    host: hostOf(known(parts.hosts, "default")),
    prePagingPages: recipe.prePagingPages ?? 0,
    warmUpNs: WARM_UP_NS,
    giveUpNs: GIVE_UP_NS,
    faults: [],
  };
}
