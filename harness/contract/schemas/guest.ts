import type { FromSchema } from "json-schema-to-ts";
import { bytes, identifier, provenanceProperties, share } from "./common.ts";

export const guestSchema = {
  $id: "longhaul:guest:1",
  title: "Guest",
  description: "A virtual machine: memory with its initial contents, vCPUs, device state.",
  type: "object",
  additionalProperties: false,
  required: ["version", "memoryBytes", "pageSizeBytes", "vcpus", "deviceStateBytes", "fill"],
  properties: {
    version: { const: 1 },
    id: identifier,
    title: { type: "string" },
    ...provenanceProperties,
    memoryBytes: { ...bytes, minimum: 4096, description: "a multiple of the page size" },
    pageSizeBytes: { enum: [4096, 2097152, 1073741824] },
    vcpus: { type: "integer", minimum: 1, maximum: 4096 },
    deviceStateBytes: bytes,
    fill: {
      type: "object",
      additionalProperties: false,
      required: ["zero", "duplicate", "compressible", "compressedShare"],
      description:
        "shares of the initial pages by content; what is left is random. Laid out in stripes of 1,024 pages.",
      properties: {
        zero: share,
        duplicate: { ...share, description: "pages whose bytes are all the same, but not zero" },
        compressible: share,
        compressedShare: { ...share, description: "size of a compressible page after compression, as a share" },
      },
    },
  },
} as const;

export type Guest = FromSchema<typeof guestSchema>;
