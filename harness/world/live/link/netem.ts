/** Whether this machine could shape a path with the kernel's netem: asked of the machine, not guessed. */
import { execa } from "execa";

const PROBE_MS = 5000;

/** Why netem cannot be had here; null when a private namespace with a netem queue could be made. */
export async function netemProblem(): Promise<string | null> {
  const tc = await execa("tc", ["-V"], { reject: false, timeout: PROBE_MS });
  if (tc.exitCode !== 0) return "the program tc is missing (it comes with iproute2)";
  const probe = await execa(
    "unshare",
    ["--user", "--map-root-user", "--net", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"],
    { reject: false, timeout: PROBE_MS },
  );
  if (probe.exitCode === 0) return null;
  const said = (probe.stderr || probe.shortMessage || "no reason given").split("\n")[0].trim();
  return `the kernel refuses a netem queue in a namespace of its own: ${said}`;
}
