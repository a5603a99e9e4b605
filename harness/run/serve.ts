/** The worker's side of the pool: runs the batches that it is sent and answers cell by cell. */
import { parentPort, workerData } from "node:worker_threads";
import type { Cell } from "../contract/index.ts";
import { type FinishedCell, finishCell, type KeepTraces, type RunCell } from "./run-cell.ts";

export interface WorkerOptions {
  readonly keep: KeepTraces;
}
export interface Batch {
  readonly cells: readonly { readonly index: number; readonly cell: Cell }[];
}
/** `ready` comes once, when everything is loaded; `idle` after the last cell of a batch. */
export type Answer =
  | { readonly kind: "ready" }
  | ({ readonly kind: "cell"; readonly index: number } & FinishedCell)
  | { readonly kind: "idle" };

export function serve(runCell: RunCell): void {
  const port = parentPort;
  if (port === null) throw new Error("this file is a worker of the pool and does nothing by itself");
  const { keep } = workerData as WorkerOptions;
  const answer = (message: Answer) => port.postMessage(message);
  port.on("message", async ({ cells }: Batch) => {
    for (const { index, cell } of cells) answer({ kind: "cell", index, ...(await finishCell(runCell, cell, keep)) });
    answer({ kind: "idle" });
  });
  answer({ kind: "ready" });
}
