/** Lists of names as they are given on a command line. */
import { UsageError } from "../base/errors.ts";

/** Splits at commas that are not inside parentheses. */
const splitCommas = (text: string): string[] => text.split(/,(?![^(]*\))/).map((part) => part.trim());

function refuseEmpty(parts: readonly string[], given: string, option: string): void {
  if (given.trim() === "") throw new UsageError(`${option} is empty; name something, or leave the option out`);
  if (parts.includes("")) throw new UsageError(`${option} "${given}" has an empty name in its list`);
}

/** Whether a name is (the beginning of) a canonical link, such as `rate=1Gbps` or `outage@10s+2s`. */
export const looksLikeSpec = (name: string): boolean => /^[\w.]+[=@]/.test(name);

const unique = (names: readonly string[]): string[] => [...new Set(names)];

/** "a,b" and "c" → a, b, c. */
export function splitNames(lists: readonly string[], option: string): string[] {
  return unique(
    lists.flatMap((list) => {
      const parts = splitCommas(list);
      refuseEmpty(parts, list, option);
      return parts;
    }),
  );
}

/**
 * As `splitNames`, but neighbours that look like parts of a canonical link (`key=value`, `outage@10s+2s`) stay together:
 * "lan-1g,rate=1Gbps,rtt=20ms" is two links. Two canonical links are kept apart by `;`.
 */
export function splitLinks(lists: readonly string[], option: string): string[] {
  const links: string[] = [];
  for (const list of lists) {
    for (const group of list.split(";")) {
      const parts = splitCommas(group);
      refuseEmpty(parts, list.trim() === "" ? list : group, option);
      let open = false;
      for (const part of parts) {
        const isSpec = looksLikeSpec(part);
        if (isSpec && open) links[links.length - 1] += `,${part}`;
        else links.push(part);
        open = isSpec;
      }
    }
  }
  return unique(links);
}
