/** Durations, rates and sizes written as text in files ("250ms", "1Gbps", "4GiB") become numbers before validation. */
import { UsageError } from "../../base/errors.ts";
import { parseDurationNs, parseRateBitsPerSecond, parseSizeBytes } from "../../base/units.ts";
import { MAX_DEPTH } from "./json.ts";
import { type Problem, pointer } from "./problem.ts";

function parserFor(property: string): ((text: string) => number) | null {
  if (property.endsWith("Ns")) return parseDurationNs;
  if (property.endsWith("BitsPerSecond")) return parseRateBitsPerSecond;
  if (property.endsWith("Bytes")) return parseSizeBytes;
  return null;
}

/** Changes `value` in place; it must be fresh from the parser. Text that is no quantity is a problem and stays as it is. */
export function normaliseQuantities(value: unknown, path: readonly string[] = []): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  if (path.length > MAX_DEPTH)
    return [{ pointer: pointer(path.slice(0, 4)), sentence: `nested deeper than ${MAX_DEPTH} levels` }];
  const object = value as Record<string, unknown>;
  const problems: Problem[] = [];
  for (const property of Object.keys(object)) {
    const inner = object[property];
    const parser = typeof inner === "string" ? parserFor(property) : null;
    if (parser === null) {
      problems.push(...normaliseQuantities(inner, [...path, property]));
      continue;
    }
    try {
      object[property] = parser(inner as string);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push({ pointer: pointer([...path, property]), sentence: error.message });
    }
  }
  return problems;
}
