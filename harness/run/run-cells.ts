/** Runs cells, in this thread or in several, and hands the results on in the order of the plan. */
import { setImmediate as afterEvents } from "node:timers/promises";
import { Random } from "../base/random.ts";
import type { Cell, LonghaulRecord } from "../contract/index.ts";
import { Pool } from "./pool.ts";
import { type FinishedCell, finishCell, type KeepTraces, type RunCell } from "./run-cell.ts";

export interface RunCellsOptions {
  /** Threads; 1 runs the cells in this one. */
  readonly jobs: number;
  readonly runCell: RunCell;
  /** The module that a worker thread loads; it calls `serve`. */
  readonly workerUrl: URL;
  readonly keep: KeepTraces;
  /** Order in which cells are started; results come in plan order all the same. @default plan order */
  readonly order?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface CellResult extends FinishedCell {
  readonly index: number;
  readonly record: LonghaulRecord;
}

/** An order of execution that has nothing to do with the plan; for proving that it does not matter. */
export function shuffledOrder(length: number, seed: number): number[] {
  const random = new Random(seed, "shuffle");
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = random.nextInteger(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/**
 * Results in plan order, whatever the order of finishing. After an abort those that are already finished still come,
 * then the iteration ends early.
 */
export async function* runCells(cells: readonly Cell[], options: RunCellsOptions): AsyncGenerator<CellResult> {
  const { signal } = options;
  const finished = new Map<number, FinishedCell>();
  let wake = () => {};
  let failure: unknown = null;
  let over = false;
  const onCell = (index: number, cell: FinishedCell) => {
    finished.set(index, cell);
    wake();
  };
  const working = work(cells, options, onCell)
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      over = true;
      wake();
    });
  let next = 0;
  while (next < cells.length && !over && !signal?.aborted) {
    const cell = finished.get(next);
    if (cell === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    finished.delete(next);
    yield asResult(next++, cell);
  }
  await working;
  if (failure !== null) throw failure;
  for (const [index, cell] of [...finished].sort((a, b) => a[0] - b[0])) yield asResult(index, cell);
}

const asResult = (index: number, cell: FinishedCell): CellResult => ({
  index,
  line: cell.line,
  trace: cell.trace,
  record: JSON.parse(cell.line) as LonghaulRecord,
});

async function work(
  cells: readonly Cell[],
  options: RunCellsOptions,
  onCell: (index: number, cell: FinishedCell) => void,
): Promise<void> {
  const { jobs, keep, signal, workerUrl } = options;
  const order = options.order ?? cells.map((_, index) => index);
  if (jobs > 1) {
    const pool = new Pool(cells, { jobs, keep, workerUrl, order, onCell });
    const stop = () => pool.stop();
    if (signal?.aborted) return;
    signal?.addEventListener("abort", stop, { once: true });
    await pool.run().finally(() => signal?.removeEventListener("abort", stop));
    return;
  }
  for (const index of order) {
    // Between two cells the thread listens, or Ctrl-C would not be heard before the last one.
    await afterEvents();
    if (signal?.aborted) return;
    onCell(index, await finishCell(options.runCell, cells[index], keep));
  }
}
