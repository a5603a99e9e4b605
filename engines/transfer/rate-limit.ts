/** A bandwidth cap over all streams: bytes may leave no earlier than the mean rate allows. */
import { type Clock, type Process, wait } from "../../harness/contract/index.ts";

export class RateLimit {
  #readyNs = 0;

  constructor(
    readonly clock: Clock,
    readonly bytesPerSecond: number | null,
  ) {}

  /** Books bytes that nobody may hold up (demand pages); what follows waits for them too. */
  charge(bytes: number): void {
    if (this.bytesPerSecond === null) return;
    this.#readyNs = Math.max(this.clock.nowNs(), this.#readyNs) + (bytes * 1e9) / this.bytesPerSecond;
  }

  /** Waits until what was sent before has had its time, then books `bytes`. An idle link earns no credit. */
  *book(bytes: number): Process<void> {
    if (this.bytesPerSecond === null) return;
    const nowNs = this.clock.nowNs();
    const startNs = Math.max(nowNs, this.#readyNs);
    this.#readyNs = startNs + (bytes * 1e9) / this.bytesPerSecond;
    if (startNs > nowNs) yield* wait(this.clock.sleep(Math.ceil(startNs - nowNs)));
  }
}
