/** longhaul report */
import type { Command } from "commander";
import { UsageError } from "../base/errors.ts";
import { collect } from "./options.ts";

export function addReport(program: Command): void {
  program
    .command("report")
    .description("show the results of a run again, in any format")
    .argument("<run>", "directory of a run, its name (latest), or a file of records")
    .option("--format <names>", "one or more of longhaul list formats; default: terminal", collect)
    .option("--json", "the same as --format json")
    .option("--out <dir>", "where runs are looked for by name", "longhaul-results")
    .action(async (run: string, flags: { format?: string[]; json?: boolean; out: string }) => {
      if (flags.json && flags.format !== undefined) {
        throw new UsageError("--json and --format are given both; --format json,… names several formats");
      }
      const { executeReport } = await import("./execute-report.ts");
      await executeReport(run, { formats: flags.json ? ["json"] : (flags.format ?? []), out: flags.out });
    });
}
