/** What suites/ offers and harness/plan looks names up in. The plan gets it passed in, so that it never imports a suite. */
import type { Suite } from "./cell.ts";
import type { Guest } from "./schemas/guest.ts";
import type { Link } from "./schemas/link.ts";
import type { Policy } from "./schemas/policy.ts";
import type { Host, Scenario } from "./schemas/scenario.ts";
import type { Workload } from "./schemas/workload.ts";

/** Entries by name, built when asked for: listing names costs nothing. */
export interface Collection<T> {
  /** Every name, in the order in which they are listed. */
  names(): readonly string[];
  /** Other names of entries, to the name that they stand for. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The entry of that name or alias; undefined when there is none. The same object each time. */
  get(name: string): T | undefined;
}

/** A workload whose working sets follow the memory that it runs in. */
export interface WorkloadTemplate {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly verified: boolean;
  forMemory(memoryBytes: number): Workload;
}

/** Host costs with their name. */
export interface HostProfile extends Host {
  readonly id: string;
  readonly title: string;
}

/** Every entry of links, guests, scenarios and policies carries `id`, `title`, `source` and `verified`. */
export interface Catalogue {
  readonly links: Collection<Link>;
  readonly guests: Collection<Guest>;
  readonly hosts: Collection<HostProfile>;
  readonly workloads: Collection<WorkloadTemplate>;
  readonly scenarios: Collection<Scenario>;
  readonly policies: Collection<Policy>;
  readonly suites: Collection<Suite>;
  /**
   * Makes a workload of a recording: a dirty-rate CSV (`time_s,pages_per_second`) or a page-trace CSV
   * (`time_s,first_page,pages,access`). Errors carry file:line:column.
   */
  workloadFromCsv(text: string, options: { readonly file: string; readonly memoryBytes: number }): Workload;
}
