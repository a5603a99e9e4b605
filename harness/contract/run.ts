/** What run.json says of a run: the only file of a result that holds times and the machine. */
import type { Verdict } from "./schemas/record.ts";

export const RUN_STATES = ["running", "finished", "interrupted", "failed"] as const;

export interface RunInfo {
  readonly version: 1;
  /** Name of the run's directory. */
  readonly id: string;
  /** `running` in a finished run's place means that the process died: what is in cells.ndjson is all there is. */
  readonly state: (typeof RUN_STATES)[number];
  readonly longhaul: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Every option as resolved, defaults included. */
  readonly options: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  readonly plannedCells: number;
  readonly doneCells: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly exitCode: number | null;
}
