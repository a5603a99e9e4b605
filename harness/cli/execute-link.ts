/** Runs a link: resolves what was asked for, prints what happens, ends with the emulator's exit code. */
import { readFileSync } from "node:fs";
import { catalogue } from "../../suites/index.ts";
import { UsageError } from "../base/errors.ts";
import { formatBytes, formatBytesPerSecond, formatCount, formatDuration } from "../base/format.ts";
import { safeReader } from "../plan/documents.ts";
import { createResolver } from "../plan/resolve.ts";
import {
  type LinkSummary,
  type Notice,
  netemProblem,
  parseAddress,
  parseCanary,
  runLink,
} from "../world/live/link/index.ts";
import { choice } from "./choices.ts";
import type { LinkFlags } from "./link.ts";

async function checkBackend(given: string): Promise<void> {
  if (choice("--link-backend", given, ["emulator", "netem"]) === "emulator") return;
  const problem = await netemProblem();
  throw new UsageError(
    problem === null
      ? "netem works on this machine, but this version of Longhaul has no netem backend yet; use --link-backend emulator"
      : `netem is not available on this machine: ${problem}; use --link-backend emulator`,
  );
}

export async function executeLink(flags: LinkFlags): Promise<void> {
  const allowRemote = flags.allowRemote === true;
  await checkBackend(flags.linkBackend);
  const link = createResolver(
    catalogue,
    [],
    safeReader((path) => readFileSync(path, "utf8")),
  ).link(flags.link).value;
  const print = (line: string | null) => {
    if (line !== null) process.stdout.write(`${line}\n`);
  };
  process.exitCode = await runLink({
    link,
    listen: parseAddress(flags.listen, { option: "--listen", allowRemote, allowAnyPort: true }),
    target: parseAddress(flags.to, { option: "--to", allowRemote, allowAnyPort: false }),
    clock: choice("--clock", flags.clock, ["listening", "first-connection"]),
    seed: flags.seed,
    spin: flags.spin === true,
    canaries: (flags.canary ?? []).map(parseCanary),
    checkTarget: flags.targetCheck,
    commands: flags.commands === true ? process.stdin : null,
    onNotice: (notice) => print(flags.json === true ? JSON.stringify(notice) : describe(notice)),
  });
  // What comes on the standard input after the end is nobody's business.
  process.stdin.destroy();
}

/** One line for a person, or null for what only a program wants to know. */
function describe(notice: Notice): string | null {
  switch (notice.event) {
    case "ready":
      return (
        `ready: ${notice.host}:${notice.port} → ${notice.target} over ${notice.link} ` +
        `(at most ${formatBytesPerSecond(notice.forwardCeilingBytesPerSecond)} of payload there, ` +
        `${formatBytesPerSecond(notice.reverseCeilingBytesPerSecond)} back, ` +
        `round trip ${formatDuration(notice.roundTripNs)})`
      );
    case "refused":
      return `connection ${notice.connection}: the target refused it: ${notice.message}`;
    case "closed":
      return (
        `connection ${notice.connection} ${notice.how}: ` +
        `${formatBytes(notice.forward.deliveredBytes)} there, ${formatBytes(notice.reverse.deliveredBytes)} back`
      );
    case "canary":
      return `canary ${notice.canary} seen on connection ${notice.connection}, ${notice.direction}, at byte ${notice.offset}`;
    case "link-event":
      return `link event at ${formatDuration(notice.atNs)}: ${notice.what.kind}`;
    case "done":
      return `done: ${notice.command}`;
    case "planned":
      return `planned: ${notice.command}`;
    case "not-done":
      return `not done: ${notice.message}`;
    case "too-many-connections":
      return `a connection was refused: ${formatCount(notice.limit)} are open`;
    case "summary":
      return describeSummary(notice.reason, notice);
    default:
      return null;
  }
}

function describeSummary(reason: string, summary: LinkSummary): string {
  const { forward, reverse, connections, durationNs, canaries, lateness } = summary;
  const noun = connections === 1 ? "connection" : "connections";
  const seen = canaries === 0 ? "" : `, canaries seen ${formatCount(canaries)} times`;
  const late =
    lateness.count === 0
      ? ""
      : `, late by ${formatDuration(lateness.medianNs)} (median), ${formatDuration(lateness.p99Ns)} (p99)`;
  return (
    `ended (${reason}) after ${formatDuration(durationNs)}: ${formatCount(connections)} ${noun}, ` +
    `${formatBytes(forward.deliveredBytes)} there, ${formatBytes(reverse.deliveredBytes)} back${seen}${late}`
  );
}
