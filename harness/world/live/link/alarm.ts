/**
 * An alarm far finer than the millisecond of Node's timers: a thread sleeps in Atomics.wait with a fractional timeout and
 * wakes the event loop through Atomics.waitAsync. The loop keeps running meanwhile, so that sockets are read at once.
 * While no alarm is set the thread sleeps without a timeout, and costs nothing.
 */
import { Worker } from "node:worker_threads";
import { hostNs } from "./clock.ts";

/** Bumped with every new time; the thread sleeps on it. */
const SET = 0;
/** 1 from the moment at which the alarm rings until the event loop has heard it. */
const RUNG = 1;

/** 1 while the thread looks for a new time by itself every now and then, so that nobody has to wake it. */
const DOZING = 2;

/** How much earlier than asked for the thread is woken, so that the event loop is awake in time. */
const MIN_LEAD_NS = 40_000;
const MAX_LEAD_NS = 600_000;
const LEAD_STEP_NS = 2_000;
/** Steps up for one wake that came too late, against one step down for one in time: settles at the 90th percentile. */
const STEPS_UP = 9;

/** By less than this a time that need not be exact is not worth another wake of the thread. */
const WORTH_WAKING_NS = 100_000;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false; readonly value: string } | { readonly async: true; readonly value: Promise<string> };
// The compiler's library has no Atomics.waitAsync below ES2024; V8 has had it since 8.7.
const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };

/**
 * Runs in the thread, as text: it may use nothing but its argument and globals. After a ring the thread dozes for a few
 * short naps, because during a transfer the next time follows at once, and waking a thread costs more than a nap.
 */
function ringLoop({ words, timeNs }: { words: Int32Array; timeNs: Float64Array }): void {
  const napMs = 0.1;
  let rungFor = 0;
  let naps = 0;
  for (;;) {
    const set = Atomics.load(words, 0);
    if (set === rungFor) {
      const doze = naps > 0;
      naps -= 1;
      // Stored before the time is looked at again: either this thread sees a new time, or the setter sees it asleep.
      if (Atomics.exchange(words, 2, doze ? 1 : 0) !== (doze ? 1 : 0)) continue;
      Atomics.wait(words, 0, set, doze ? napMs : Infinity);
      continue;
    }
    const leftNs = timeNs[0] - Number(process.hrtime.bigint());
    if (leftNs > 0) {
      Atomics.store(words, 2, 0);
      Atomics.wait(words, 0, set, leftNs / 1e6);
      continue;
    }
    rungFor = set;
    naps = 8;
    Atomics.store(words, 2, 1);
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
  }
}

export class Alarm {
  readonly #words = new Int32Array(new SharedArrayBuffer(12));
  readonly #timeNs = new Float64Array(new SharedArrayBuffer(8));
  readonly #thread: Worker;
  readonly #onRing: () => void;
  #setNs = Infinity;
  #exact = false;
  #leadNs = 100_000;
  #closed = false;

  /** @param onRing called on the event loop, at times also when nothing is due: a time once set is never taken back */
  constructor(onRing: () => void) {
    this.#onRing = onRing;
    const code = `(${ringLoop.toString()})(require("node:worker_threads").workerData)`;
    this.#thread = new Worker(code, {
      eval: true,
      workerData: { words: this.#words, timeNs: this.#timeNs },
      execArgv: [],
    });
    this.#thread.unref();
    this.#listen();
  }

  /** How long before a time that must be met exactly the event loop wants to be awake. */
  get leadNs(): number {
    return this.#leadNs;
  }

  /**
   * Rings at this time of the host's clock, or earlier if an earlier time is set already.
   * @param exact whether a tenth of a millisecond matters; otherwise it may ring so much later
   */
  set(atHostNs: number, exact: boolean): void {
    const earlierNs = this.#setNs - atHostNs;
    if (this.#closed || earlierNs <= 0 || (!exact && earlierNs < WORTH_WAKING_NS)) return;
    this.#setNs = atHostNs;
    this.#exact = exact;
    this.#timeNs[0] = atHostNs;
    Atomics.add(this.#words, SET, 1);
    if (exact || Atomics.load(this.#words, DOZING) === 0) Atomics.notify(this.#words, SET);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread.terminate();
  }

  #listen(): void {
    const heard = waitAsync(this.#words, RUNG, 0);
    if (heard.async) void heard.value.then(() => this.#ring());
    else setImmediate(() => this.#ring());
  }

  #ring(): void {
    if (this.#closed) return;
    const lateNs = hostNs() - this.#setNs;
    if (this.#exact && lateNs > 0) this.#learn(lateNs);
    this.#setNs = Infinity;
    Atomics.store(this.#words, RUNG, 0);
    this.#listen();
    this.#onRing();
  }

  #learn(lateNs: number): void {
    const change = lateNs > this.#leadNs ? STEPS_UP * LEAD_STEP_NS : -LEAD_STEP_NS;
    this.#leadNs = Math.min(Math.max(this.#leadNs + change, MIN_LEAD_NS), MAX_LEAD_NS);
  }
}
