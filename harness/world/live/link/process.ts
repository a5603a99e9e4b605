/** The emulator as a process: commands on its input, notices on its output, a clean end on every way out. */
import { getPriority, setPriority } from "node:os";
import { UsageError } from "../../../base/errors.ts";
import { isListening, spellAddress } from "./address.ts";
import { commandId, parseCommand } from "./commands.ts";
import { LinkEmulator, type LinkEmulatorOptions } from "./emulator.ts";
import { MAX_LINE_BYTES, readLines } from "./lines.ts";
import type { Notice } from "./notices.ts";

export interface LinkProcessOptions extends Omit<LinkEmulatorOptions, "onNotice" | "onStop"> {
  /** Refuse to start when nobody listens at the target, where that can be known. */
  readonly checkTarget: boolean;
  /** Where commands come from, one per line; its end ends the emulator. Null: no commands. */
  readonly commands: NodeJS.ReadableStream | null;
  readonly onNotice: (notice: Notice) => void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;

/** As nice values go: ahead of programs that merely compute (Node calls it above normal). */
const PRIORITY = -7;

/** Being late is what the emulator must not be; where the system does not allow it, it goes on as it is. */
function askForPriority(): void {
  try {
    if (getPriority() > PRIORITY) setPriority(PRIORITY);
  } catch {
    // Only root may, and the figures that depend on it are measured and printed.
  }
}

/**
 * Runs a link until a signal, the `stop` command or the end of the commands. Returns the exit code.
 * @throws UsageError when it cannot start
 */
export async function runLink(options: LinkProcessOptions): Promise<number> {
  const { target, checkTarget, commands, onNotice } = options;
  if (checkTarget && (await isListening(target)) === false) {
    throw new UsageError(`nobody listens at ${spellAddress(target)}; start the target first, or add --no-target-check`);
  }
  askForPriority();
  let stop: (reason: string, exitCode: number) => void = () => {};
  const stopped = new Promise<{ reason: string; exitCode: number }>((resolve) => {
    stop = (reason, exitCode) => resolve({ reason, exitCode });
  });
  const onSignal = (signal: Signal) => stop(signal, EXIT_CODES[signal]);
  const onBrokenPipe = () => stop("nobody reads the output", 0);
  const signals = Object.keys(EXIT_CODES) as Signal[];
  for (const signal of signals) process.on(signal, onSignal);
  process.stdout.on("error", onBrokenPipe);
  try {
    const emulator = await LinkEmulator.start({ ...options, onStop: () => stop("stop", 0) });
    const stopReading =
      commands === null ? null : readCommands(commands, emulator, onNotice, () => stop("end of input", 0));
    const { reason, exitCode } = await stopped;
    stopReading?.();
    const summary = await emulator.close();
    onNotice({ event: "summary", reason, ...summary });
    return exitCode;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    process.stdout.off("error", onBrokenPipe);
  }
}

function readCommands(
  input: NodeJS.ReadableStream,
  emulator: LinkEmulator,
  onNotice: (notice: Notice) => void,
  onEnd: () => void,
): () => void {
  const refuse = (id: string | number | null, message: string) =>
    onNotice({ event: "not-done", atNs: emulator.nowNs, id, message });
  return readLines(input, {
    onLine: (line) => {
      try {
        emulator.command(parseCommand(line));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        refuse(commandId(line), error.message);
      }
    },
    onTooLong: () => refuse(null, `a line of more than ${MAX_LINE_BYTES} bytes`),
    onEnd,
  });
}
