import type { FromSchema } from "json-schema-to-ts";
import { bytes, identifier, nanoseconds, provenanceProperties } from "./common.ts";

const region = {
  startBytes: { ...bytes, description: "offset of the region in guest memory" },
  lengthBytes: { ...bytes, minimum: 1, description: "length of the region" },
} as const;

const rates = {
  writesPerSecond: {
    type: "number",
    minimum: 0,
    description: "page writes per second at full speed, all vCPUs together",
  },
  readsPerSecond: {
    type: "number",
    minimum: 0,
    description: "page reads per second at full speed, all vCPUs together",
  },
} as const;

/**
 * One stream of accesses. Accesses of `uniform` and `zipf` arrive as a Poisson process, so the unique pages that an
 * interval dirties saturate as it grows; `sequential` sweeps its region round and round.
 */
export const componentSchema = {
  oneOf: [
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "startBytes", "lengthBytes", "writesPerSecond", "readsPerSecond"],
      properties: { kind: { const: "uniform" }, ...region, ...rates },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "startBytes", "lengthBytes", "writesPerSecond", "readsPerSecond", "exponent"],
      description: "weight of the page of rank r is r^-exponent, constant within a factor-of-two band of ranks",
      properties: {
        kind: { const: "zipf" },
        ...region,
        ...rates,
        exponent: { type: "number", exclusiveMinimum: 0, maximum: 4 },
      },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "startBytes", "lengthBytes", "writesPerSecond", "readsPerSecond"],
      properties: { kind: { const: "sequential" }, ...region, ...rates },
    },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "name", "events"],
      description: "a recorded page trace: at each time the pages [firstPage, firstPage + pages) are written or read",
      properties: {
        kind: { const: "page-trace" },
        name: { type: "string" },
        events: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["atNs", "firstPage", "pages", "access"],
            properties: {
              atNs: nanoseconds,
              firstPage: { type: "integer", minimum: 0 },
              pages: { type: "integer", minimum: 1 },
              access: { enum: ["read", "write"] },
            },
          },
        },
      },
    },
  ],
} as const;

export const workloadSchema = {
  $id: "longhaul:workload:1",
  title: "Workload",
  description: "How the guest's programs write and read memory over time.",
  type: "object",
  additionalProperties: false,
  required: ["version", "phases", "repeat", "changedBytesPerWrite", "writtenFill"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    ...provenanceProperties,
    phases: {
      type: "array",
      minItems: 1,
      maxItems: 100000,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["durationNs", "components"],
        properties: {
          durationNs: {
            oneOf: [{ type: "null" }, { ...nanoseconds, minimum: 1 }],
            description: "null: for ever (last phase only). Phases follow wall time, whether or not the guest runs.",
          },
          components: { type: "array", items: componentSchema, maxItems: 64 },
        },
      },
    },
    repeat: { type: "boolean", description: "start again with the first phase after the last" },
    changedBytesPerWrite: {
      type: "integer",
      minimum: 1,
      description: "bytes that one write changes in a page; for delta encoding",
    },
    writtenFill: { enum: ["compressible", "random"], description: "what a written page holds; for compression" },
  },
} as const;

export type WorkloadComponent = FromSchema<typeof componentSchema>;
export type Workload = FromSchema<typeof workloadSchema>;
