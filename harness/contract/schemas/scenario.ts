import type { FromSchema } from "json-schema-to-ts";
import { bytes, identifier, nanoseconds, provenanceProperties } from "./common.ts";
import { faultSchema } from "./fault.ts";
import { guestSchema } from "./guest.ts";
import { workloadSchema } from "./workload.ts";

/** How pages become bytes. */
export const transferSchema = {
  type: "object",
  additionalProperties: false,
  required: ["zeroPages", "duplicatePages", "deltaCacheBytes", "compression"],
  properties: {
    zeroPages: {
      enum: ["send", "header", "skip"],
      description: "whole page, a header of a few bytes, or nothing at all",
    },
    duplicatePages: { enum: ["send", "header"] },
    deltaCacheBytes: { ...bytes, description: "0: off; else the size of the page cache for delta encoding (XBZRLE)" },
    compression: { enum: ["none", "zlib", "zstd", "qpl"] },
    demandPages: {
      enum: ["own-channel", "page-stream"],
      description:
        "post-copy: pages asked for travel on a channel of their own (default), or queue behind the page stream",
    },
  },
} as const;

/** What the hosts' processors cost the migration. Every rate is per migration thread. */
export const hostSchema = {
  type: "object",
  additionalProperties: false,
  required: [
    "scanBytesPerSecond",
    "sendBytesPerSecondPerThread",
    "compressBytesPerSecondPerThread",
    "setupNs",
    "resumeNs",
  ],
  properties: {
    ...provenanceProperties,
    scanBytesPerSecond: { type: "number", exclusiveMinimum: 0, description: "finding zero pages, one thread" },
    sendBytesPerSecondPerThread: { type: "number", exclusiveMinimum: 0, description: "copying pages into a socket" },
    compressBytesPerSecondPerThread: { type: "number", exclusiveMinimum: 0 },
    setupNs: { ...nanoseconds, description: "before the first page: connections, dirty log, destination start" },
    resumeNs: {
      ...nanoseconds,
      description: "from the last byte of state to the first instruction on the destination",
    },
    faultHandlingNs: {
      ...nanoseconds,
      description: "post-copy: both hosts' own time for a demand fault, beside the network's; default 0",
    },
  },
} as const;

export const scenarioSchema = {
  $id: "longhaul:scenario:1",
  title: "Scenario",
  description: "A guest, its workload, the parameters of the migration, and when the harness stops waiting.",
  type: "object",
  additionalProperties: false,
  required: ["version", "guest", "workload", "transfer", "host", "warmUpNs", "giveUpNs", "faults", "prePagingPages"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    ...provenanceProperties,
    guest: guestSchema,
    workload: workloadSchema,
    transfer: transferSchema,
    host: hostSchema,
    prePagingPages: { type: "integer", minimum: 0, description: "post-copy: pages sent along around a faulting page" },
    warmUpNs: { ...nanoseconds, description: "the workload runs so long before the migration is asked for" },
    giveUpNs: { ...nanoseconds, minimum: 1, description: "the harness cancels a migration that lasts longer" },
    faults: { type: "array", items: faultSchema, maxItems: 64 },
  },
} as const;

export type Transfer = FromSchema<typeof transferSchema>;
export type Host = FromSchema<typeof hostSchema>;
export type Scenario = FromSchema<typeof scenarioSchema>;
