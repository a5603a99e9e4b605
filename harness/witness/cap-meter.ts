/**
 * The highest mean rate over any whole second of a phase, for checking a bandwidth cap from outside. A phase shorter
 * than a second is judged by its own mean.
 */
const WINDOW_NS = 1_000_000_000;
/** Too short to say anything about a rate. */
const SHORTEST_NS = 100_000_000;

export class CapMeter {
  maxBytesPerSecond = 0;
  #startNs = -1;
  #startBytes = 0;
  #windows = 0;

  begin(nowNs: number, bytes: number): void {
    this.#startNs = nowNs;
    this.#startBytes = bytes;
  }

  /** When the current window is over; Infinity outside the phase. */
  nextNs(): number {
    return this.#startNs < 0 ? Infinity : this.#startNs + WINDOW_NS;
  }

  tick(nowNs: number, bytes: number): void {
    this.#take(nowNs, bytes);
    this.#windows++;
    this.begin(nowNs, bytes);
  }

  end(nowNs: number, bytes: number): void {
    if (this.#startNs >= 0 && this.#windows === 0 && nowNs - this.#startNs >= SHORTEST_NS) this.#take(nowNs, bytes);
    this.#startNs = -1;
  }

  #take(nowNs: number, bytes: number): void {
    const rate = ((bytes - this.#startBytes) * 1e9) / (nowNs - this.#startNs);
    if (rate > this.maxBytesPerSecond) this.maxBytesPerSecond = Math.round(rate);
  }
}
