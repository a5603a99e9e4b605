/** Plan, run, judge, record: the whole path of a run, wired together. The command line and the API both call this. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { engines } from "../../engines/index.ts";
import { type Reporter, reporters } from "../../reports/formats/index.ts";
import { catalogue } from "../../suites/index.ts";
import { UsageError, unknownName } from "../base/errors.ts";
import { type Cell, type LonghaulRecord, type RunInfo, VERDICTS, type Verdict } from "../contract/index.ts";
import { type PlanRequest, plan } from "../plan/index.ts";
import {
  createRunCell,
  exitCodeOf,
  ioError,
  type KeepTraces,
  RESULTS_DIRECTORY,
  RunDirectory,
  runCells,
  shuffledOrder,
} from "../run/index.ts";
import { virtualWorld } from "../world/virtual/index.ts";
import { packageVersion } from "./version.ts";

/** Up to so many cells every trace is kept; of larger runs only those that need a look. */
const ALL_TRACES_UP_TO = 1000;
/** Below this a second thread costs more to start than it saves. */
const CELLS_WORTH_A_THREAD = 4;

export interface RunOptions extends PlanRequest {
  /** Threads. @default as many as the machine runs at once, fewer for few cells */
  readonly jobs?: number;
  /** Parent of the run's directory; null writes nothing. @default "longhaul-results" */
  readonly out?: string | null;
  /** Whose traces are written. @default "auto": all up to 1,000 cells, else those that did not pass */
  readonly traces?: KeepTraces | "auto";
  /** Reports that are written beside the results. @default ["markdown"] */
  readonly formats?: readonly string[];
  /** Starts the cells in an order shuffled by this seed; the results are the same. */
  readonly shuffle?: number;
  /** Stops the run; what is done is kept. */
  readonly signal?: AbortSignal;
  /** Called once with the plan, before the first cell. */
  readonly onPlan?: (cells: readonly Cell[]) => void;
  /** Called for each record, in plan order. */
  readonly onRecord?: (record: LonghaulRecord) => void;
}

export interface RunResult {
  readonly records: readonly LonghaulRecord[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly interrupted: boolean;
  /** 0 all pass, 1 a requirement failed, 3 inconclusive, 70 the harness failed, 130 interrupted. */
  readonly exitCode: number;
  readonly run: RunInfo;
  /** Where the results lie; null when nothing was written. */
  readonly directory: string | null;
  /** What the user should know besides the results. */
  readonly warnings: readonly string[];
}

/** The cells that a request stands for. User's files are read from the working directory. */
export function planCells(request: PlanRequest): Cell[] {
  if (request.world === "live") {
    throw new UsageError("the live world is not part of this version; known: virtual");
  }
  const manifests = engines.map(({ manifest }) => manifest);
  return plan({ readFile: readUserFile, ...request }, catalogue, manifests);
}

function readUserFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read", path, error);
  }
}

/** @throws UsageError for unknown names, a request that selects nothing, and a place that cannot be written */
export async function runSuite(options: RunOptions = {}): Promise<RunResult> {
  const formats = chooseReporters(options.formats ?? ["markdown"]);
  const cells = planCells(options);
  const startedAt = new Date();
  const out = options.out === undefined ? RESULTS_DIRECTORY : options.out;
  const directory = out === null ? null : RunDirectory.create(out, startedAt);
  const session = new Session(cells, options, { startedAt, directory });
  try {
    directory?.writeRun(session.info("running"));
    options.onPlan?.(cells);
    await session.run();
    return session.finish(formats);
  } catch (error) {
    session.fail();
    throw error;
  }
}

export function chooseReporters(names: readonly string[]): Reporter[] {
  const known = reporters.map(({ id }) => id);
  const wanted = names.flatMap((list) => list.split(",")).map((name) => name.trim());
  return [...new Set(wanted)].map((name) => {
    const reporter = reporters.find(({ id }) => id === name);
    if (reporter === undefined) throw unknownName("format", name, known);
    return reporter;
  });
}

/** One run while it lasts. */
class Session {
  readonly #records: LonghaulRecord[] = [];
  readonly #verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  readonly #jobs: number;

  constructor(
    readonly cells: readonly Cell[],
    readonly options: RunOptions,
    readonly place: { readonly startedAt: Date; readonly directory: RunDirectory | null },
  ) {
    this.#jobs = options.jobs ?? defaultJobs(cells.length);
  }

  get #interrupted(): boolean {
    return this.options.signal?.aborted === true && this.#records.length < this.cells.length;
  }

  async run(): Promise<void> {
    const { cells, options } = this;
    const { directory } = this.place;
    const results = runCells(cells, {
      jobs: this.#jobs,
      runCell: createRunCell({ engines, world: virtualWorld }),
      workerUrl: new URL("./worker.js", import.meta.url),
      keep: directory === null ? "none" : this.#keepTraces(),
      ...(options.shuffle === undefined ? {} : { order: shuffledOrder(cells.length, options.shuffle) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    for await (const { line, record, trace } of results) {
      directory?.append(line);
      if (trace !== null) directory?.writeTrace(record.cell.id, trace);
      this.#records.push(record);
      this.#verdicts[record.verdict]++;
      options.onRecord?.(record);
    }
  }

  #keepTraces(): KeepTraces {
    const { traces = "auto" } = this.options;
    if (traces !== "auto") return traces;
    return this.cells.length <= ALL_TRACES_UP_TO ? "all" : "failed";
  }

  finish(formats: readonly Reporter[]): RunResult {
    const { directory } = this.place;
    const interrupted = this.#interrupted;
    const exitCode = exitCodeOf(this.#verdicts, interrupted);
    const run = { ...this.info(interrupted ? "interrupted" : "finished"), endedAt: new Date().toISOString(), exitCode };
    const warnings: string[] = [];
    if (directory !== null) {
      const report = { records: this.#records, run };
      for (const { extension, render } of formats) directory.writeFile(`report.${extension}`, render(report));
      directory.close();
      directory.writeRun(run);
      if (!directory.linkLatest()) warnings.push(`"latest" in ${directory.parent} is not a link and was left alone`);
    }
    return {
      records: this.#records,
      verdicts: this.#verdicts,
      interrupted,
      exitCode,
      run,
      directory: directory?.path ?? null,
      warnings,
    };
  }

  /** Leaves what there is, marked; the error that led here is the one to be told. */
  fail(): void {
    try {
      this.place.directory?.writeRun({ ...this.info("failed"), endedAt: new Date().toISOString() });
    } catch {
      // A disk that took no record takes no mark either; run.json then still says "running".
    }
  }

  info(state: RunInfo["state"]): RunInfo {
    const { cells, options } = this;
    return {
      version: 1,
      id: this.place.directory?.id ?? "unsaved",
      state,
      longhaul: packageVersion(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
      startedAt: this.place.startedAt.toISOString(),
      endedAt: null,
      options: {
        suite: options.suite ?? "default",
        engines: options.engines ?? [],
        links: options.links ?? [],
        scenarios: options.scenarios ?? [],
        policies: options.policies ?? [],
        world: options.world ?? "virtual",
        seed: options.seed ?? 1,
        seeds: options.seeds ?? 1,
        repeat: options.repeat ?? 1,
        shard: options.shard ?? null,
        integrity: options.integrity ?? "exact",
        jobs: this.#jobs,
        traces: options.traces ?? "auto",
      },
      plannedCells: cells.length,
      doneCells: this.#records.length,
      verdicts: { ...this.#verdicts },
      exitCode: null,
    };
  }
}

function defaultJobs(cells: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(cells / CELLS_WORTH_A_THREAD)));
}
