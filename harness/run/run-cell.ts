/** Runs and judges one cell. Whatever goes wrong becomes a record: one bad cell never stops the others. */
import type { Cell, Engine, LonghaulRecord, Trace, World } from "../contract/index.ts";
import { errorRecord, judge, unsupportedRecord } from "../judge/index.ts";
import { missingNeeds } from "./needs.ts";

/** Whose traces are kept. */
export const KEEP_TRACES = ["all", "failed", "none"] as const;
export type KeepTraces = (typeof KEEP_TRACES)[number];

export type RunCell = (cell: Cell) => Promise<{ record: LonghaulRecord; trace: Trace | null }>;

/** A finished cell in the form in which it is written and sent between threads. */
export interface FinishedCell {
  /** The record as one line of JSON, without the line's end. */
  readonly line: string;
  /** The trace as JSON, where it is to be kept. */
  readonly trace: string | null;
}

export function createRunCell(parts: { readonly engines: readonly Engine[]; readonly world: World }): RunCell {
  return async (cell) => {
    try {
      const engine = parts.engines.find(({ manifest }) => manifest.name === cell.identity.engine);
      if (engine === undefined) throw new Error(`no engine "${cell.identity.engine}"`);
      const missing = missingNeeds(cell, engine.manifest);
      if (missing.length > 0) return { record: unsupportedRecord(cell, missing.join(", ")), trace: null };
      const trace = await parts.world.run(cell, engine);
      return { record: judge(cell, trace), trace };
    } catch (error) {
      return { record: errorRecord(cell, describe(error)), trace: null };
    }
  };
}

/** The message, and where in Longhaul it was thrown: a record must be enough to find the bug, on whatever machine. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = /\b((?:harness|engines|suites)\/[\w./-]+):\d+:\d+\)?$/m.exec(error.stack ?? "");
  const file = place === null ? "" : ` (in ${place[1].replace(/\.[jt]s$/, "")})`;
  return `${error.name}: ${error.message}${file}`;
}

export async function finishCell(runCell: RunCell, cell: Cell, keep: KeepTraces): Promise<FinishedCell> {
  const { record, trace } = await runCell(cell);
  const kept = trace !== null && (keep === "all" || (keep === "failed" && record.verdict !== "pass"));
  return { line: JSON.stringify(record), trace: kept ? JSON.stringify(trace) : null };
}
