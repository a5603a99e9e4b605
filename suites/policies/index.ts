import type { Policy } from "../../harness/contract/schemas/policy.ts";
import { named, type Source } from "../collection.ts";
import { cloudPolicies } from "./cloud.ts";
import { defaultPolicy } from "./default.ts";
import { qemuPolicies } from "./qemu.ts";
import { vmwarePolicies } from "./vmware.ts";
import { xenPolicies } from "./xen.ts";

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  "libvirt-nova": ["libvirt", "nova"],
  vmotion: ["vmotion-4"],
};

export const policySources = (): Source<Policy>[] =>
  named([defaultPolicy, ...xenPolicies, ...qemuPolicies, ...cloudPolicies, ...vmwarePolicies]).map((source) => ({
    ...source,
    aliases: ALIASES[source.name] ?? [],
  }));
