import type { LonghaulRecord, RunInfo } from "../../harness/contract/index.ts";

/** What a report is made of: records and nothing else, and what is known of the run that they come from. */
export interface Report {
  readonly records: readonly LonghaulRecord[];
  /** null when the records come from a bare file. */
  readonly run: RunInfo | null;
}

export interface ReportStyle {
  /** ANSI colours; only the terminal view uses them. @default false */
  readonly colour?: boolean;
  /** Width to fit; columns that do not are left out, and that is said. Only the terminal view uses it. @default no limit */
  readonly columns?: number;
}

/** One format. `render` is a pure function: the same records give the same text. */
export interface Reporter {
  readonly id: string;
  readonly title: string;
  /** Of the file that a run writes, without the dot. */
  readonly extension: string;
  render(report: Report, style?: ReportStyle): string;
}
