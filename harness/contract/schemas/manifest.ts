import type { FromSchema } from "json-schema-to-ts";
import { identifier } from "./common.ts";

/** What an engine declares before anything is asked of it; what it lacks is `unsupported`, never guessed from a failure. */
export const CAPABILITIES = [
  "pre-copy",
  "post-copy",
  "cancel",
  "streams",
  "delta",
  "compression",
  "auto-converge",
  "dirty-limit",
  "stun-during-page-send",
  "bandwidth-cap",
  "huge-pages",
  "pre-paging",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const manifestSchema = {
  $id: "longhaul:engine-manifest:1",
  title: "Engine manifest",
  type: "object",
  additionalProperties: false,
  required: ["version", "name", "title", "description", "worlds", "capabilities"],
  properties: {
    version: { const: 1 },
    name: identifier,
    title: { type: "string" },
    description: { type: "string" },
    paper: { type: "string", description: "the publication whose algorithm this is" },
    worlds: { type: "array", minItems: 1, uniqueItems: true, items: { enum: ["virtual", "live"] } },
    capabilities: { type: "array", uniqueItems: true, items: { enum: CAPABILITIES } },
  },
} as const;

export type EngineManifest = FromSchema<typeof manifestSchema>;
