/** What a cell runs under when nobody names a policy. */
import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { MS, policy } from "./parts.ts";

export const defaultPolicy: Policy = policy(
  {
    id: "default",
    title: "Longhaul's own: 300 ms of downtime, no bandwidth cap, 30 rounds, post-copy after 2 where the engine can",
    source: "chosen for Longhaul: the downtime limit is QEMU's default, everything else is an assumption",
    verified: true,
    notes: [
      "No throttling and no cap, so that the engine and the link show themselves, not the policy.",
      "After 30 rounds an engine that has not converged gives up, and the guest runs on at the source.",
      "An engine that can switch to post-copy does so after 2 rounds.",
    ],
  },
  {
    switchover: { downtimeLimitNs: 300 * MS },
    rounds: { max: 30, onLimit: "give-up" },
    postCopyAfterRounds: 2,
  },
);
