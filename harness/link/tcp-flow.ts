/** A flow as the model keeps it: its frames, its window, and where on the round clock its next frame ends. */
import type { CongestionControl } from "./congestion/congestion.ts";
import type { Flow } from "./flow.ts";
import type { HeapItem } from "./heap.ts";

/** `idle`: nothing to send. `active`: takes part in the bottleneck. `stalled`: waits for a retransmission timeout. */
export type FlowState = "idle" | "active" | "stalled" | "closed";

export interface FlowOwner {
  enqueued(flow: TcpFlow): void;
  closed(flow: TcpFlow): void;
  round(): number;
}

export class TcpFlow implements Flow, HeapItem {
  heapSlot = -1;
  state: FlowState = "idle";
  /** Index among the active flows, or -1. */
  place = -1;
  /** As the bottleneck uses it; follows `control.windowBytes`. */
  windowBytes: number;
  /** Round at which the head frame ends; while active with nothing queued, where the last one ended. */
  targetRound = 0;
  /** Of the head frame, while not active. */
  remainingBytes = 0;
  /** Round up to which the window has grown. */
  grownRound = 0;
  /** Rounds of growth outstanding when the flow fell idle. */
  pendingRounds = 0;
  idleSinceNs = -Infinity;
  /** No second reduction before this round. */
  recoveredRound = -1;
  /** Consecutive timeouts. */
  backoff = 0;
  /** What is sent now waits on the other side for a repeat that arrives then. */
  holdUntilNs = 0;
  lastArrivalNs = 0;
  sentBytes = 0;
  #queuedBytes = 0;
  #bytes: number[] = [];
  #frames: number[] = [];
  #head = 0;

  constructor(
    readonly id: number,
    readonly control: CongestionControl,
    /** Cross traffic: always has something to send, and nobody hears of it. */
    readonly endless: boolean,
    readonly owner: FlowOwner,
  ) {
    this.windowBytes = control.windowBytes;
  }

  get hasFrames(): boolean {
    return this.#head < this.#bytes.length;
  }

  get headBytes(): number {
    return this.#bytes[this.#head];
  }

  get headFrame(): number {
    return this.#frames[this.#head];
  }

  enqueue(bytes: number, frame: number): void {
    if (!(bytes > 0 && Number.isSafeInteger(bytes))) throw new RangeError(`a frame of ${bytes} bytes`);
    if (this.state === "closed") throw new Error(`frame ${frame} is enqueued on closed flow ${this.id}`);
    const first = !this.hasFrames;
    this.#bytes.push(bytes);
    this.#frames.push(frame);
    this.#queuedBytes += bytes;
    if (first) this.owner.enqueued(this);
  }

  /** Takes the head frame out of the queue; its size is added to what was sent. */
  finishHead(): void {
    const bytes = this.headBytes;
    this.#queuedBytes -= bytes;
    this.sentBytes += bytes;
    this.#head += 1;
    if (this.#head === this.#bytes.length) {
      this.#bytes.length = 0;
      this.#frames.length = 0;
      this.#head = 0;
    } else if (this.#head > 64 && 2 * this.#head > this.#bytes.length) {
      this.#bytes.splice(0, this.#head);
      this.#frames.splice(0, this.#head);
      this.#head = 0;
    }
  }

  get backlogBytes(): number {
    if (!this.hasFrames) return 0;
    const left =
      this.state === "active" ? (this.targetRound - this.owner.round()) * this.windowBytes : this.remainingBytes;
    return this.#queuedBytes - this.headBytes + Math.ceil(Math.min(Math.max(left, 0), this.headBytes));
  }

  dropAll(): void {
    this.#bytes = [];
    this.#frames = [];
    this.#head = 0;
    this.#queuedBytes = 0;
  }

  close(): void {
    if (this.state !== "closed") this.owner.closed(this);
  }
}
