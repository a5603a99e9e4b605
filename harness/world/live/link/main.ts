/** The emulator as a child of the harness: its options are the first line of its input, commands the lines after. */
import { UsageError } from "../../../base/errors.ts";
import { runLinkChild } from "./child.ts";

try {
  process.exitCode = await runLinkChild(process.stdin, process.stdout);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
