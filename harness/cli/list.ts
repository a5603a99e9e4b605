/** longhaul list */
import type { Command } from "commander";

export function addList(program: Command): void {
  program
    .command("list")
    .description("list what there is, with sources")
    .argument("<what>", "engines, suites, cases, links, guests, workloads, scenarios, policies, metrics or formats")
    .option("--json", "print one JSON document instead of a table")
    .action(async (what: string, flags: { json?: boolean }) => {
      const { executeList } = await import("./execute-list.ts");
      executeList(what, flags.json === true);
    });
}
