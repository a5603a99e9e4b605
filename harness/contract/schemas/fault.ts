import type { FromSchema } from "json-schema-to-ts";
import { nanoseconds } from "./common.ts";

export const PHASES = ["setup", "pre-copy", "switchover", "resume", "post-copy", "cleanup"] as const;
export type Phase = (typeof PHASES)[number];

const trigger = {
  oneOf: [
    { type: "object", additionalProperties: false, required: ["atNs"], properties: { atNs: nanoseconds } },
    {
      type: "object",
      additionalProperties: false,
      required: ["phase", "afterNs"],
      description: "so long after the engine first enters the phase",
      properties: { phase: { enum: PHASES }, afterNs: nanoseconds },
    },
  ],
} as const;

const side = { enum: ["source", "destination"] } as const;
const duration = { oneOf: [{ type: "null" }, { ...nanoseconds, minimum: 1 }], description: "null: for ever" } as const;
const object = <const P extends object, const R extends readonly string[]>(properties: P, required: R) =>
  ({ type: "object", additionalProperties: false, required, properties }) as const;

/** What is done to a migration from outside, at a time or at a phase. `cancel` is the operator's own request. */
export const faultSchema = {
  $id: "longhaul:fault:1",
  title: "Fault",
  oneOf: [
    object({ version: { const: 1 }, kind: { const: "cancel" }, when: trigger }, ["version", "kind", "when"]),
    object({ version: { const: 1 }, kind: { const: "kill" }, when: trigger, side }, [
      "version",
      "kind",
      "when",
      "side",
    ]),
    object({ version: { const: 1 }, kind: { const: "freeze" }, when: trigger, side, durationNs: duration }, [
      "version",
      "kind",
      "when",
      "side",
      "durationNs",
    ]),
    object(
      {
        version: { const: 1 },
        kind: { const: "blackhole" },
        when: trigger,
        durationNs: duration,
        direction: { enum: ["forward", "reverse", "both"] },
      },
      ["version", "kind", "when", "durationNs", "direction"],
    ),
    object({ version: { const: 1 }, kind: { const: "reset" }, when: trigger }, ["version", "kind", "when"]),
    object(
      {
        version: { const: 1 },
        kind: { const: "corrupt" },
        when: trigger,
        direction: { enum: ["forward", "reverse"] },
        frames: { type: "integer", minimum: 1 },
      },
      ["version", "kind", "when", "direction", "frames"],
    ),
    object(
      {
        version: { const: 1 },
        kind: { const: "slow" },
        when: trigger,
        durationNs: duration,
        rateBitsPerSecond: { type: "number", exclusiveMinimum: 0 },
      },
      ["version", "kind", "when", "durationNs", "rateBitsPerSecond"],
    ),
  ],
} as const;

export type Fault = FromSchema<typeof faultSchema>;
export type FaultTrigger = Fault["when"];
