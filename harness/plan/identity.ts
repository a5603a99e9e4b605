/** What a cell is called. Ids are derived from the parameters, so that nobody can type a name that says something else. */
import type { CellIdentity } from "../contract/schemas/record.ts";
import type { Choice, LinkChoice } from "./resolve.ts";

export interface CellParameters {
  readonly suite: string;
  readonly engine: Choice<unknown>;
  readonly link: LinkChoice;
  readonly scenario: Choice<unknown>;
  readonly policy: Choice<unknown>;
  readonly world: CellIdentity["world"];
  readonly integrity: "exact" | "sampled";
  readonly seed: number;
  readonly repeat: number;
}

/**
 * `engine~link.hash~scenario~policy~s1`, then what is not the usual: the live world, sampled integrity, the repeat. A
 * hash stands beside the link's name always, and beside a scenario's or policy's when it is a user's document.
 */
function cellId(cell: CellParameters): string {
  const { engine, link, scenario, policy, world, integrity, seed, repeat } = cell;
  const parts = [engine.slug, link.slug, scenario.slug, policy.slug, `s${seed}`];
  if (world === "live") parts.push("live");
  if (integrity === "sampled") parts.push("sampled");
  if (repeat > 0) parts.push(`r${repeat}`);
  return parts.join("~");
}

export function cellIdentity(cell: CellParameters): CellIdentity {
  return {
    id: cellId(cell),
    suite: cell.suite,
    engine: cell.engine.name,
    link: cell.link.name,
    linkSpec: cell.link.spec,
    linkHash: cell.link.hash,
    scenario: cell.scenario.name,
    scenarioHash: cell.scenario.hash,
    policy: cell.policy.name,
    policyHash: cell.policy.hash,
    world: cell.world,
    seed: cell.seed,
    repeat: cell.repeat,
  };
}
