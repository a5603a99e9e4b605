import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { oneMinusExpMinus, pow } from "../harness/base/math.ts";
import type { Collection } from "../harness/contract/catalogue.ts";
import { publishedSchemas } from "../harness/contract/publish.ts";
import type { WorkloadComponent } from "../harness/contract/schemas/workload.ts";
import { validateDocument } from "../harness/contract/validate.ts";
import { canonicalLink, parseLink } from "../harness/link/spec.ts";
import { collection, named } from "./collection.ts";
import { catalogue } from "./index.ts";
import { RTT_CSV } from "./links/rtt-inter-region-2026-08.ts";

interface Entry {
  readonly id?: string;
  readonly title?: string;
  readonly source?: string;
  readonly verified?: boolean;
}
const collections: [string, Collection<Entry>][] = [
  ["links", catalogue.links],
  ["guests", catalogue.guests],
  ["hosts", catalogue.hosts],
  ["workloads", catalogue.workloads],
  ["scenarios", catalogue.scenarios],
  ["policies", catalogue.policies],
];

describe.each(collections)("%s", (_kind, entries) => {
  it("carry the name under which they are found", () => {
    expect(entries.names().map((name) => entries.get(name)?.id)).toEqual(entries.names());
  });
  it("have a title, a source and say whether it was read", () => {
    const bare = entries.names().filter((name) => {
      const { title, source, verified } = entries.get(name) ?? {};
      return !title || !source || verified === undefined;
    });
    expect(bare).toEqual([]);
  });
  it("say in the source or notes what is from memory, and only then are unverified", () => {
    // The rows of the published suite are marked by rules of their own: see suites/published.
    for (const name of entries.names().filter((other) => !other.startsWith("published-"))) {
      const entry = entries.get(name);
      const fromMemory = /from memory|unverified/i.test(JSON.stringify(entry));
      expect([name, fromMemory]).toEqual([name, entry?.verified === false]);
    }
  });
  it("are found under their aliases", () => {
    for (const [alias, name] of Object.entries(entries.aliases)) expect(entries.get(alias)).toBe(entries.get(name));
  });
  it("know nothing of a name that is not there", () => {
    expect([entries.get("nothing"), entries.get("constructor"), entries.get("__proto__")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("documents", () => {
  it.each([
    ["link", catalogue.links],
    ["guest", catalogue.guests],
    ["scenario", catalogue.scenarios],
    ["policy", catalogue.policies],
  ] as const)("every %s is valid", (kind, entries: Collection<unknown>) => {
    for (const name of entries.names()) validateDocument(kind, entries.get(name), name);
  });
  it("every workload is valid, and fits, in guests of every size", () => {
    const base = catalogue.scenarios.get("idle-1g");
    for (const name of catalogue.workloads.names()) {
      for (const guestName of catalogue.guests.names()) {
        const guest = catalogue.guests.get(guestName);
        const workload = catalogue.workloads.get(name)?.forMemory(guest?.memoryBytes ?? 0);
        validateDocument("scenario", { ...base, guest, workload }, `${name} in ${guestName}`);
      }
    }
  });
  it.each([
    ["link", catalogue.links],
    ["guest", catalogue.guests],
    ["scenario", catalogue.scenarios],
    ["policy", catalogue.policies],
  ] as const)("every %s is accepted by the schema as it is published", (kind, entries: Collection<unknown>) => {
    const validate = new Ajv().compile(JSON.parse(publishedSchemas()[`${kind}.schema.json`]));
    expect(entries.names().filter((name) => !validate(entries.get(name)))).toEqual([]);
  });
  it("every suite names only what there is", () => {
    for (const suite of catalogue.suites.names()) {
      for (const entry of catalogue.suites.get(suite)?.entries ?? []) {
        for (const name of entry.scenarios) expect([name, catalogue.scenarios.get(name)]).not.toContain(undefined);
        for (const name of entry.policies) expect([name, catalogue.policies.get(name)]).not.toContain(undefined);
        for (const name of entry.links)
          expect([name, catalogue.links.get(name) ?? (name.includes("=") && parseLink(name))]).not.toContain(undefined);
      }
    }
  });
});

describe("links", () => {
  it("have these rates and round trips", () => {
    const rows = catalogue.links
      .names()
      .filter((name) => !/^(region|published)-/.test(name))
      .map((name) => {
        const link = catalogue.links.get(name);
        return `${name}: ${link && canonicalLink(link)}${link?.verified ? "" : " (unverified)"}`;
      });
    expect(rows.join("\n")).toMatchInlineSnapshot(`
      "lan-1g: rate=1Gbps
      lan-10g: rate=10Gbps
      lan-25g: rate=25Gbps
      lan-100g: rate=100Gbps
      az-10g: rate=10Gbps,rtt=2ms
      metro-1g: rate=1Gbps,rtt=1700us
      vmotion-2009: rate=622Mbps,rtt=5ms (unverified)
      metro-vmotion: rate=250Mbps,rtt=10ms
      long-distance-vmotion: rate=250Mbps,rtt=150ms
      continental-1g: rate=1Gbps,rtt=27ms
      continental-10g: rate=10Gbps,rtt=27ms
      us-coasts-10g: rate=10Gbps,rtt=71ms
      transatlantic-1g: rate=1Gbps,rtt=84500us
      transatlantic-10g: rate=10Gbps,rtt=84500us
      transpacific-1g: rate=1Gbps,rtt=126500us
      transpacific-10g: rate=10Gbps,rtt=126500us
      europe-asia-1g: rate=1Gbps,rtt=244500us
      satellite-geo: rate=50Mbps,rtt=600ms,loss=0.55% (unverified)
      satellite-leo: rate=100Mbps,rtt=37500us,loss=0.55% (unverified)
      lte: rate=50Mbps,rtt=50ms,loss=0.55% (unverified)"
    `);
  });
  it("have one for every ordered pair of the table, with its round trip", () => {
    const [, ...rows] = RTT_CSV.trimEnd().split("\n");
    expect(rows).toHaveLength(13 * 12);
    for (const row of rows) {
      const [from, to, rtt] = row.split(",");
      const name = `region-${from}-${to}`.toLowerCase().replaceAll(" ", "-");
      const link = catalogue.links.get(name);
      const roundTripNs = (link?.forward.oneWayDelayNs ?? 0) + (link?.reverse.oneWayDelayNs ?? 0);
      expect([name, roundTripNs]).toEqual([name, Number(rtt) * 1e6]);
    }
  });
  it("keep the two directions of a pair apart", () => {
    const there = catalogue.links.get("region-mumbai-washington-dc");
    const back = catalogue.links.get("region-washington-dc-mumbai");
    expect([there && canonicalLink(there), back && canonicalLink(back)]).toEqual([
      "rate=1Gbps,rtt=219ms",
      "rate=1Gbps,rtt=218ms",
    ]);
  });
});

describe("policies", () => {
  it("have these rules", () => {
    const own = catalogue.policies.names().filter((name) => !name.startsWith("published-"));
    const rows = own.map((name) => {
      const policy = catalogue.policies.get(name);
      const { version: _v, id: _i, title: _t, source: _s, notes: _n, verified, ...rules } = policy ?? {};
      const text = JSON.stringify(rules, (_key, value) => (value === null ? undefined : value));
      return `${name}${verified ? "" : " (unverified)"}: ${text}`;
    });
    expect(rows.join("\n")).toMatchInlineSnapshot(`
      "default: {"bandwidth":{},"switchover":{"downtimeLimitNs":300000000},"rounds":{"max":30,"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"},"postCopy":{"afterRounds":2}}
      xen-classic: {"bandwidth":{},"switchover":{"remainingPages":49},"rounds":{"max":29,"maxMemoryFactor":3,"onLimit":"switchover"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"},"skipDirtiedAhead":true}
      xen-v2: {"bandwidth":{},"switchover":{"remainingPages":50},"rounds":{"max":5,"onLimit":"switchover"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      qemu: {"bandwidth":{"preCopyBytesPerSecond":134217728},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      qemu-auto-converge: {"bandwidth":{"preCopyBytesPerSecond":134217728},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"auto-converge","triggerPercent":50,"initialPercent":20,"incrementPercent":10,"maxPercent":99}}
      qemu-post-copy: {"bandwidth":{"preCopyBytesPerSecond":134217728},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"},"postCopy":{"afterRounds":1}}
      qemu-dirty-limit: {"bandwidth":{"preCopyBytesPerSecond":134217728},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"dirty-limit","bytesPerSecondPerVcpu":1000000,"periodNs":1000000000}}
      libvirt-nova (unverified): {"bandwidth":{},"switchover":{"downtimeLimitNs":500000000,"downtimeSteps":{"steps":10,"delayPerGiBNs":75000000000}},"rounds":{"onLimit":"give-up"},"time":{"perGiBLimitNs":800000000000,"onLimit":"give-up"},"throttle":{"kind":"none"}}
      proxmox: {"bandwidth":{},"switchover":{"downtimeLimitNs":100000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      kubevirt: {"bandwidth":{},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"perGiBLimitNs":150000000000,"progressLimitNs":150000000000,"onLimit":"give-up"},"throttle":{"kind":"none"}}
      kubevirt-post-copy: {"bandwidth":{},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"perGiBLimitNs":150000000000,"progressLimitNs":150000000000,"onLimit":"post-copy"},"throttle":{"kind":"none"}}
      kubevirt-pause: {"bandwidth":{},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"perGiBLimitNs":150000000000,"progressLimitNs":150000000000,"onLimit":"switchover"},"throttle":{"kind":"none"}}
      cloud-hypervisor: {"bandwidth":{},"switchover":{"downtimeLimitNs":300000000},"rounds":{"onLimit":"give-up"},"time":{"totalLimitNs":3600000000000,"onLimit":"give-up"},"throttle":{"kind":"none"}}
      hyper-v (unverified): {"bandwidth":{},"switchover":{},"rounds":{"max":10,"onLimit":"switchover"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      simgrid: {"bandwidth":{},"switchover":{"downtimeLimitNs":30000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      vmotion: {"bandwidth":{},"switchover":{"downtimeLimitNs":1000000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"none"}}
      metro-vmotion: {"bandwidth":{},"switchover":{"downtimeLimitNs":1000000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"stun-during-page-send","dirtyToSendRatio":1,"maxPercent":99}}
      long-distance-vmotion: {"bandwidth":{},"switchover":{"downtimeLimitNs":1000000000},"rounds":{"onLimit":"give-up"},"time":{"onLimit":"give-up"},"throttle":{"kind":"stun-during-page-send","dirtyToSendRatio":1,"maxPercent":99}}"
    `);
  });
});

/** Expected number of different pages that a component dirties in so many seconds. */
function uniquePages(component: WorkloadComponent, seconds: number): number {
  if (component.kind === "page-trace") throw new Error("no rate");
  const pages = component.lengthBytes / 4096;
  const writes = component.writesPerSecond * seconds;
  if (component.kind === "sequential") return Math.min(pages, writes);
  if (component.kind === "uniform") return pages * oneMinusExpMinus(writes / pages);
  const bands: { pages: number; weight: number }[] = [];
  for (let rank = 1; rank <= pages; rank *= 2)
    bands.push({ pages: Math.min(rank, pages - rank + 1), weight: pow(1.5 * rank, -component.exponent) });
  const total = bands.reduce((sum, band) => sum + band.pages * band.weight, 0);
  return bands.reduce((sum, band) => sum + band.pages * oneMinusExpMinus((writes * band.weight) / total), 0);
}

describe("the database workload", () => {
  const phase = catalogue.workloads.get("database")?.forMemory(4 * 1024 ** 3).phases[0];
  const rate = (seconds: number): number =>
    (phase?.components ?? []).reduce((sum, component) => sum + uniquePages(component, seconds), 0) / seconds;

  it("dirties about 11,000 unique pages per second over a long round and 35,000 over a short one", () => {
    expect(Math.abs(rate(30) / 11_000 - 1)).toBeLessThan(0.05);
    expect(Math.abs(rate(0.3) / 35_000 - 1)).toBeLessThan(0.05);
  });
  it("rises all the way as rounds get shorter", () => {
    const rates = [60, 30, 10, 3, 1, 0.3, 0.1].map(rate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
  });
});

describe("a collection", () => {
  it("refuses two entries of one name", () => {
    expect(() => collection(named([{ id: "a" }, { id: "a" }]))).toThrow("two catalogue entries are called a");
  });
  it("refuses an alias that is a name", () => {
    expect(() =>
      collection([
        { name: "a", aliases: ["b"], build: () => 1 },
        { name: "b", build: () => 2 },
      ]),
    ).toThrow("two catalogue entries are called b");
  });
  it("builds an entry once, when it is asked for", () => {
    let built = 0;
    const entries = collection([{ name: "a", build: () => ++built }]);
    expect([built, entries.get("a"), entries.get("a"), built]).toEqual([0, 1, 1, 1]);
  });
});
