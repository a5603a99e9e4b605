/** What `longhaul doctor` looks at. It only looks: nothing is started but `qemu-system-x86_64 --version`. */
import { accessSync, constants, existsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { formatBytes } from "../base/format.ts";
import { print, printJson } from "./output.ts";
import { packageVersion } from "./version.ts";

const LEAST_NODE = [20, 19] as const;
const QEMU = "qemu-system-x86_64";

interface Finding {
  readonly what: string;
  /** "missing" is no error: it says what this machine cannot run. */
  readonly state: "ok" | "missing";
  readonly detail: string;
  /** What to do, where there is something to do. */
  readonly next: string | null;
}

const ok = (what: string, detail: string): Finding => ({ what, state: "ok", detail, next: null });
const missing = (what: string, detail: string, next: string | null): Finding => ({
  what,
  state: "missing",
  detail,
  next,
});

export async function executeDoctor(asJson: boolean): Promise<void> {
  const findings = [node(), cores(), memory(), build(), ...worlds(), await qemu(), kvm()];
  if (asJson) {
    printJson({ version: 1, longhaul: packageVersion(), findings });
    return;
  }
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, detail, next }) => [
    `${state === "ok" ? "✓" : "-"} ${what.padEnd(width)}  ${detail}`,
    ...(next === null ? [] : [`  ${" ".repeat(width)}  → ${next}`]),
  ]);
  print(`longhaul ${packageVersion()}\n${lines.join("\n")}`);
}

function node(): Finding {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const detail = `${process.version} (needed: ${LEAST_NODE.join(".")} or newer)`;
  return enough ? ok("node", detail) : missing("node", detail, "install a newer Node.js");
}

function cores(): Finding {
  const count = availableParallelism();
  return ok("cores", `${count}: --jobs ${count} is what run takes by itself`);
}

const memory = (): Finding => ok("memory", formatBytes(totalmem()));

function build(): Finding {
  const worker = fileURLToPath(new URL("./worker.js", import.meta.url));
  if (existsSync(worker)) return ok("build", "present");
  return missing("build", "not built: runs are limited to one thread", "npm run build");
}

function worlds(): Finding[] {
  return [
    ok("virtual world", "ready: needs nothing but Node.js"),
    missing("live world", "not part of this version", null),
  ];
}

async function qemu(): Promise<Finding> {
  const result = await execa(QEMU, ["--version"], { reject: false, timeout: 10_000 });
  if (result.exitCode !== 0) return missing("qemu", `${QEMU} not found; no engine of this version needs it`, null);
  return ok("qemu", `${String(result.stdout).split("\n")[0]}; no engine of this version uses it`);
}

function kvm(): Finding {
  const device = "/dev/kvm";
  if (!existsSync(device)) return missing("kvm", `${device} is not there; nothing in this version needs it`, null);
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch {
    return missing("kvm", `${device} is there, but may not be opened by this user`, null);
  }
  return ok("kvm", `${device} is there, which does not prove that it works`);
}
