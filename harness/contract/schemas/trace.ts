import type { FromSchema } from "json-schema-to-ts";
import { bytes, nanoseconds, share } from "./common.ts";
import { PHASES } from "./fault.ts";

const count = { type: "integer", minimum: 0 } as const;
const side = { enum: ["source", "destination"] } as const;
const series = { type: "array", items: { type: "number" } } as const;

/** How a migration ended. `gave-up` and `cancelled` are clean ends: the guest runs on at the source. */
export const OUTCOMES = ["completed", "gave-up", "cancelled", "failed", "stalled"] as const;
/** How it converged, in the field's words. */
export const CONVERGENCE = [
  "converged",
  "throttled",
  "forced",
  "switched-to-post-copy",
  "gave-up",
  "stalled",
  "load-stopped",
  "not-applicable",
] as const;
export type Convergence = (typeof CONVERGENCE)[number];

export const traceEventSchema = {
  type: "object",
  additionalProperties: false,
  required: ["atNs", "by", "kind"],
  description: "`by` says who says so: the witness, or the engine of itself",
  properties: {
    atNs: nanoseconds,
    by: { enum: ["witness", "engine"] },
    kind: {
      enum: [
        "asked",
        "phase",
        "round",
        "sync",
        "guest-running",
        "guest-stopped",
        "throttle",
        "switch-to-post-copy",
        "last-page",
        "fault-injected",
        "fault-cleared",
        "connection-lost",
        "cancel-refused",
        "note",
        "ended",
      ],
    },
    side,
    phase: { enum: PHASES },
    round: count,
    pages: { ...count, description: "round: pages sent in it; sync: pages found dirty; last-page: pages present" },
    bytes,
    share: { ...share, description: "throttle: how much of the vCPUs' time is taken away" },
    text: { type: "string" },
  },
} as const;

export const traceSchema = {
  $id: "longhaul:trace:1",
  title: "Trace",
  description:
    "What was seen of one migration, on the harness's clock. Time 0 is the moment the migration was asked for.",
  type: "object",
  additionalProperties: false,
  required: ["version", "world", "conditions", "outcome", "events", "series", "memory", "guest", "link", "claims"],
  properties: {
    version: { const: 1 },
    world: { enum: ["virtual", "live"] },
    conditions: {
      type: "object",
      additionalProperties: false,
      description: "what the judge needs to know of what was asked",
      required: [
        "memoryBytes",
        "pageSizeBytes",
        "downtimeLimitNs",
        "maxRounds",
        "preCopyBytesPerSecond",
        "postCopyBytesPerSecond",
        "giveUpNs",
        "policyLimitNs",
        "goodputCeilingBytesPerSecond",
        "roundTripNs",
        "bandwidthDelayBytes",
        "faults",
      ],
      properties: {
        memoryBytes: bytes,
        pageSizeBytes: bytes,
        downtimeLimitNs: { oneOf: [{ type: "null" }, nanoseconds] },
        maxRounds: { oneOf: [{ type: "null" }, count] },
        preCopyBytesPerSecond: { oneOf: [{ type: "null" }, { type: "number" }] },
        postCopyBytesPerSecond: { oneOf: [{ type: "null" }, { type: "number" }] },
        giveUpNs: nanoseconds,
        policyLimitNs: {
          oneOf: [{ type: "null" }, nanoseconds],
          description: "when the policy itself must have ended it",
        },
        goodputCeilingBytesPerSecond: { type: "number", description: "of the forward direction, after framing" },
        roundTripNs: nanoseconds,
        bandwidthDelayBytes: bytes,
        faults: { type: "array", items: { type: "string" }, description: "kinds of the faults planned" },
        remainingPages: {
          oneOf: [{ type: "null" }, count],
          description: "the policy lets the guest move once at most so many pages remain",
        },
        deviceStateBytes: bytes,
        sendBufferBytes: { ...bytes, description: "of all page streams together" },
        resumeNs: { ...nanoseconds, description: "what the destination host needs to start a guest" },
      },
    },
    outcome: {
      type: "object",
      additionalProperties: false,
      required: ["kind", "reason", "convergence"],
      properties: {
        kind: { enum: OUTCOMES },
        reason: { type: "string", description: "the engine's own words, or the harness's when the engine had none" },
        convergence: { enum: CONVERGENCE, description: "claimed by the engine" },
      },
    },
    events: { type: "array", items: traceEventSchema },
    series: {
      type: "object",
      additionalProperties: false,
      required: ["stepNs", "remainingBytes", "dirtyBytesPerSecond", "goodputBytesPerSecond", "throttleShare", "faults"],
      description: "evenly spaced from time 0; rates are means over the step that ends at the sample",
      properties: {
        stepNs: nanoseconds,
        remainingBytes: series,
        dirtyBytesPerSecond: series,
        goodputBytesPerSecond: series,
        throttleShare: series,
        faults: series,
      },
    },
    memory: {
      type: "object",
      additionalProperties: false,
      required: [
        "owner",
        "mode",
        "pages",
        "checkedPages",
        "missingPages",
        "stalePages",
        "corruptPages",
        "overwrittenPages",
        "deviceState",
      ],
      description: "audit of all memory on the side that runs in the end",
      properties: {
        owner: { enum: ["source", "destination", "none", "both"], description: "who runs the guest in the end" },
        mode: { enum: ["exact", "sampled"] },
        pages: count,
        checkedPages: count,
        missingPages: count,
        stalePages: { ...count, description: "hold an older content than the guest last wrote" },
        corruptPages: { ...count, description: "hold a content that was never written to them" },
        overwrittenPages: { ...count, description: "replaced on the destination after the guest ran on them" },
        deviceState: { enum: ["intact", "missing", "stale"] },
        firstDamagedPage: { oneOf: [{ type: "null" }, count] },
      },
    },
    guest: {
      type: "object",
      additionalProperties: false,
      required: ["workWanted", "workDone", "pausedNs", "throttledNs", "stalledNs", "faults", "faultLatencyNs"],
      description: "page accesses that the workload wanted to make and made, from time 0 to the end",
      properties: {
        workWanted: { type: "number" },
        workDone: { type: "number" },
        pausedNs: { type: "number", description: "all vCPUs stopped" },
        throttledNs: { type: "number", description: "vCPU-time taken by throttling, divided by vCPUs" },
        stalledNs: { type: "number", description: "vCPU-time spent waiting for pages, divided by vCPUs" },
        faults: count,
        faultLatencyNs: {
          type: "object",
          additionalProperties: false,
          required: ["mean", "p50", "p99", "max"],
          properties: {
            mean: { type: "number" },
            p50: { type: "number" },
            p99: { type: "number" },
            max: { type: "number" },
          },
        },
      },
    },
    link: {
      type: "object",
      additionalProperties: false,
      required: [
        "forwardBytes",
        "reverseBytes",
        "pageBytes",
        "lostPackets",
        "timeouts",
        "peakQueueBytes",
        "maxPreCopyBytesPerSecond",
        "maxPostCopyBytesPerSecond",
      ],
      description: "the tap's count of payload bytes, from time 0",
      properties: {
        forwardBytes: bytes,
        reverseBytes: bytes,
        pageBytes: { ...bytes, description: "least bytes that the page contents seen on the tap can take" },
        lostPackets: count,
        timeouts: count,
        peakQueueBytes: { type: "number" },
        maxPreCopyBytesPerSecond: {
          type: "number",
          description: "highest mean of the page streams over any second (or whole phase if shorter)",
        },
        maxPostCopyBytesPerSecond: { type: "number" },
      },
    },
    claims: {
      type: "object",
      additionalProperties: false,
      required: ["totalTimeNs", "downtimeNs", "bytes", "rounds", "pages"],
      description: "what the engine says of itself; null where it says nothing",
      properties: {
        totalTimeNs: { oneOf: [{ type: "null" }, { type: "number" }] },
        downtimeNs: { oneOf: [{ type: "null" }, { type: "number" }] },
        bytes: { oneOf: [{ type: "null" }, { type: "number" }] },
        rounds: { oneOf: [{ type: "null" }, { type: "number" }] },
        pages: { oneOf: [{ type: "null" }, { type: "number" }] },
      },
    },
  },
} as const;

export type TraceEvent = FromSchema<typeof traceEventSchema>;
export type Trace = FromSchema<typeof traceSchema>;
export type Outcome = Trace["outcome"];
export type Claims = Trace["claims"];
