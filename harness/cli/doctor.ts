/** longhaul doctor */
import type { Command } from "commander";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say what this machine can run")
    .option("--json", "print one JSON document instead of a list")
    .action(async (flags: { json?: boolean }) => {
      const { executeDoctor } = await import("./execute-doctor.ts");
      await executeDoctor(flags.json === true);
    });
}
