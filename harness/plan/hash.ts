/** Hashes of documents by what they say, not by how they are written. */
import { createHash } from "node:crypto";

/** What a document says of itself; a better title does not make it another scenario. */
const PROVENANCE = new Set(["id", "title", "source", "verified", "notes"]);

/** JSON with sorted keys and without provenance: equal for documents that ask for the same. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([name, inner]) => inner !== undefined && !PROVENANCE.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
  return `{${members.join(",")}}`;
}

/** Eight hex digits of SHA-256 over the canonical JSON. */
export const contentHash = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 8);
