/** Frames on their way to one end of a connection, in the order of their arrival. */
import type { Frame } from "../../contract/index.ts";
import type { Actor } from "./kernel.ts";

/** `closed`: the peer will send nothing more; `corrupt`: a frame whose checksum does not match. */
export type Arrival = Frame | "closed" | "corrupt";

export class Arrivals implements Actor {
  #times: number[] = [];
  #items: Arrival[] = [];
  #head = 0;

  constructor(readonly deliver: (arrival: Arrival) => void) {}

  push(arrival: Arrival, atNs: number): void {
    this.#times.push(atNs);
    this.#items.push(arrival);
  }

  nextEventNs(): number {
    return this.#head < this.#times.length ? this.#times[this.#head] : Infinity;
  }

  advance(nowNs: number): void {
    while (this.#head < this.#times.length && this.#times[this.#head] <= nowNs) {
      const arrival = this.#items[this.#head++];
      if (this.#head === this.#times.length) this.clear();
      else if (this.#head > 4096 && this.#head * 2 > this.#times.length) this.#compact();
      this.deliver(arrival);
    }
  }

  clear(): void {
    this.#times.length = 0;
    this.#items.length = 0;
    this.#head = 0;
  }

  #compact(): void {
    this.#times.splice(0, this.#head);
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}
