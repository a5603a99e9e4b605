/** The link's own time in nanoseconds. It stands at 0 until it is started, so that events can count from the first connection. */

/** The host's monotonic clock, the same in every process and thread of the machine. */
export const hostNs = (): number => Number(process.hrtime.bigint());

export class LinkClock {
  #zeroNs: number | null = null;

  get started(): boolean {
    return this.#zeroNs !== null;
  }

  start(): void {
    this.#zeroNs ??= hostNs();
  }

  nowNs(): number {
    return this.#zeroNs === null ? 0 : hostNs() - this.#zeroNs;
  }

  /** The host's time at link time `atNs`; only once started. */
  hostNsAt(atNs: number): number {
    return (this.#zeroNs ?? hostNs()) + atNs;
  }
}
