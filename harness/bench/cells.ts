/** Cells built from parts, for measuring; suites are for users. */

import { catalogue } from "../../suites/index.ts";
import type { Cell, Scenario, WorkloadComponent } from "../contract/index.ts";
import { canonicalLink, linkHash, parseLink } from "../link/index.ts";

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

export interface BenchCell {
  readonly memoryBytes: number;
  readonly link: string;
  readonly components: readonly WorkloadComponent[];
  readonly vcpus?: number;
  readonly policy?: string;
  readonly integrity?: "exact" | "sampled";
  readonly pageSizeBytes?: Scenario["guest"]["pageSizeBytes"];
  readonly seed?: number;
  /** Whether the background push of post-copy is held back to so many bytes per second. */
  readonly postCopyBytesPerSecond?: number;
  readonly giveUpNs?: number;
}

export function benchCell(options: BenchCell): Cell {
  const base = catalogue.scenarios.get("hot-256m");
  const policy = catalogue.policies.get(options.policy ?? "default");
  if (base === undefined || policy === undefined) throw new Error("the catalogue lacks what the bench is built on");
  const link = parseLink(options.link);
  const seed = options.seed ?? 1;
  return {
    identity: {
      id: `bench~${linkHash(link)}~s${seed}`,
      suite: "bench",
      engine: "bench",
      link: options.link,
      linkSpec: canonicalLink(link),
      linkHash: linkHash(link),
      scenario: "bench",
      scenarioHash: "00000000",
      policy: options.policy ?? "default",
      policyHash: "00000000",
      world: "virtual",
      seed,
      repeat: 0,
    },
    link,
    scenario: {
      ...base,
      guest: {
        ...base.guest,
        memoryBytes: options.memoryBytes,
        pageSizeBytes: options.pageSizeBytes ?? 4096,
        vcpus: options.vcpus ?? 4,
      },
      workload: { ...base.workload, phases: [{ durationNs: null, components: [...options.components] }] },
      giveUpNs: options.giveUpNs ?? 3_600_000_000_000,
      faults: [],
    },
    policy: {
      ...policy,
      bandwidth: {
        ...policy.bandwidth,
        postCopyBytesPerSecond: options.postCopyBytesPerSecond ?? policy.bandwidth.postCopyBytesPerSecond,
      },
    },
    integrity: options.integrity ?? "exact",
    published: [],
  };
}

export const hotSet = (lengthBytes: number, writesPerSecond: number, readsPerSecond = 0): WorkloadComponent => ({
  kind: "uniform",
  startBytes: 0,
  lengthBytes,
  writesPerSecond,
  readsPerSecond,
});
