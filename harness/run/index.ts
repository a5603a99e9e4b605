export { CELLS_FILE, LATEST_LINK, RESULTS_DIRECTORY, RUN_FILE, RunDirectory, traceFileName } from "./directory.ts";
export { EXIT, exitCodeOf } from "./exit-code.ts";
export { ioError } from "./io-error.ts";
export { type FoundRun, findRun, MAX_LINE_BYTES, readRecords } from "./read.ts";
export { createRunCell, type FinishedCell, KEEP_TRACES, type KeepTraces, type RunCell } from "./run-cell.ts";
export { type CellResult, type RunCellsOptions, runCells, shuffledOrder } from "./run-cells.ts";
