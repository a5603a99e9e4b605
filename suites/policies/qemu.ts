/** QEMU, and what is built on it. */
import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { MS, type Provenance, policy, type Rules, SECOND } from "./parts.ts";

const OPTIONS = "QEMU migration/options.c";

/** The defaults of `migrate`: every QEMU preset starts from them. */
const QEMU: Rules = {
  preCopyBytesPerSecond: 128 * 1024 * 1024,
  switchover: { downtimeLimitNs: 300 * MS },
};

const qemu = (provenance: Pick<Provenance, "id" | "title" | "notes">, rules: Rules): Policy =>
  policy({ source: OPTIONS, verified: true, ...provenance }, { ...QEMU, ...rules });

export const qemuPolicies: readonly Policy[] = [
  qemu(
    {
      id: "qemu",
      title: "QEMU's defaults: 300 ms of downtime, 128 MiB/s, no limit on rounds or time",
      notes: [
        "Nothing but convergence ends the iteration: a guest that is too busy runs into the scenario's give-up limit.",
      ],
    },
    {},
  ),
  qemu(
    {
      id: "qemu-auto-converge",
      title: "QEMU with auto-converge: throttle from 20 % in steps of 10 % to 99 %, triggered at 50 %",
    },
    {
      throttle: {
        kind: "auto-converge",
        triggerPercent: 50,
        initialPercent: 20,
        incrementPercent: 10,
        maxPercent: 99,
      },
    },
  ),
  qemu(
    {
      id: "qemu-post-copy",
      title: "QEMU with post-copy after the first pass; post-copy bandwidth unlimited",
      notes: ["When to switch is the operator's choice in QEMU; after the first pass is an assumption."],
    },
    { postCopyAfterRounds: 1 },
  ),
  qemu(
    {
      id: "qemu-dirty-limit",
      title: "QEMU with dirty-limit: 1 MB/s for each vCPU, period 1 s",
      notes: ["1 MB/s is taken as 1,000,000 bytes per second."],
    },
    { throttle: { kind: "dirty-limit", bytesPerSecondPerVcpu: 1_000_000, periodNs: 1000 * MS } },
  ),
  policy(
    {
      id: "libvirt-nova",
      title: "libvirt under Nova: 500 ms of downtime in 10 steps of 75 s per GiB, completion within 800 s per GiB",
      source: "OpenStack Nova, live_migration_* options: downtime 500 ms, 10 steps, 75 s per GiB; 800 s per GiB in all",
      verified: false,
      notes: [
        "Read in the source: the downtime, its steps and delay, the completion timeout.",
        "From memory: the timeout ends in a cancel (live_migration_timeout_action=abort); bandwidth is unlimited.",
      ],
    },
    {
      switchover: {
        downtimeLimitNs: 500 * MS,
        downtimeSteps: { steps: 10, delayPerGiBNs: 75 * SECOND },
      },
      time: { perGiBLimitNs: 800 * SECOND, onLimit: "give-up" },
    },
  ),
  policy(
    {
      id: "proxmox",
      title: "Proxmox VE: 100 ms of downtime",
      source: "Proxmox VE: migrate_downtime 100 ms",
      verified: true,
      notes: ["Only the downtime is known; no cap and no limit on rounds or time are assumed."],
    },
    { switchover: { downtimeLimitNs: 100 * MS } },
  ),
];
