/** Several worker threads that work through a list of cells. A worker that dies costs the cell that it was at, no more. */
import { Worker } from "node:worker_threads";
import type { Cell } from "../contract/index.ts";
import { errorRecord } from "../judge/index.ts";
import type { FinishedCell, KeepTraces } from "./run-cell.ts";
import type { Answer, Batch, WorkerOptions } from "./serve.ts";

/** Few messages when there are many cells, an even load when there are few. */
const BATCHES_PER_WORKER = 8;
const LARGEST_BATCH = 32;

export interface PoolOptions {
  readonly jobs: number;
  readonly workerUrl: URL;
  readonly keep: KeepTraces;
  /** Indices of the cells, in the order in which they are to be started. */
  readonly order: readonly number[];
  readonly onCell: (index: number, finished: FinishedCell) => void;
}

interface Member {
  readonly worker: Worker;
  /** What it was given and has not answered yet, in order: it works at the first. */
  readonly pending: number[];
  ready: boolean;
}

export class Pool {
  readonly #cells: readonly Cell[];
  readonly #options: PoolOptions;
  readonly #queue: number[];
  readonly #members = new Set<Member>();
  #settle!: { resolve: () => void; reject: (error: Error) => void };
  #over = false;

  constructor(cells: readonly Cell[], options: PoolOptions) {
    this.#cells = cells;
    this.#options = options;
    this.#queue = [...options.order].reverse();
  }

  /** Resolves once every cell is answered or the pool was stopped. */
  async run(): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const jobs = Math.min(this.#options.jobs, this.#queue.length);
    for (let job = 0; job < jobs; job++) this.#hire();
    try {
      await done;
    } finally {
      await this.#dismissAll();
    }
  }

  stop(): void {
    this.#over = true;
    this.#settle?.resolve();
  }

  async #dismissAll(): Promise<void> {
    this.#over = true;
    await Promise.all([...this.#members].map(({ worker }) => worker.terminate()));
  }

  #hire(): void {
    const workerData: WorkerOptions = { keep: this.#options.keep };
    const worker = new Worker(this.#options.workerUrl, { workerData });
    const member: Member = { worker, pending: [], ready: false };
    this.#members.add(member);
    let reason = "its thread ended";
    worker.on("message", (answer: Answer) => this.#hear(member, answer));
    worker.on("error", (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => this.#bury(member, reason));
  }

  #hear(member: Member, answer: Answer): void {
    if (this.#over) return;
    if (answer.kind === "cell") {
      member.pending.shift();
      this.#options.onCell(answer.index, answer);
      return;
    }
    member.ready = true;
    this.#give(member);
  }

  #give(member: Member): void {
    const share = Math.ceil(this.#queue.length / (this.#options.jobs * BATCHES_PER_WORKER));
    const indices: number[] = [];
    while (indices.length < Math.min(share, LARGEST_BATCH)) indices.push(this.#queue.pop() as number);
    if (indices.length === 0) {
      this.#members.delete(member);
      void member.worker.terminate();
      if (this.#members.size === 0) this.#settle.resolve();
      return;
    }
    member.pending.push(...indices);
    const batch: Batch = { cells: indices.map((index) => ({ index, cell: this.#cells[index] })) };
    member.worker.postMessage(batch);
  }

  /** A worker that ended by itself: its cell is an error, the rest of its batch goes to others. */
  #bury(member: Member, reason: string): void {
    if (!this.#members.delete(member) || this.#over) return;
    if (!member.ready) {
      this.#settle.reject(new Error(`a worker did not start: ${reason}`));
      return;
    }
    const [index, ...rest] = member.pending;
    if (index !== undefined) {
      const record = errorRecord(this.#cells[index], `the worker died at this cell: ${reason}`);
      this.#options.onCell(index, { line: JSON.stringify(record), trace: null });
    }
    this.#queue.push(...rest.reverse());
    if (this.#queue.length > 0) this.#hire();
    else if (this.#members.size === 0) this.#settle.resolve();
  }
}
