import type { FromSchema } from "json-schema-to-ts";
import { bytes, identifier, nanoseconds, share } from "./common.ts";

const range = (item: { readonly type: "number" | "integer"; readonly minimum: number }) =>
  ({ type: "object", additionalProperties: false, minProperties: 1, properties: { min: item, max: item } }) as const;
const amount = { type: "number", minimum: 0 } as const;

/** A vendor's sentence as data. Conditions that are not named are open: a check has to explore them. */
export const claimSchema = {
  $id: "longhaul:claim:1",
  title: "Claim",
  type: "object",
  additionalProperties: false,
  required: ["version", "id", "title", "sentence", "source", "verified", "conditions", "bounds"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    sentence: { type: "string", description: "what is claimed, in one sentence of our own" },
    source: { type: "string", minLength: 1 },
    verified: { type: "boolean" },
    policy: identifier,
    conditions: {
      type: "object",
      additionalProperties: false,
      properties: {
        roundTripNs: range(amount),
        rateBitsPerSecond: range(amount),
        lossShare: range(amount),
        memoryBytes: range(amount),
        dirtyBytesPerSecond: range(amount),
        concurrentMigrations: range(amount),
      },
    },
    bounds: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: {
        downtimeNs: nanoseconds,
        totalTimeNs: nanoseconds,
        bytes,
        rounds: { type: "integer", minimum: 0 },
        successShare: share,
      },
    },
  },
} as const;

export type Claim = FromSchema<typeof claimSchema>;
