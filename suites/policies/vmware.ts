import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { policy, type Rules, SECOND } from "./parts.ts";

const GOAL = "The switchover goal of under 1 s is from a secondary source; it is used as the downtime limit.";
const SLOWED =
  "How strongly vCPUs are slowed is not published: at most 99 %, so that they dirty no more than is sent, is assumed.";

/** SDPS, "stun during page send": vSphere 5.0 and later. */
const VSPHERE_5: Rules = {
  switchover: { downtimeLimitNs: SECOND },
  throttle: { kind: "stun-during-page-send", dirtyToSendRatio: 1, maxPercent: 99 },
};

export const vmwarePolicies: readonly Policy[] = [
  policy(
    {
      id: "vmotion",
      title: "VMotion to 4.x: under 1 s of switchover, nothing that slows the guest",
      source:
        'VMware VMotion 2009 to 4.x: round trip under 5 ms; above it "not all workloads are guaranteed to converge"',
      verified: true,
      notes: [
        GOAL,
        "No limit on rounds or time is published; the scenario's give-up limit ends what does not converge.",
      ],
    },
    { switchover: { downtimeLimitNs: SECOND } },
  ),
  policy(
    {
      id: "metro-vmotion",
      title: "Metro vMotion (vSphere 5.0): under 1 s of switchover, vCPUs slowed when they dirty more than is sent",
      source: "VMware vSphere 5.0: round trip up to 10 ms, at least 250 Mb/s; SDPS",
      verified: true,
      notes: [GOAL, SLOWED, "Socket buffers sized from the round trip are the default of every link here."],
    },
    VSPHERE_5,
  ),
  policy(
    {
      id: "long-distance-vmotion",
      title: "Long-distance vMotion (vSphere 6.0 and later): as Metro vMotion, round trips up to 150 ms",
      source: "VMware vSphere 6.0 to 6.7 manuals, KB 336244: round trip up to 150 ms, 250 Mb/s per migration",
      verified: true,
      notes: [GOAL, SLOWED, "That SDPS works as in 5.0 is assumed."],
    },
    VSPHERE_5,
  ),
];
