import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { policy } from "./parts.ts";

export const xenPolicies: readonly Policy[] = [
  policy(
    {
      id: "xen-classic",
      title:
        "Xen, xc_domain_save: at most 29 rounds or 3 times the memory, or under 50 dirty pages, then stop and copy",
      source: "Xen tools/libxc/xc_domain_save.c",
      verified: true,
      notes: ["Pages that are dirtied again before the cursor reaches them are left out of the round (to_skip)."],
    },
    {
      // Fewer than 50: at most 49.
      switchover: { remainingPages: 49 },
      rounds: { max: 29, maxMemoryFactor: 3, onLimit: "switchover" },
      skipDirtiedAhead: true,
    },
  ),
  policy(
    {
      id: "xen-v2",
      title: "Xen, stream version 2: at most 5 rounds or 50 dirty pages, then stop and copy",
      source: "Xen migration stream v2: 5 rounds, 50 pages",
      verified: true,
    },
    { switchover: { remainingPages: 50 }, rounds: { max: 5, onLimit: "switchover" } },
  ),
];
