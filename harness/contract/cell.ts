/** What the plan hands to a world, and what a suite is made of. */
import type { Engine } from "./ports.ts";
import type { Link } from "./schemas/link.ts";
import type { Policy } from "./schemas/policy.ts";
import type { CellIdentity, PublishedFigure } from "./schemas/record.ts";
import type { Scenario } from "./schemas/scenario.ts";
import type { Trace } from "./schemas/trace.ts";

/** One migration to run: everything resolved, nothing left to look up but the engine. */
export interface Cell {
  readonly identity: CellIdentity;
  readonly link: Link;
  readonly scenario: Scenario;
  readonly policy: Policy;
  /** `sampled`: versions are kept for one chunk of memory in sixty-four; the record is marked. */
  readonly integrity: "exact" | "sampled";
  readonly published: readonly PublishedFigure[];
}

/** A world runs cells. The virtual world answers at once, the live one takes its time. */
export interface World {
  readonly name: "virtual" | "live";
  run(cell: Cell, engine: Engine): Trace | Promise<Trace>;
}

/**
 * A suite is a list of entries; each is expanded to engines × links × scenarios × policies × seeds.
 * Names refer to the catalogues of suites/; a link may also be a canonical string. An empty list means the default:
 * all engines, and the policy that the engine or suite names.
 */
export interface Suite {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly entries: readonly SuiteEntry[];
}

export interface SuiteEntry {
  readonly engines: readonly string[];
  readonly links: readonly string[];
  readonly scenarios: readonly string[];
  readonly policies: readonly string[];
  readonly published: readonly PublishedFigure[];
}
