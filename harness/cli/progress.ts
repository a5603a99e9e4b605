/** How far a long run has come, on one line of stderr that is written over. Nothing when stderr is not a terminal. */
import { formatDuration } from "../base/format.ts";
import type { LonghaulRecord } from "../contract/index.ts";

/** A run that is over sooner needs no progress. */
const QUIET_MS = 1000;
const REDRAW_MS = 200;

/** "12/72 cells, 1 not passed, about 8 s left" */
export function progressText(state: { done: number; total: number; notPassed: number; elapsedMs: number }): string {
  const { done, total, notPassed, elapsedMs } = state;
  const parts = [`${done}/${total} cells`];
  if (notPassed > 0) parts.push(`${notPassed} not passed`);
  if (done > 0 && done < total) {
    const leftSeconds = Math.ceil((elapsedMs / done) * (total - done) * 1e-3);
    parts.push(`about ${formatDuration(leftSeconds * 1e9)} left`);
  }
  return parts.join(", ");
}

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #startMs = performance.now();
  #total = 0;
  #done = 0;
  #notPassed = 0;
  #drawnMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  start(total: number): void {
    this.#total = total;
  }

  add(record: LonghaulRecord): void {
    this.#done++;
    if (record.verdict !== "pass" && record.verdict !== "expected-fail") this.#notPassed++;
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#startMs;
    if (!this.#stream.isTTY || elapsedMs < QUIET_MS || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const state = { done: this.#done, total: this.#total, notPassed: this.#notPassed, elapsedMs };
    this.#stream.write(`\r\u001b[K${progressText(state)}`);
  }

  /** Takes the line away again. */
  end(): void {
    if (this.#drawnMs > 0) this.#stream.write("\r\u001b[K");
  }
}
