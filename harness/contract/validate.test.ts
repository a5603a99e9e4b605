import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UsageError } from "../base/errors.ts";
import { type DocumentKind, documentProblems, schemas, validateDocument } from "./validate.ts";

const direction = {
  rateBitsPerSecond: 1e9,
  oneWayDelayNs: 50_000,
  jitterNs: 0,
  loss: { model: "none" },
  queueBytes: 262_144,
  mtuBytes: 1500,
  crossTraffic: { rateBitsPerSecond: 0, flows: 0 },
  trace: null,
};
const transport = {
  congestionControl: "cubic",
  streams: 1,
  windowBytes: 6_291_456,
  sendBufferBytes: 4_194_304,
  initialWindowSegments: 10,
  minRetransmitTimeoutNs: 200_000_000,
};
const link = { version: 1, forward: direction, reverse: direction, transport, events: [] };
const guest = {
  version: 1,
  memoryBytes: 1_048_576,
  pageSizeBytes: 4096,
  vcpus: 1,
  deviceStateBytes: 4096,
  fill: { zero: 0.5, duplicate: 0, compressible: 0.2, compressedShare: 0.3 },
};
const component = { kind: "uniform", startBytes: 0, lengthBytes: 4096, writesPerSecond: 1, readsPerSecond: 1 };
const workload = {
  version: 1,
  phases: [{ durationNs: null, components: [component] }],
  repeat: false,
  changedBytesPerWrite: 8,
  writtenFill: "random",
};
const policy = {
  version: 1,
  bandwidth: { preCopyBytesPerSecond: null, postCopyBytesPerSecond: null },
  switchover: { downtimeLimitNs: 300_000_000, remainingPages: null, downtimeSteps: null },
  rounds: { max: null, maxMemoryFactor: null, onLimit: "give-up" },
  time: { totalLimitNs: null, perGiBLimitNs: null, progressLimitNs: null, onLimit: "give-up" },
  throttle: { kind: "none" },
  postCopy: null,
};
const scenario = {
  version: 1,
  guest,
  workload,
  transfer: { zeroPages: "header", duplicatePages: "send", deltaCacheBytes: 0, compression: "none" },
  host: {
    scanBytesPerSecond: 1e9,
    sendBytesPerSecondPerThread: 1e9,
    compressBytesPerSecondPerThread: 1e9,
    setupNs: 0,
    resumeNs: 0,
  },
  prePagingPages: 0,
  warmUpNs: 0,
  giveUpNs: 1,
  faults: [] as unknown[],
};

/** The message with which a document is refused. */
function refusal(kind: DocumentKind, value: unknown): string {
  try {
    validateDocument(kind, value, "my.json");
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "accepted";
}
describe("valid documents", () => {
  it.each([
    ["link", link],
    ["guest", guest],
    ["workload", workload],
    ["policy", policy],
    ["scenario", scenario],
  ] as const)("accepts a %s", (kind, value) => {
    expect(validateDocument(kind, value)).toBe(value);
  });
});

describe("what a schema refuses", () => {
  it("names the nearest property", () => {
    const { mtuBytes, ...rest } = direction;
    expect(refusal("link", { ...link, forward: { ...rest, mtuByte: mtuBytes } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward: property "mtuBytes" is missing; at /forward: unknown property "mtuByte"; did you mean "mtuBytes"?"`,
    );
  });
  it("lists what is known when nothing is near", () => {
    expect(refusal("link", { ...link, colour: 1 })).toMatchInlineSnapshot(
      `"my.json: not a valid link: unknown property "colour"; known: version, id, title, source, verified, forward, reverse, transport, events"`,
    );
  });
  it("gives the range of a number", () => {
    expect(
      refusal("link", { ...link, forward: { ...direction, mtuBytes: 12.5, rateBitsPerSecond: 0, oneWayDelayNs: -1 } }),
    ).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/rateBitsPerSecond: given 0, must be a number greater than 0 and at most 1000000000000000; at /forward/oneWayDelayNs: given -1, must be an integer from 0 to 9000000000000000; at /forward/mtuBytes: given 12.5, must be an integer from 576 to 65535"`,
    );
  });
  it("names the nearest value of a list", () => {
    expect(refusal("link", { ...link, transport: { ...transport, congestionControl: "cubik" } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /transport/congestionControl: given "cubik", did you mean "cubic"? (allowed: reno, cubic, bbr)"`,
    );
  });
  it("reports only the branch that its discriminator names", () => {
    expect(
      refusal("link", { ...link, forward: { ...direction, loss: { model: "bernoulli", probability: 2 } } }),
    ).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/loss/probability: given 2, must be a number from 0 to 1"`,
    );
  });
  it("names the nearest discriminator", () => {
    expect(
      refusal("link", { ...link, forward: { ...direction, loss: { model: "bernouli", probability: 0.1 } } }),
    ).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/loss/model: given "bernouli", did you mean "bernoulli"? (allowed: none, bernoulli, gilbert-elliott)"`,
    );
  });
  it("asks for a discriminator that is missing", () => {
    expect(refusal("link", { ...link, forward: { ...direction, loss: {} } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/loss: property "model" is missing (allowed: none, bernoulli, gilbert-elliott)"`,
    );
  });
  it("asks for an object where branches are objects", () => {
    expect(refusal("link", { ...link, forward: { ...direction, loss: "0.1%" } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/loss: given "0.1%", must be an object with "model""`,
    );
  });
  it("says that null is allowed", () => {
    expect(
      refusal("policy", { ...policy, switchover: { ...policy.switchover, downtimeLimitNs: 0, remainingPages: "x" } }),
    ).toMatchInlineSnapshot(
      `"my.json: not a valid policy: at /switchover/downtimeLimitNs: given 0, must be an integer from 1 to 9000000000000000, or null; at /switchover/remainingPages: given "x", must be an integer of at least 0, or null"`,
    );
  });
  it("picks the branch of a trigger by its properties", () => {
    const fault = { version: 1, kind: "kill", side: "source", when: { phase: "precopy", afterNs: 0 } };
    expect(refusal("scenario", { ...scenario, faults: [fault] })).toMatchInlineSnapshot(
      `"my.json: not a valid scenario: at /faults/0/when/phase: given "precopy", did you mean "pre-copy"? (allowed: setup, pre-copy, switchover, resume, post-copy, cleanup)"`,
    );
  });
  it("reports a fault of an unknown kind at the root", () => {
    expect(refusal("fault", { version: 1, kind: "partition", when: { atNs: 0 } })).toMatchInlineSnapshot(
      `"my.json: not a valid fault: at /kind: given "partition" (allowed: cancel, kill, freeze, blackhole, reset, corrupt, slow)"`,
    );
  });
  it("says that a version is newer and what to do, and nothing else", () => {
    expect(refusal("link", { ...link, version: 2, colour: 1 })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /version: version 2 is newer than this Longhaul knows (1); update Longhaul, or write version 1"`,
    );
  });
  it("refuses an older version", () => {
    expect(refusal("link", { ...link, version: 0 })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /version: given 0, must be 1"`,
    );
  });
  it("says that a part of a document is of a newer version", () => {
    expect(refusal("scenario", { ...scenario, guest: { ...guest, version: 3 } })).toMatchInlineSnapshot(
      `"my.json: not a valid scenario: at /guest/version: version 3 is newer than this Longhaul knows (1); update Longhaul, or write version 1"`,
    );
  });
  it("refuses a name that is no identifier", () => {
    expect(refusal("link", { ...link, id: "My Link" })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /id: given "My Link", must be a name of lower-case letters, digits, dots and dashes"`,
    );
  });
  it("refuses an empty list", () => {
    expect(refusal("workload", { ...workload, phases: [] })).toMatchInlineSnapshot(
      `"my.json: not a valid workload: at /phases: given 0 entries, must be 1 to 100000"`,
    );
  });
  it("refuses what is no object", () => {
    expect(refusal("guest", [guest])).toMatchInlineSnapshot(
      `"my.json: not a valid guest: given [{"version":1,"memoryBytes":1048576,"pageSizeBytes":4096,…, must be an object"`,
    );
  });
  it("names five problems and counts the others", () => {
    expect(refusal("guest", {})).toMatchInlineSnapshot(
      `"my.json: not a valid guest: property "version" is missing; property "memoryBytes" is missing; property "pageSizeBytes" is missing; property "vcpus" is missing; property "deviceStateBytes" is missing; and 1 more"`,
    );
  });
});

describe("what the rules refuse", () => {
  it("memory that is no multiple of the page size", () => {
    expect(refusal("guest", { ...guest, memoryBytes: 5000 })).toMatchInlineSnapshot(
      `"my.json: not a valid guest: at /memoryBytes: given 5000, must be a multiple of the page size (4096)"`,
    );
  });
  it("fills of more than all of memory", () => {
    expect(refusal("guest", { ...guest, fill: { ...guest.fill, zero: 0.9 } })).toMatchInlineSnapshot(
      `"my.json: not a valid guest: at /fill: zero, duplicate and compressible add up to 1.1, must be at most 1"`,
    );
  });
  it("a phase after one that lasts for ever", () => {
    const [phase] = workload.phases;
    expect(refusal("workload", { ...workload, phases: [phase, phase] })).toMatchInlineSnapshot(
      `"my.json: not a valid workload: at /phases/0/durationNs: null (for ever) is only for the last phase of a workload that does not repeat"`,
    );
  });
  it("an endless phase in a workload that repeats", () => {
    expect(refusal("workload", { ...workload, repeat: true })).toMatchInlineSnapshot(
      `"my.json: not a valid workload: at /phases/0/durationNs: null (for ever) is only for the last phase of a workload that does not repeat"`,
    );
  });
  it("a page trace that goes back in time", () => {
    const event = { atNs: 5, firstPage: 0, pages: 1, access: "read" };
    const trace = { kind: "page-trace", name: "t", events: [event, { ...event, atNs: 4 }] };
    expect(
      refusal("workload", { ...workload, phases: [{ durationNs: null, components: [trace] }] }),
    ).toMatchInlineSnapshot(
      `"my.json: not a valid workload: at /phases/0/components/0/events/1/atNs: given 4, must not be before the event ahead of it (5)"`,
    );
  });
  it("a region outside memory", () => {
    const phases = [{ durationNs: null, components: [{ ...component, lengthBytes: 2_097_152 }] }];
    expect(refusal("scenario", { ...scenario, workload: { ...workload, phases } })).toMatchInlineSnapshot(
      `"my.json: not a valid scenario: at /workload/phases/0/components/0: the uniform region ends at 2MiB, outside the guest's 1MiB"`,
    );
  });
  it("a trace of pages outside memory", () => {
    const events = [{ atNs: 0, firstPage: 250, pages: 10, access: "write" }];
    const phases = [{ durationNs: null, components: [{ kind: "page-trace", name: "t", events }] }];
    expect(refusal("scenario", { ...scenario, workload: { ...workload, phases } })).toMatchInlineSnapshot(
      `"my.json: not a valid scenario: at /workload/phases/0/components/0/events/0: pages 250 to 259 are outside the guest's 256 pages"`,
    );
  });
  it("a policy in which nothing can end the iteration", () => {
    const switchover = { downtimeLimitNs: null, remainingPages: null, downtimeSteps: null };
    expect(refusal("policy", { ...policy, switchover })).toMatchInlineSnapshot(
      `"my.json: not a valid policy: nothing can ever end the iteration: set switchover.downtimeLimitNs or switchover.remainingPages, rounds.max or rounds.maxMemoryFactor, or a limit under time"`,
    );
  });
  it("steps of downtime without a limit to lead to", () => {
    const switchover = { downtimeLimitNs: null, remainingPages: 5, downtimeSteps: { steps: 10, delayPerGiBNs: 1 } };
    expect(refusal("policy", { ...policy, switchover })).toMatchInlineSnapshot(
      `"my.json: not a valid policy: at /switchover/downtimeSteps: steps lead up to downtimeLimitNs, which is null; set it, or set downtimeSteps to null"`,
    );
  });
  it("a throttle that starts above its maximum", () => {
    const throttle = {
      kind: "auto-converge",
      triggerPercent: 50,
      initialPercent: 90,
      incrementPercent: 5,
      maxPercent: 80,
    };
    expect(refusal("policy", { ...policy, throttle })).toMatchInlineSnapshot(
      `"my.json: not a valid policy: at /throttle/initialPercent: given 90, must be at most maxPercent (80)"`,
    );
  });
  it("a link that loses everything", () => {
    const loss = { model: "bernoulli", probability: 1 };
    expect(refusal("link", { ...link, reverse: { ...direction, loss } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /reverse/loss/probability: given 1, must be less than 1: nothing would arrive"`,
    );
  });
  it("cross traffic that leaves nothing", () => {
    const crossTraffic = { rateBitsPerSecond: 1e9, flows: 0 };
    expect(refusal("link", { ...link, reverse: { ...direction, crossTraffic } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /reverse/crossTraffic/rateBitsPerSecond: given 1000000000, must leave something of the link's rate (1000000000)"`,
    );
  });
  it("a delivery trace that goes back", () => {
    const trace = { name: "t", opportunitiesMs: [3, 2] };
    expect(refusal("link", { ...link, forward: { ...direction, trace } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/trace/opportunitiesMs/1: given 2, must not be less than the entry ahead of it (3)"`,
    );
  });
  it("a delivery trace of no length", () => {
    const trace = { name: "t", opportunitiesMs: [0] };
    expect(refusal("link", { ...link, forward: { ...direction, trace } })).toMatchInlineSnapshot(
      `"my.json: not a valid link: at /forward/trace/opportunitiesMs: the last entry is 0, must be at least 1"`,
    );
  });
  it("a claim whose range is empty", () => {
    const claim = {
      version: 1,
      id: "c",
      title: "t",
      sentence: "s",
      source: "s",
      verified: true,
      conditions: { roundTripNs: { min: 5, max: 1 } },
      bounds: { downtimeNs: 1 },
    };
    expect(refusal("claim", claim)).toMatchInlineSnapshot(
      `"my.json: not a valid claim: at /conditions/roundTripNs: min 5 is greater than max 1"`,
    );
  });
});

describe("policies that are accepted", () => {
  it.each([
    ["rounds.max", { rounds: { ...policy.rounds, max: 3 } }],
    ["rounds.maxMemoryFactor", { rounds: { ...policy.rounds, maxMemoryFactor: 3 } }],
    ["time.totalLimitNs", { time: { ...policy.time, totalLimitNs: 1 } }],
    ["time.perGiBLimitNs", { time: { ...policy.time, perGiBLimitNs: 1 } }],
    ["time.progressLimitNs", { time: { ...policy.time, progressLimitNs: 1 } }],
    ["postCopy.afterRounds", { postCopy: { afterRounds: 0 } }],
  ])("%s alone is a bound", (_name, change) => {
    const switchover = { downtimeLimitNs: null, remainingPages: null, downtimeSteps: null };
    expect(documentProblems("policy", { ...policy, switchover, ...change })).toEqual([]);
  });
});

describe("start-up", () => {
  it("does not load ajv until a document is checked", () => {
    const text = readFileSync(new URL("./validate.ts", import.meta.url), "utf8");
    expect(text.match(/^import (?!type).*"ajv"/m)).toBeNull();
  });
  it("has a schema for every kind of document", () => {
    expect(Object.keys(schemas).sort()).toMatchInlineSnapshot(`
      [
        "claim",
        "engine-manifest",
        "fault",
        "guest",
        "link",
        "policy",
        "record",
        "scenario",
        "trace",
        "workload",
      ]
    `);
  });
});
