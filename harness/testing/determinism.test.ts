/** The same seed gives the same bytes: on other versions of Node.js, on two threads, in another order. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engines } from "../../engines/index.ts";
import { catalogue } from "../../suites/index.ts";
import type { Suite, SuiteEntry } from "../contract/cell.ts";
import { parseLink } from "../link/index.ts";
import { longhaul } from "./built.ts";
import { installedNodes, NODE_VERSIONS } from "./node-versions.ts";

const LIMIT_MS = 300_000;
let directory: string;
let here: string;

async function cells(out: string, options: { node?: string; args?: readonly string[] } = {}): Promise<string> {
  const args = [
    "run",
    "--suite",
    "determinism",
    "--traces",
    "none",
    "--out",
    out,
    ...(options.args ?? ["--jobs", "1"]),
  ];
  const node = options.node === undefined ? {} : { node: options.node };
  const { stderr } = await longhaul(args, { cwd: directory, ...node });
  expect(stderr).toBe("");
  return readFileSync(join(directory, out, "latest", "cells.ndjson"), "utf8");
}

/** The first line that differs says more than a thousand that do not. */
function firstDifference(actual: string, expected: string): string | null {
  const [a, b] = [actual.split("\n"), expected.split("\n")];
  const at = b.findIndex((line, index) => line !== a[index]);
  if (at < 0) return a.length === b.length ? null : `${a.length} lines instead of ${b.length}`;
  return `line ${at + 1}: ${a[at]} instead of ${b[at]}`;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-determinism-"));
  here = await cells("here");
}, LIMIT_MS);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test(
  `Node.js ${NODE_VERSIONS.join(" and ")} write the bytes that this one does`,
  async () => {
    const nodes = await installedNodes();
    const versions = await Promise.all(nodes.map(async (node) => (await execa(node, ["--version"])).stdout));
    expect(versions).toEqual(NODE_VERSIONS.map((version) => `v${version}`));
    const others = await Promise.all(nodes.map((node, index) => cells(`other-${index}`, { node })));
    expect(others.map((bytes) => firstDifference(bytes, here))).toEqual([null, null]);
  },
  LIMIT_MS,
);

test(
  "two threads in shuffled order write the bytes that one thread does in the plan's order",
  async () => {
    const shuffled = await cells("shuffled", { args: ["--jobs", "2", "--shuffle", "7"] });
    expect(firstDifference(shuffled, here)).toBeNull();
  },
  LIMIT_MS,
);

/** What the suite has to touch is taken from the registries, so that what is added there is missed here. */
const suite = catalogue.suites.get("determinism") as Suite;
const named = (list: (entry: SuiteEntry) => readonly string[]): string[] => [...new Set(suite.entries.flatMap(list))];

test("every cell of the suite runs to an end, none in error", () => {
  const verdicts = here
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).verdict);
  expect(verdicts.length).toBeGreaterThan(30);
  expect(verdicts.filter((verdict) => verdict !== "pass")).toEqual([]);
});

test("the suite touches every engine, workload, throttle, congestion control and loss model", () => {
  const links = named((entry) => entry.links).map((name) => catalogue.links.get(name) ?? parseLink(name));
  const directions = links.flatMap(({ forward, reverse }) => [forward, reverse]);
  expect([...new Set(links.map((link) => link.transport.congestionControl))].sort()).toEqual(["bbr", "cubic", "reno"]);
  expect([...new Set(directions.map(({ loss }) => loss.model))].sort()).toEqual([
    "bernoulli",
    "gilbert-elliott",
    "none",
  ]);
  const scenarios = named((entry) => entry.scenarios).map((name) => catalogue.scenarios.get(name));
  const workloads = new Set(scenarios.map((scenario) => scenario?.workload.id));
  expect(catalogue.workloads.names().filter((name) => !workloads.has(name))).toEqual([]);
  const throttles = named((entry) => entry.policies).map((name) => catalogue.policies.get(name)?.throttle.kind);
  expect(new Set(throttles)).toEqual(new Set(["none", "auto-converge", "dirty-limit", "stun-during-page-send"]));
  expect(suite.entries.some((entry) => entry.engines.length === 0)).toBe(true);
  expect(engines.length).toBe(4);
});
