import type { FromSchema } from "json-schema-to-ts";
import { identifier, nanoseconds, provenanceProperties } from "./common.ts";

const onLimit = { enum: ["switchover", "post-copy", "give-up"] } as const;
const nullable = <const T extends object>(schema: T) => ({ oneOf: [{ type: "null" }, schema] }) as const;

export const throttleSchema = {
  oneOf: [
    { type: "object", additionalProperties: false, required: ["kind"], properties: { kind: { const: "none" } } },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "triggerPercent", "initialPercent", "incrementPercent", "maxPercent"],
      description:
        "QEMU auto-converge: when a period dirties more than trigger % of what it sent, twice, slow the vCPUs",
      properties: {
        kind: { const: "auto-converge" },
        triggerPercent: { type: "integer", minimum: 1, maximum: 100 },
        initialPercent: { type: "integer", minimum: 1, maximum: 99 },
        incrementPercent: { type: "integer", minimum: 1, maximum: 99 },
        maxPercent: { type: "integer", minimum: 1, maximum: 99 },
        triggerPeriods: {
          type: "integer",
          minimum: 1,
          maximum: 100,
          description: "high periods before each step; default 2 (QEMU today), 3 in QEMU 2.6, 6 in the code of 2013",
        },
        skipsFirstPass: {
          type: "boolean",
          description:
            "the pass over all of memory is no period (QEMU before 5.0 knew no dirty rate by then); default false",
        },
      },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "bytesPerSecondPerVcpu", "periodNs"],
      description: "QEMU dirty-limit: each vCPU may dirty at most so many bytes per second once migration lags",
      properties: {
        kind: { const: "dirty-limit" },
        bytesPerSecondPerVcpu: { type: "number", exclusiveMinimum: 0 },
        periodNs: { ...nanoseconds, minimum: 1 },
      },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "dirtyToSendRatio", "maxPercent"],
      description:
        "vMotion's stun during page send: vCPUs are slowed so that they dirty less than the share given of what is sent",
      properties: {
        kind: { const: "stun-during-page-send" },
        dirtyToSendRatio: { type: "number", exclusiveMinimum: 0, maximum: 1 },
        maxPercent: { type: "integer", minimum: 1, maximum: 99 },
      },
    },
  ],
} as const;

export const policySchema = {
  $id: "longhaul:policy:1",
  title: "Policy",
  description: "When an engine stops iterating, throttles, switches to post-copy, gives up. null switches a rule off.",
  type: "object",
  additionalProperties: false,
  required: ["version", "bandwidth", "switchover", "rounds", "time", "throttle", "postCopy"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    ...provenanceProperties,
    notes: { type: "array", items: { type: "string" }, description: "which figures are unverified, and assumptions" },
    bandwidth: {
      type: "object",
      additionalProperties: false,
      required: ["preCopyBytesPerSecond", "postCopyBytesPerSecond"],
      properties: {
        preCopyBytesPerSecond: nullable({ type: "number", exclusiveMinimum: 0 }),
        postCopyBytesPerSecond: nullable({ type: "number", exclusiveMinimum: 0 }),
      },
    },
    switchover: {
      type: "object",
      additionalProperties: false,
      required: ["downtimeLimitNs", "remainingPages", "downtimeSteps"],
      description:
        "switch over once the remainder fits the downtime limit at the measured rate, or is at most so many pages",
      properties: {
        downtimeLimitNs: nullable({ ...nanoseconds, minimum: 1 }),
        remainingPages: nullable({ type: "integer", minimum: 0 }),
        downtimeSteps: nullable({
          type: "object",
          additionalProperties: false,
          required: ["steps", "delayPerGiBNs"],
          description:
            "libvirt/Nova: raise the allowed downtime to its limit in steps, one per delay (scaled by memory)",
          properties: { steps: { type: "integer", minimum: 2 }, delayPerGiBNs: { ...nanoseconds, minimum: 1 } },
        }),
      },
    },
    rounds: {
      type: "object",
      additionalProperties: false,
      required: ["max", "maxMemoryFactor", "onLimit"],
      description:
        "at most so many rounds (a round: one pass over the pages found dirty), or so many times the memory sent",
      properties: {
        max: nullable({ type: "integer", minimum: 1 }),
        maxMemoryFactor: nullable({ type: "number", minimum: 1 }),
        onLimit,
      },
    },
    time: {
      type: "object",
      additionalProperties: false,
      required: ["totalLimitNs", "perGiBLimitNs", "progressLimitNs", "onLimit"],
      properties: {
        totalLimitNs: nullable({ ...nanoseconds, minimum: 1 }),
        perGiBLimitNs: nullable({ ...nanoseconds, minimum: 1 }),
        progressLimitNs: nullable({
          ...nanoseconds,
          minimum: 1,
          description: "no new minimum of remaining memory for so long",
        }),
        onLimit,
      },
    },
    throttle: throttleSchema,
    postCopy: nullable({
      type: "object",
      additionalProperties: false,
      required: ["afterRounds"],
      description:
        "an engine that can do both switches to post-copy after so many rounds, whether or not it would converge",
      properties: { afterRounds: nullable({ type: "integer", minimum: 0 }) },
    }),
    skipDirtiedAhead: {
      type: "boolean",
      description:
        "leave out pages that were dirtied again before the cursor reached them (Xen's to_skip); default false",
    },
  },
} as const;

export type Throttle = FromSchema<typeof throttleSchema>;
export type Policy = FromSchema<typeof policySchema>;
