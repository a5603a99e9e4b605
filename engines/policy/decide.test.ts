import { describe, expect, test } from "vitest";
import { downtimeLimitNs, timeLimitNs } from "../../harness/base/policy-limits.ts";
import type { Policy } from "../../harness/contract/index.ts";
import { catalogue } from "../../suites/index.ts";
import { decide, type RoundFacts, switchoverPages } from "./decide.ts";

const GIB = 1024 ** 3;
const SECOND = 1e9;

function preset(name: string): Policy {
  const policy = catalogue.policies.get(name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

const facts = (changes: Partial<RoundFacts> = {}): RoundFacts => ({
  elapsedNs: 10 * SECOND,
  rounds: 1,
  memoryBytes: 4 * GIB,
  pageSizeBytes: 4096,
  remainingPages: 100_000,
  backlogBytes: 0,
  bytesSent: 4 * GIB,
  bandwidthBytesPerSecond: 117_500_000,
  sinceProgressNs: 0,
  ...changes,
});

describe("when to stop iterating", () => {
  test("QEMU: once the rest fits 300 ms at the measured bandwidth, less what the streams still hold", () => {
    const fits = Math.floor((117_500_000 * 0.3) / 4096);
    expect(switchoverPages(preset("qemu"), facts())).toBe(fits);
    expect(decide(preset("qemu"), facts({ remainingPages: fits }), false).kind).toBe("switchover");
    expect(decide(preset("qemu"), facts({ remainingPages: fits + 1 }), false).kind).toBe("continue");
    expect(decide(preset("qemu"), facts({ remainingPages: fits, backlogBytes: 4096 }), false).kind).toBe("continue");
  });

  test("Xen: under 50 dirty pages; after 29 rounds or three times the memory it stops the guest whatever is left", () => {
    const xen = preset("xen-classic");
    expect(decide(xen, facts({ remainingPages: 49 }), false)).toMatchObject({ kind: "switchover", forced: false });
    expect(decide(xen, facts({ remainingPages: 50, rounds: 28 }), false).kind).toBe("continue");
    expect(decide(xen, facts({ rounds: 29 }), false)).toMatchObject({ kind: "switchover", forced: true });
    expect(decide(xen, facts({ bytesSent: 12 * GIB }), false)).toMatchObject({ kind: "switchover", forced: true });
  });

  test("libvirt and Nova raise the downtime in steps, one per 75 s and GiB", () => {
    const nova = preset("libvirt-nova");
    const at = (seconds: number) => downtimeLimitNs(nova, seconds * SECOND, 4 * GIB);
    expect([at(0), at(299), at(300), at(3000), at(9000)]).toEqual([50e6, 50e6, 95e6, 500e6, 500e6]);
  });

  test("a limit on time per GiB scales with memory, and post-copy is only chosen by an engine that can", () => {
    const kubevirt = preset("kubevirt");
    const limit = timeLimitNs(kubevirt, 4 * GIB);
    expect(limit).toBe(600 * SECOND);
    const overdue = facts({ elapsedNs: 601 * SECOND });
    expect(decide(kubevirt, overdue, false).kind).toBe("give-up");
  });

  test("no progress for the policy's patience ends it", () => {
    const kubevirt = preset("kubevirt");
    expect(decide(kubevirt, facts({ sinceProgressNs: 149 * SECOND }), false).kind).toBe("continue");
    expect(decide(kubevirt, facts({ sinceProgressNs: 150 * SECOND }), false)).toMatchObject({
      kind: "give-up",
      reason: "no progress for 150 s",
    });
  });

  test("an engine that can do both switches to post-copy after the policy's rounds", () => {
    expect(decide(preset("default"), facts({ rounds: 1 }), true).kind).toBe("continue");
    expect(decide(preset("default"), facts({ rounds: 2 }), true).kind).toBe("post-copy");
    expect(decide(preset("default"), facts({ rounds: 2 }), false).kind).toBe("continue");
  });
});
