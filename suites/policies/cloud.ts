/** Cloud management systems and younger hypervisors. */
import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { MS, policy, type Rules, SECOND } from "./parts.ts";

type Action = Policy["time"]["onLimit"];

const KUBEVIRT: Rules = { switchover: { downtimeLimitNs: 300 * MS } };

const kubevirt = (suffix: string, what: string, onLimit: Action): Policy =>
  policy(
    {
      id: `kubevirt${suffix}`,
      title: `KubeVirt: 150 s per GiB and 150 s without progress, then ${what}; bandwidth unlimited`,
      source: "KubeVirt pkg/virt-config: 150 s per GiB, progress timeout 150 s, bandwidth unlimited",
      verified: true,
      notes: [
        "The downtime limit is QEMU's default of 300 ms; KubeVirt sets none of its own (assumption).",
        `Both timeouts end in the same way here: ${what}.`,
        "At most 5 migrations per cluster and 2 per node: not part of a single migration.",
      ],
    },
    { ...KUBEVIRT, time: { perGiBLimitNs: 150 * SECOND, progressLimitNs: 150 * SECOND, onLimit } },
  );

export const cloudPolicies: readonly Policy[] = [
  kubevirt("", "cancel", "give-up"),
  kubevirt("-post-copy", "post-copy", "post-copy"),
  kubevirt("-pause", "pause", "switchover"),
  policy(
    {
      id: "cloud-hypervisor",
      title: "Cloud Hypervisor: 300 ms of downtime, cancel after 3600 s",
      source: "Cloud Hypervisor docs/live_migration.md",
      verified: true,
      notes: ["Its 1 to 128 connections are a property of the link here (streams)."],
    },
    { switchover: { downtimeLimitNs: 300 * MS }, time: { totalLimitNs: 3600 * SECOND, onLimit: "give-up" } },
  ),
  policy(
    {
      id: "hyper-v",
      title: "Hyper-V: at most 10 passes, then stop and copy",
      source: "from memory: at most 10 passes; the bandwidth cap of about 75 % was read",
      verified: false,
      notes: [
        "Unverified: at most 10 passes, and that the last one stops the guest.",
        "The cap of about 75 % of the link is not applied: a policy's cap is in bytes per second, not a share of the link.",
        "One migration at a time per host pair (2008 R2, from memory), 1 by default on clusters: not part of a single migration.",
      ],
    },
    { rounds: { max: 10, onLimit: "switchover" } },
  ),
  policy(
    {
      id: "simgrid",
      title: "SimGrid: switch over once the remainder fits 30 ms at the link's bandwidth",
      source: "SimGrid VmLiveMigration.cpp",
      verified: true,
      notes: ["SimGrid caps the working set at 0.9 of memory: a property of the workload, not of the policy."],
    },
    { switchover: { downtimeLimitNs: 30 * MS } },
  ),
];
