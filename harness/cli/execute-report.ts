/** What `longhaul report` does once its options are known. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../base/errors.ts";
import type { LonghaulRecord } from "../contract/index.ts";
import { findRun, ioError, readRecords } from "../run/index.ts";
import { print, terminalStyle } from "./output.ts";
import { chooseReporters } from "./run-suite.ts";

/** One format goes to stdout; several are written as files beside the records. */
export async function executeReport(given: string, options: { formats: string[]; out: string }): Promise<void> {
  const reporters = chooseReporters(options.formats.length === 0 ? ["terminal"] : options.formats);
  const { cellsFile, run } = findRun(given, options.out);
  const records: LonghaulRecord[] = [];
  for await (const record of readRecords(cellsFile)) records.push(record);
  const report = { records, run };
  if (reporters.length === 1) {
    print(reporters[0].render(report, terminalStyle(process.stdout)));
    return;
  }
  for (const { extension, render } of reporters) {
    const file = join(dirname(cellsFile), `report.${extension}`);
    if (file === cellsFile) throw new UsageError(`${file} holds the records themselves and is not written over`);
    try {
      writeFileSync(file, render(report));
    } catch (error) {
      throw ioError("write", file, error);
    }
    print(file);
  }
}
