/** What `longhaul run` does once its options are known. */

import { plain } from "../../reports/formats/escape.ts";
import { json } from "../../reports/formats/json.ts";
import { textTable } from "../../reports/formats/table.ts";
import { terminal } from "../../reports/formats/terminal.ts";
import { formatDuration } from "../base/format.ts";
import type { Cell } from "../contract/index.ts";
import { EXIT } from "../run/exit-code.ts";
import { print, printJson, terminalStyle } from "./output.ts";
import { Progress } from "./progress.ts";
import { planCells, type RunOptions, type RunResult, runSuite } from "./run-suite.ts";

export async function executeRun(options: RunOptions, how: { json: boolean; dryRun: boolean }): Promise<void> {
  if (how.dryRun) {
    printPlan(planCells(options), how.json);
    return;
  }
  const progress = new Progress(process.stderr);
  const stopped = abortOnSignals();
  let result: RunResult;
  try {
    result = await runSuite({
      ...options,
      signal: stopped.signal,
      onPlan: (cells) => progress.start(cells.length),
      onRecord: (record) => progress.add(record),
    });
  } finally {
    progress.end();
    stopped.release();
  }
  process.exitCode = result.exitCode;
  printResult(result, how.json);
}

/** The first Ctrl-C ends the run in good order, the second at once. */
function abortOnSignals(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

function printResult(result: RunResult, asJson: boolean): void {
  const report = { records: result.records, run: result.run };
  for (const warning of result.warnings) process.stderr.write(`longhaul: ${warning}\n`);
  if (asJson) {
    print(json.render(report));
    return;
  }
  print(terminal.render(report, terminalStyle(process.stdout)));
  const tookMs = Date.parse(result.run.endedAt ?? "") - Date.parse(result.run.startedAt);
  const place = result.directory === null ? "" : ` · results in ${plain(result.directory)}`;
  print(`took ${formatDuration(tookMs * 1e6)}${place}`);
}

function printPlan(cells: readonly Cell[], asJson: boolean): void {
  if (asJson) {
    printJson({ version: 1, cells: cells.map(({ identity }) => identity) });
    return;
  }
  const columns = ["engine", "link", "scenario", "policy", "seed", "id"] as const;
  const rows = cells.map(({ identity }) => columns.map((column) => plain(String(identity[column]))));
  const lines = textTable(
    columns.map((title) => ({ title, align: title === "seed" ? "right" : "left" })),
    rows,
  );
  print(`${lines.join("\n")}\n\n${cells.length === 1 ? "1 cell" : `${cells.length} cells`}, nothing was run`);
}
