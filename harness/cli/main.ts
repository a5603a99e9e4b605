#!/usr/bin/env node
/** The command line. Each command loads what it needs when it is called, so that the start stays fast. */
import { Command, CommanderError } from "commander";
import { UsageError } from "../base/errors.ts";
import { EXIT } from "../run/exit-code.ts";
import { addDoctor } from "./doctor.ts";
import { addLink } from "./link.ts";
import { addList } from "./list.ts";
import { print, watchOutput } from "./output.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { packageVersion } from "./version.ts";

function createProgram(): Command {
  const program = new Command("longhaul")
    .description("Benchmark and conformance test harness for live migration of virtual machines over LAN and WAN links")
    .version(packageVersion(), "-V, --version", "print the version")
    .exitOverride()
    // Errors of usage are told in one line, by fail(); only help that was asked for is written by commander.
    .configureOutput({ outputError: () => {} });
  for (const add of [addRun, addList, addReport, addLink, addDoctor]) add(program);
  program
    .command("version")
    .description("print the version")
    .action(() => print(packageVersion()));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

/** Tells what went wrong in one line and sets the exit code. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    process.exitCode = EXIT.usage;
    // Called without a command: commander has shown the help already.
    if (error.code === "commander.help") return;
    const message = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
    process.stderr.write(`longhaul: ${message}; longhaul --help lists what there is\n`);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    process.exitCode = EXIT.usage;
    process.stderr.write(`longhaul: ${message.replace(/\s*\n\s*/g, " ")}\n`);
  } else {
    process.exitCode = EXIT.bug;
    const line = message.replace(/\s*\n\s*/g, " ");
    process.stderr.write(
      `longhaul: a bug in Longhaul: ${line}; please report it with this command (LONGHAUL_DEBUG=1 shows where)\n`,
    );
  }
  if (process.env.LONGHAUL_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

watchOutput();
process.on("uncaughtException", (error) => {
  fail(error);
  process.exit();
});
try {
  await createProgram().parseAsync();
} catch (error) {
  fail(error);
}
