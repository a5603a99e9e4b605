import type { Trace } from "../../contract/index.ts";
import { lostWithItsHost } from "../timeline.ts";
import { type Check, observe } from "./check.ts";

/** What the audit found wrong, in words; empty when nothing is. */
export function damageOf(memory: Trace["memory"]): string[] {
  const counts: [number, string][] = [
    [memory.missingPages, "missing"],
    [memory.stalePages, "stale"],
    [memory.corruptPages, "corrupt"],
    [memory.overwrittenPages, "overwritten after the guest ran on them"],
  ];
  const damage = counts
    .filter(([pages]) => pages > 0)
    .map(([pages, what]) => `${pages} ${pages === 1 ? "page" : "pages"} ${what}`);
  if (memory.owner === "none") damage.unshift("no side runs the guest");
  if (memory.deviceState !== "intact") damage.push(`device state ${memory.deviceState}`);
  if (memory.checkedPages === 0) damage.push("no page could be checked");
  const first = memory.firstDamagedPage;
  if (damage.length > 0 && first != null) damage.push(`first damaged page ${first}`);
  return damage;
}

/**
 * A guest that died with its only host before the move is left out: no migration can keep it. One that runs nowhere
 * for any other reason, also because the destination was killed after the switchover, has lost its memory.
 */
export const memoryIntact: Check = {
  id: "memory-intact",
  level: "MUST",
  requirement:
    "The side that runs the guest in the end MUST hold every page and the device state exactly as the guest last wrote them.",
  judge(trace) {
    if (lostWithItsHost(trace)) return null;
    const { memory } = trace;
    const damage = damageOf(memory);
    return observe(damage.length === 0, {
      expected: `all ${memory.pages} pages and the device state intact on the ${memory.owner === "none" ? "side that runs the guest" : memory.owner}`,
      actual:
        damage.length === 0 ? `${memory.checkedPages} pages checked (${memory.mode}), none damaged` : damage.join(", "),
    });
  },
};
