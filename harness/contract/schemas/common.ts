/** Fragments that several schemas share. Units are the last word of every name. */

/** Where a figure comes from; `verified: false` marks what was not read in the source itself. */
export const provenanceProperties = {
  source: { type: "string", minLength: 1, description: "where the figures come from" },
  verified: { type: "boolean", description: "false: from memory, not read in the source" },
} as const;

export const nanoseconds = { type: "integer", minimum: 0, maximum: 9_000_000_000_000_000 } as const;
export const bytes = { type: "integer", minimum: 0, maximum: 9_000_000_000_000_000 } as const;
export const share = { type: "number", minimum: 0, maximum: 1 } as const;
export const identifier = { type: "string", pattern: "^[a-z0-9][a-z0-9.-]*$" } as const;
