/** Errors that a user can mend. Everything else that is thrown is a bug in Longhaul (exit code 70). */

/** Wrong usage or configuration: says what was given, where, what is allowed, what to do next. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The Damerau-free Levenshtein distance, bounded: returns `limit + 1` as soon as it is exceeded. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length];
}

/** The known name nearest to what was given, or null when none is near. */
export function nearestName(given: string, known: readonly string[]): string | null {
  const limit = Math.max(2, Math.floor(given.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase(), limit);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  if (best !== null) return best;
  return known.find((name) => name.startsWith(given) || given.startsWith(name)) ?? null;
}

/** An unknown name: suggests the nearest, else lists what is allowed. */
export function unknownName(kind: string, given: string, known: readonly string[], where?: string): UsageError {
  const nearest = nearestName(given, known);
  const shown =
    known.length <= 12 ? known.join(", ") : `${known.slice(0, 12).join(", ")} and ${known.length - 12} more`;
  const hint = nearest !== null ? `did you mean "${nearest}"?` : `known: ${shown}`;
  return new UsageError(`unknown ${kind} "${given}"${where ? ` at ${where}` : ""}; ${hint}`);
}
