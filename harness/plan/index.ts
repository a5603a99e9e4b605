/** Expands a suite, narrowed by what the user asked for, into cells. */
import { UsageError, unknownName } from "../base/errors.ts";
import type { Catalogue } from "../contract/catalogue.ts";
import type { Cell, Suite } from "../contract/cell.ts";
import type { EngineManifest } from "../contract/schemas/manifest.ts";
import type { Policy } from "../contract/schemas/policy.ts";
import type { PublishedFigure } from "../contract/schemas/record.ts";
import type { Scenario } from "../contract/schemas/scenario.ts";
import { type AxisValue, selectAxis } from "./axis.ts";
import { safeReader } from "./documents.ts";
import { cellIdentity } from "./identity.ts";
import { splitLinks, splitNames } from "./names.ts";
import { inShard, MAX_CELLS, parseShard, type Repetition, repetition } from "./numbers.ts";
import { type Choice, createResolver, type LinkChoice, type Resolver } from "./resolve.ts";

/** What the user asked for. Each list may hold comma-separated lists; empty or absent: what the suite says. */
export interface PlanRequest {
  /** @default "default" */
  readonly suite?: string;
  readonly engines?: readonly string[];
  /** Names, canonical strings (`rate=1Gbps,rtt=20ms`; several are separated by `;`), or files ending in .json. */
  readonly links?: readonly string[];
  /** Names or files ending in .json. */
  readonly scenarios?: readonly string[];
  /** Names or files ending in .json. */
  readonly policies?: readonly string[];
  /** @default "virtual" */
  readonly world?: "virtual" | "live";
  /** First seed, at least 0. @default 1 */
  readonly seed?: number;
  /** How many seeds, counted up from `seed`. @default 1 */
  readonly seeds?: number;
  /** How often each cell is run. @default 1 */
  readonly repeat?: number;
  /** "i/n", i from 1 to n: only the cells whose id hashes to this shard. */
  readonly shard?: string;
  /** @default "exact" */
  readonly integrity?: "exact" | "sampled";
  /** Reads a user's file as text; without it, files are refused. */
  readonly readFile?: (path: string) => string;
}

/** The policy of a suite's entry that names none. */
const DEFAULT_POLICY = "default";

/** One entry of the suite with its axes chosen. */
interface Block {
  readonly engines: readonly AxisValue<Choice<EngineManifest>>[];
  readonly links: readonly AxisValue<LinkChoice>[];
  readonly scenarios: readonly AxisValue<Choice<Scenario>>[];
  readonly policies: readonly AxisValue<Choice<Policy>>[];
  readonly published: readonly PublishedFigure[];
}

function chooseBlocks(
  request: PlanRequest,
  suite: Suite,
  engines: readonly EngineManifest[],
  resolver: Resolver,
): Block[] {
  const { entries } = suite;
  const asked = <T>(
    lists: readonly string[] | undefined,
    option: string,
    resolve: (name: string) => T,
    split = splitNames,
  ): T[] | null => (lists === undefined || lists.length === 0 ? null : split(lists, option).map(resolve));
  const engineNames = engines.map((engine) => engine.name);
  const orElse = (names: readonly string[], other: readonly string[]) => (names.length === 0 ? other : names);
  const chosenEngines = selectAxis(
    entries.map((entry) => orElse(entry.engines, engineNames).map(resolver.engine)),
    asked(request.engines, "--engine", resolver.engine),
  );
  const chosenLinks = selectAxis(
    entries.map((entry) => entry.links.map(resolver.link)),
    asked(request.links, "--link", resolver.link, splitLinks),
  );
  const chosenScenarios = selectAxis(
    entries.map((entry) => entry.scenarios.map(resolver.scenario)),
    asked(request.scenarios, "--scenario", resolver.scenario),
  );
  const chosenPolicies = selectAxis(
    entries.map((entry) => orElse(entry.policies, [DEFAULT_POLICY]).map(resolver.policy)),
    asked(request.policies, "--policy", resolver.policy),
  );
  return entries.map((entry, index) => ({
    engines: chosenEngines[index],
    links: chosenLinks[index],
    scenarios: chosenScenarios[index],
    policies: chosenPolicies[index],
    published: entry.published,
  }));
}

const countCells = ({ engines, links, scenarios, policies }: Block): number =>
  engines.length * links.length * scenarios.length * policies.length;

/** Every combination of a block, link by link, so that a report can be read in the order in which cells run. */
function* combinations(block: Block) {
  for (const link of block.links)
    for (const scenario of block.scenarios)
      for (const policy of block.policies)
        for (const engine of block.engines) {
          // A published figure holds for the entry as it stands, not for a link or an engine that the user adds.
          const asPublished = link.own && scenario.own && policy.own && engine.own;
          yield {
            link: link.choice,
            scenario: scenario.choice,
            policy: policy.choice,
            engine: engine.choice,
            published: asPublished ? block.published : [],
          };
        }
}

function* expand(request: PlanRequest, suite: Suite, blocks: readonly Block[], times: Repetition): Generator<Cell> {
  const { world = "virtual", integrity = "exact" } = request;
  for (const block of blocks) {
    for (const { published, ...axes } of combinations(block)) {
      for (const seed of times.seeds) {
        for (let repeat = 0; repeat < times.repeat; repeat++) {
          yield {
            identity: cellIdentity({ ...axes, suite: suite.id, world, integrity, seed, repeat }),
            link: axes.link.value,
            scenario: axes.scenario.value,
            policy: axes.policy.value,
            integrity,
            published,
          };
        }
      }
    }
  }
}

/** Two entries of a suite may ask for the same cell; it runs once, and is compared with the figures of both. */
function mergeDuplicates(cells: Iterable<Cell>): Cell[] {
  const byId = new Map<string, Cell>();
  for (const cell of cells) {
    const { id, scenarioHash, policyHash } = cell.identity;
    const known = byId.get(id);
    if (known === undefined) {
      byId.set(id, cell);
      continue;
    }
    if (known.identity.scenarioHash !== scenarioHash || known.identity.policyHash !== policyHash)
      throw new Error(`two different cells have the id ${id}`);
    const figures = new Set(known.published.map((figure) => JSON.stringify(figure)));
    const more = cell.published.filter((figure) => !figures.has(JSON.stringify(figure)));
    if (more.length > 0) byId.set(id, { ...known, published: [...known.published, ...more] });
  }
  return [...byId.values()];
}

function suiteOf(name: string, catalogue: Catalogue): Suite {
  const suite = catalogue.suites.get(name);
  if (suite === undefined) throw unknownName("suite", name, catalogue.suites.names());
  return suite;
}

function nothingSelected(request: PlanRequest, suite: Suite): UsageError {
  const filters = [
    ["--engine", request.engines],
    ["--link", request.links],
    ["--scenario", request.scenarios],
    ["--policy", request.policies],
  ] as const;
  const given = filters.flatMap(([option, lists]) => (lists?.length ? [`${option} ${lists.join(",")}`] : []));
  const what = given.length > 0 ? `${given.join(" ")} selects` : "this selects";
  return new UsageError(`${what} nothing from suite "${suite.id}": no entry of it has all of these together`);
}

/**
 * Cells in a stable order, without duplicates, never empty.
 * @param engines manifests of the engines that there are
 * @throws UsageError for unknown names, documents that are not valid, impossible numbers, and a request that selects nothing
 */
export function plan(request: PlanRequest, catalogue: Catalogue, engines: readonly EngineManifest[]): Cell[] {
  const times = repetition(request);
  const shard = request.shard === undefined ? null : parseShard(request.shard);
  const suite = suiteOf(request.suite ?? "default", catalogue);
  const resolver = createResolver(catalogue, engines, safeReader(request.readFile));
  const blocks = chooseBlocks(request, suite, engines, resolver);
  const count = blocks.reduce((sum, block) => sum + countCells(block), 0) * times.seeds.length * times.repeat;
  if (count === 0) throw nothingSelected(request, suite);
  if (count > MAX_CELLS)
    throw new UsageError(`this would be ${count} cells, at most ${MAX_CELLS} are run; ask for less`);
  const cells = mergeDuplicates(expand(request, suite, blocks, times));
  if (shard === null) return cells;
  const mine = cells.filter((cell) => inShard(cell.identity.id, shard));
  if (mine.length === 0)
    throw new UsageError(`shard ${request.shard} of ${cells.length} cells is empty; use fewer shards`);
  return mine;
}
