/** longhaul run */
import type { Command } from "commander";
import { RESULTS_DIRECTORY } from "../run/directory.ts";
import { collect, wholeNumber } from "./options.ts";
import type { RunOptions } from "./run-suite.ts";

interface Flags {
  suite: string;
  engine?: string[];
  link?: string[];
  scenario?: string[];
  policy?: string[];
  world: string;
  seed: number;
  seeds: number;
  repeat: number;
  shard?: string;
  integrity: string;
  jobs?: number;
  out: string;
  traces: string;
  format?: string[];
  json?: boolean;
  dryRun?: boolean;
  shuffle?: number;
}

export function addRun(program: Command): void {
  program
    .command("run")
    .description("run engines over links and judge what happened")
    .option("--suite <name>", "what is asked (longhaul list suites)", "default")
    .option("--engine <names>", "only these engines; comma-separated or given again", collect)
    .option("--link <names>", "these links: names, or strings such as rate=1Gbps,rtt=150ms (several: with ;)", collect)
    .option("--scenario <names>", "these scenarios: names, or files ending in .json", collect)
    .option("--policy <names>", "these policies: names, or files ending in .json", collect)
    .option("--world <name>", "virtual (simulated; the same seed gives the same bytes)", "virtual")
    .option("--seed <number>", "first seed", wholeNumber("--seed", 0), 1)
    .option(
      "--seeds <number>",
      "run each cell with so many seeds and print distributions",
      wholeNumber("--seeds", 1),
      1,
    )
    .option("--repeat <number>", "run each cell so many times", wholeNumber("--repeat", 1), 1)
    .option("--shard <i/n>", "only the i-th of n parts of the plan")
    .option("--integrity <mode>", "exact, or sampled: check memory by samples (large guests)", "exact")
    .option("--jobs <number>", "threads; default: one per core", wholeNumber("--jobs", 1))
    .option("--out <dir>", "where the run's directory is made", RESULTS_DIRECTORY)
    .option("--traces <which>", "traces to keep: all, failed, none, or auto (all up to 1,000 cells)", "auto")
    .option("--format <names>", "reports written beside the results (longhaul list formats)", collect)
    .option("--json", "print one JSON document instead of tables")
    .option("--dry-run", "list the cells and run nothing")
    .addOption(program.createOption("--shuffle <seed>").argParser(wholeNumber("--shuffle", 0)).hideHelp())
    .action(async (flags: Flags) => {
      const { executeRun } = await import("./execute-run.ts");
      await executeRun(toOptions(flags, await import("./choices.ts")), {
        json: flags.json === true,
        dryRun: flags.dryRun === true,
      });
    });
}

function toOptions(flags: Flags, { choice }: typeof import("./choices.ts")): RunOptions {
  return {
    suite: flags.suite,
    engines: flags.engine ?? [],
    links: flags.link ?? [],
    scenarios: flags.scenario ?? [],
    policies: flags.policy ?? [],
    world: choice("--world", flags.world, ["virtual", "live"]),
    seed: flags.seed,
    seeds: flags.seeds,
    repeat: flags.repeat,
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
    integrity: choice("--integrity", flags.integrity, ["exact", "sampled"]),
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    out: flags.out,
    traces: choice("--traces", flags.traces, ["auto", "all", "failed", "none"]),
    formats: ["markdown", ...(flags.format ?? [])],
    ...(flags.shuffle === undefined ? {} : { shuffle: flags.shuffle }),
  };
}
