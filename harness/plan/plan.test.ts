import { describe, expect, it } from "vitest";
import { UsageError } from "../base/errors.ts";
import type { Catalogue, Collection } from "../contract/catalogue.ts";
import type { EngineManifest } from "../contract/schemas/manifest.ts";
import type { PublishedFigure } from "../contract/schemas/record.ts";
import { validateDocument } from "../contract/validate.ts";
import { canonicalLink, linkHash, parseLink } from "../link/spec.ts";
import fixtures from "./fixtures.json" with { type: "json" };
import { type PlanRequest, plan } from "./index.ts";

const scenario = validateDocument("scenario", fixtures.scenario);
const policy = validateDocument("policy", fixtures.policy);
const { guest, workload } = scenario;

function entries<T>(all: Record<string, T>, aliases: Record<string, string> = {}): Collection<T> {
  const get = (name: string) => {
    const own = aliases[name] ?? name;
    return Object.hasOwn(all, own) ? all[own] : undefined;
  };
  return { names: () => Object.keys(all), aliases, get };
}

const figure: PublishedFigure = {
  metric: "total-time",
  value: 1,
  basis: "described",
  source: "a paper",
  note: "",
  knownDeviation: null,
};
const manifest = (name: string): EngineManifest => ({
  version: 1,
  name,
  title: name,
  description: name,
  worlds: ["virtual"],
  capabilities: [],
});
const engines = ["stop-copy", "pre-copy", "post-copy", "hybrid"].map(manifest);

const entry = (links: string[], scenarios: string[], more: object = {}) => ({
  engines: [] as string[],
  links,
  scenarios,
  policies: [] as string[],
  published: [] as PublishedFigure[],
  ...more,
});
const suite = (id: string, all: ReturnType<typeof entry>[]) => ({ id, title: id, description: id, entries: all });

const catalogue: Catalogue = {
  links: entries({ lan: parseLink("rate=1Gbps"), wan: parseLink("rate=1Gbps,rtt=80ms") }, { local: "lan" }),
  guests: entries({ small: guest }),
  hosts: entries({ default: { ...scenario.host, id: "default", title: "default" } }),
  workloads: entries({
    busy: { id: "busy", title: "busy", source: "assumed", verified: true, forMemory: () => workload },
  }),
  scenarios: entries({ idle: scenario, web: { ...scenario, warmUpNs: 5 }, big: { ...scenario, warmUpNs: 7 } }),
  policies: entries({ default: policy, strict: { ...policy, time: { ...policy.time, totalLimitNs: 1e9 } } }),
  suites: entries({
    default: suite("default", [entry(["lan", "wan"], ["idle", "web"])]),
    published: suite("published", [
      entry(["lan"], ["idle"], { engines: ["pre-copy"], published: [figure] }),
      entry(["wan"], ["web"], { engines: ["post-copy"], policies: ["strict"], published: [figure] }),
    ]),
    twice: suite("twice", [
      entry(["lan"], ["idle"], { engines: ["pre-copy"], published: [figure] }),
      entry(["local"], ["idle"], { engines: ["pre-copy"], published: [figure, { ...figure, metric: "downtime" }] }),
    ]),
    hollow: suite("hollow", [entry(["lan"], [])]),
    mistaken: suite("mistaken", [entry(["lan"], ["ilde"])]),
  }),
  workloadFromCsv: (text, { file, memoryBytes }) => ({ ...workload, title: `${text} ${file} ${memoryBytes}` }),
};

const run = (request: PlanRequest) => plan(request, catalogue, engines);
const ids = (request: PlanRequest) => run(request).map((cell) => cell.identity.id);
function refusal(request: PlanRequest): string {
  try {
    run(request);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("expansion", () => {
  it("is engines × links × scenarios × policies, link by link", () => {
    expect(ids({}).join("\n")).toMatchInlineSnapshot(`
      "stop-copy~lan.8e656b63~idle~default~s1
      pre-copy~lan.8e656b63~idle~default~s1
      post-copy~lan.8e656b63~idle~default~s1
      hybrid~lan.8e656b63~idle~default~s1
      stop-copy~lan.8e656b63~web~default~s1
      pre-copy~lan.8e656b63~web~default~s1
      post-copy~lan.8e656b63~web~default~s1
      hybrid~lan.8e656b63~web~default~s1
      stop-copy~wan.65b71dcf~idle~default~s1
      pre-copy~wan.65b71dcf~idle~default~s1
      post-copy~wan.65b71dcf~idle~default~s1
      hybrid~wan.65b71dcf~idle~default~s1
      stop-copy~wan.65b71dcf~web~default~s1
      pre-copy~wan.65b71dcf~web~default~s1
      post-copy~wan.65b71dcf~web~default~s1
      hybrid~wan.65b71dcf~web~default~s1"
    `);
  });
  it("fills in the whole identity", () => {
    expect(run({ suite: "published" })[1]).toMatchObject({
      link: parseLink("rate=1Gbps,rtt=80ms"),
      scenario: { warmUpNs: 5 },
      policy: { time: { totalLimitNs: 1e9 } },
      integrity: "exact",
      published: [figure],
    });
    expect(run({ suite: "published" })[1].identity).toMatchInlineSnapshot(`
      {
        "engine": "post-copy",
        "id": "post-copy~wan.65b71dcf~web~strict~s1",
        "link": "wan",
        "linkHash": "65b71dcf",
        "linkSpec": "rate=1Gbps,rtt=80ms",
        "policy": "strict",
        "policyHash": "4e5adccf",
        "repeat": 0,
        "scenario": "web",
        "scenarioHash": "541704d3",
        "seed": 1,
        "suite": "published",
        "world": "virtual",
      }
    `);
  });
  it("counts seeds up from the first, and repeats each", () => {
    const request = { engines: ["hybrid"], links: ["lan"], scenarios: ["idle"], seed: 7, seeds: 2, repeat: 2 };
    expect(ids(request).join("\n")).toMatchInlineSnapshot(`
      "hybrid~lan.8e656b63~idle~default~s7
      hybrid~lan.8e656b63~idle~default~s7~r1
      hybrid~lan.8e656b63~idle~default~s8
      hybrid~lan.8e656b63~idle~default~s8~r1"
    `);
  });
  it("runs a cell once that two entries ask for, and compares it with the figures of both", () => {
    const cells = run({ suite: "twice" });
    expect(cells.map((cell) => cell.published.map(({ metric }) => metric))).toEqual([["total-time", "downtime"]]);
  });
  it("marks the live world and sampled integrity in the id", () => {
    const request = { engines: ["hybrid"], links: ["lan"], scenarios: ["idle"] };
    expect(ids({ ...request, world: "live" })[0]).toMatch(/~s1~live$/);
    expect(ids({ ...request, integrity: "sampled" })[0]).toMatch(/~s1~sampled$/);
    expect(run({ ...request, integrity: "sampled" })[0].integrity).toBe("sampled");
  });
  it("is the same every time", () => {
    expect(run({ seeds: 3 })).toEqual(run({ seeds: 3 }));
  });
  it("gives every cell an id of its own", () => {
    const all = ids({ seeds: 5, repeat: 3, policies: ["default,strict"] });
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("filters", () => {
  it("keep what was named, in lists or one by one", () => {
    expect(ids({ engines: ["pre-copy,hybrid"], links: ["wan"], scenarios: ["idle", "web"] })).toHaveLength(4);
  });
  it("know aliases by the name that they stand for", () => {
    expect(ids({ links: ["local"] })).toEqual(ids({ links: ["lan"] }));
  });
  it("add what is in the catalogue but not in the suite", () => {
    expect(ids({ engines: ["hybrid"], scenarios: ["big"] })).toMatchInlineSnapshot(`
      [
        "hybrid~lan.8e656b63~big~default~s1",
        "hybrid~wan.65b71dcf~big~default~s1",
      ]
    `);
  });
  it("add a canonical link, however it is spelled", () => {
    const request = { engines: ["hybrid"], scenarios: ["idle"] };
    const cells = run({ ...request, links: ["rtt=20ms,rate=1000Mbps"] });
    expect(cells.map(({ identity }) => [identity.id, identity.link])).toMatchInlineSnapshot(`
      [
        [
          "hybrid~rate-1gbps-rtt-20ms.4c6061dc~idle~default~s1",
          "rate=1Gbps,rtt=20ms",
        ],
      ]
    `);
    expect(ids({ ...request, links: ["rate=1Gbps,rtt=20ms"] })).toEqual(cells.map((cell) => cell.identity.id));
    expect(cells[0].identity.linkHash).toBe(linkHash(parseLink("rate=1Gbps,rtt=20ms")));
  });
  it("tell names and canonical links in one list apart", () => {
    const lists = ["lan,rate=2Gbps,loss=ge(1%,20%,0%,50%),outage@1s+2s;rate=3Gbps", "wan"];
    const links = run({ engines: ["hybrid"], scenarios: ["idle"], links: lists }).map((cell) => cell.identity.link);
    expect(links).toEqual(["lan", "wan", "rate=2Gbps,loss=ge(1%,20%,0%,50%),outage@1s+2s", "rate=3Gbps"]);
  });
  it("do not compare a figure with a cell that it was not published for", () => {
    const [cell] = run({ suite: "published", engines: ["pre-copy"], scenarios: ["idle"], links: ["rate=5Gbps"] });
    expect(cell.published).toEqual([]);
  });
  it("leave out entries that have nothing of what was named", () => {
    expect(run({ suite: "published", engines: ["post-copy"] }).map((cell) => cell.identity.link)).toEqual(["wan"]);
  });
});

describe("shards", () => {
  it.each([2, 3, 7])("of %i hold every cell exactly once, in the plan's order", (count) => {
    const all = ids({ seeds: 10 });
    const shards = Array.from({ length: count }, (_, index) => ids({ seeds: 10, shard: `${index + 1}/${count}` }));
    expect(shards.flat().sort()).toEqual([...all].sort());
    for (const shard of shards) expect(shard).toEqual(all.filter((id) => shard.includes(id)));
  });
  it("keep a cell in its shard when others join the plan", () => {
    const few = ids({ engines: ["hybrid"], seeds: 5, shard: "1/2" });
    expect(ids({ seeds: 5, shard: "1/2" })).toEqual(expect.arrayContaining(few));
  });
});

describe("refusals", () => {
  it("say what was given, what is allowed and what to do", () => {
    const requests: PlanRequest[] = [
      { suite: "defualt" },
      { engines: ["precopy"] },
      { links: ["wam"] },
      { links: ["rate=0Gbps"] },
      { links: ["rate=1Gbps,rrt=5ms"] },
      { links: ["constructor"] },
      { scenarios: ["idel"] },
      { policies: ["lenient"] },
      { suite: "mistaken" },
      { engines: [""] },
      { engines: ["hybrid,,pre-copy"] },
      { links: [";lan"] },
      { links: [" "] },
      { seed: -1 },
      { seed: 1.5 },
      { seed: Number.NaN },
      { seed: Number.MAX_SAFE_INTEGER, seeds: 2 },
      { seeds: 0 },
      { seeds: -3 },
      { repeat: 0 },
      { seeds: 2000, repeat: 2000 },
      { seeds: 900_000 },
      { shard: "0/0" },
      { shard: "3/2" },
      { shard: "0/2" },
      { shard: "1" },
      { shard: "1/x" },
      { engines: ["hybrid"], links: ["lan"], scenarios: ["idle"], shard: "1/900000" },
      { suite: "hollow" },
      { suite: "published", engines: ["pre-copy"], scenarios: ["web"] },
      { scenarios: ["my.json"] },
    ];
    expect(requests.map(refusal).join("\n")).toMatchInlineSnapshot(`
      "unknown suite "defualt"; did you mean "default"?
      unknown engine "precopy"; did you mean "pre-copy"?
      unknown link "wam"; did you mean "wan"?
      up.rate is 0 bit/s; a link needs a rate from 1bps to 1000Tbps
      unknown link key "rrt"; did you mean "rtt"?
      unknown link "constructor"; known: lan, wan
      unknown scenario "idel"; did you mean "idle"?
      unknown policy "lenient"; known: default, strict
      unknown scenario "ilde"; did you mean "idle"?
      --engine is empty; name something, or leave the option out
      --engine "hybrid,,pre-copy" has an empty name in its list
      --link is empty; name something, or leave the option out
      --link is empty; name something, or leave the option out
      --seed is -1; it must be a whole number of at least 0
      --seed is 1.5; it must be a whole number of at least 0
      --seed is NaN; it must be a whole number of at least 0
      --seed 9007199254740991 leaves no room for --seeds 2; start at a smaller one
      --seeds is 0; it must be a whole number of at least 1
      --seeds is -3; it must be a whole number of at least 1
      --repeat is 0; it must be a whole number of at least 1
      --seeds 2000 times --repeat 2000 is more than 1000000 cells; ask for fewer
      this would be 14400000 cells, at most 1000000 are run; ask for less
      --shard is "0/0"; write i/n with i from 1 to n, for example 1/4
      --shard is "3/2"; write i/n with i from 1 to n, for example 1/4
      --shard is "0/2"; write i/n with i from 1 to n, for example 1/4
      --shard is "1"; write i/n with i from 1 to n, for example 1/4
      --shard is "1/x"; write i/n with i from 1 to n, for example 1/4
      shard 1/900000 of 1 cells is empty; use fewer shards
      this selects nothing from suite "hollow": no entry of it has all of these together
      --engine pre-copy --scenario web selects nothing from suite "published": no entry of it has all of these together
      my.json: files cannot be read here; give a name instead"
    `);
  });
});

describe("users' documents", () => {
  const files: Record<string, string> = {
    "my/link.json": JSON.stringify(parseLink("rate=1Gbps,rtt=30ms")),
    "my/policy.json": JSON.stringify({ ...policy, id: "default", rounds: { ...policy.rounds, max: 4 } }),
    "my/scenario.json": JSON.stringify({ ...scenario, warmUpNs: "3s" }),
    "my/short.json": JSON.stringify({ ...scenario, guest: "small", workload: "busy", host: "default" }),
    "my/recorded.json": JSON.stringify({ ...scenario, workload: "load.csv" }),
    "my/load.csv": "csv",
    "bad/scenario.json": JSON.stringify({ ...scenario, guest: "smal" }),
    "bad/workload.json": JSON.stringify({ ...scenario, workload: "bsy" }),
    "bad/host.json": JSON.stringify({ ...scenario, host: "defalt" }),
    "bad/guest.json": JSON.stringify({ ...scenario, guest: { ...guest, vcpus: 0 }, workload: "busy" }),
    "bad/csv.json": JSON.stringify({ ...scenario, workload: "gone.csv" }),
    "bad/policy.json": JSON.stringify({ ...policy, switchover: { ...policy.switchover, downtimeLimitNs: null } }),
    "bad/link.json": JSON.stringify({ ...parseLink("rate=1Gbps"), events: [{ kind: "outage", atNs: 1 }] }),
    "bad/rate.json": JSON.stringify({
      ...parseLink("rate=1Gbps"),
      events: [{ kind: "rate", atNs: 1, rateBitsPerSecond: 0.5 }],
    }),
    "bad/list.json": "[]",
    "bad/json.json": "{",
  };
  const readFile = (path: string): string => {
    if (path === "secret.json") throw Object.assign(new Error("no"), { code: "EACCES" });
    if (!Object.hasOwn(files, path)) throw Object.assign(new Error("no"), { code: "ENOENT" });
    return files[path];
  };
  const one: PlanRequest = { engines: ["hybrid"], links: ["lan"], scenarios: ["idle"], readFile };

  it("are named by their file and carry their hash in the id", () => {
    const request = { ...one, links: ["my/link.json"], scenarios: ["my/scenario.json"], policies: ["my/policy.json"] };
    const [{ identity, ...cell }] = run(request);
    expect([identity.id, identity.link, identity.scenario, identity.policy]).toMatchInlineSnapshot(`
      [
        "hybrid~link.9feedeab~scenario.c1aff5d0~default.3f9f3bd4~s1",
        "my/link.json",
        "my/scenario.json",
        "my/policy.json",
      ]
    `);
    expect([canonicalLink(cell.link), cell.scenario.warmUpNs, cell.policy.rounds.max]).toEqual([
      "rate=1Gbps,rtt=30ms",
      3e9,
      4,
    ]);
  });
  it("may name a guest, a workload and a host", () => {
    const [cell] = run({ ...one, scenarios: ["my/short.json"] });
    expect(cell.scenario).toEqual(scenario);
    expect(cell.identity.scenarioHash).toBe(run(one)[0].identity.scenarioHash);
  });
  it("may name a recording beside them", () => {
    const [cell] = run({ ...one, scenarios: ["my/recorded.json"] });
    expect(cell.scenario.workload.title).toBe(`csv my/load.csv ${guest.memoryBytes}`);
  });
  it("are refused with file and place", () => {
    const requests: PlanRequest[] = [
      { ...one, scenarios: ["bad/scenario.json"] },
      { ...one, scenarios: ["bad/workload.json"] },
      { ...one, scenarios: ["bad/host.json"] },
      { ...one, scenarios: ["bad/guest.json"] },
      { ...one, scenarios: ["bad/csv.json"] },
      { ...one, scenarios: ["bad/list.json"] },
      { ...one, scenarios: ["bad/json.json"] },
      { ...one, policies: ["bad/policy.json"] },
      { ...one, links: ["bad/link.json"] },
      { ...one, links: ["bad/rate.json"] },
      { ...one, links: ["none.json"] },
      { ...one, policies: ["secret.json"] },
    ];
    expect(requests.map(refusal).join("\n")).toMatchInlineSnapshot(`
      "unknown guest "smal" at bad/scenario.json#/guest; did you mean "small"?
      unknown workload "bsy" at bad/workload.json#/workload; did you mean "busy"?
      unknown host "defalt" at bad/host.json#/host; did you mean "default"?
      bad/guest.json#/guest: not a valid guest: at /vcpus: given 0, must be an integer from 1 to 4096
      bad/gone.csv: there is no such file
      bad/list.json: not a valid scenario: given [], must be an object
      bad/json.json:1:2: not JSON: expected a property name in double quotes, found the end of the text
      bad/policy.json: not a valid policy: nothing can ever end the iteration: set switchover.downtimeLimitNs or switchover.remainingPages, rounds.max or rounds.maxMemoryFactor, or a limit under time
      bad/link.json: not a valid link: at /events/0: property "durationNs" is missing
      bad/rate.json: rate@1ns is 0.5 bit/s; for no rate at all use outage@TIME+DURATION
      none.json: there is no such file
      secret.json: cannot be read (EACCES)"
    `);
  });
});
