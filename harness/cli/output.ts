/** Writing to the terminal and to pipes. */
import { EXIT } from "../run/exit-code.ts";
import { ioError } from "../run/io-error.ts";

/** A reader that has seen enough (`| head`) is no error: the exit code stays what the run says. A full disk is one. */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    const told = ioError("write", "the output", error);
    process.stderr.write(`longhaul: ${told instanceof Error ? told.message : String(told)}\n`);
    process.exit(EXIT.usage);
  });
  // With nobody to tell, there is nothing to do but to end.
  process.stderr.on("error", () => process.exit());
}

/** Colour only for people: on a terminal, and when NO_COLOR (no-color.org) is not set to anything. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** How to draw for a stream: in colour and within its width on a terminal, plain and in full everywhere else. */
export function terminalStyle(stream: NodeJS.WriteStream): { colour: boolean; columns?: number } {
  const colour = wantsColour(stream);
  return stream.isTTY === true && stream.columns > 0 ? { colour, columns: stream.columns } : { colour };
}

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
