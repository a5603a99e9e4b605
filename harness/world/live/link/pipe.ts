/** One direction of one connection: reads from a socket at the pace of the link, writes to the other socket on arrival. */
import type { Socket } from "node:net";
import { UsageError } from "../../../base/errors.ts";
import type { ByteSource, ReadPool } from "./byte-source.ts";
import { CanarySearch } from "./canary.ts";
import type { Direction } from "./direction.ts";
import { type Parcel, Transit } from "./transit.ts";

/** While a sender waits for room, the send buffer is looked at again after so long at the earliest. */
const REFILL_NS = 500_000;
/** Free share of the send buffer from which a sender that waits may go on. */
const REFILL_SHARE = 0.25;
const MAX_CORRUPTIONS = 10_000;

export interface PipeHost {
  /** Brings the direction's model up to now, and returns now. */
  settle(direction: Direction): number;
  /** Something was handed to the link, or can be handed over now. */
  touch(pipe: Pipe): void;
  canaryFound(pipe: Pipe, canary: number, offset: number): void;
  /** @param last whether nothing is under way any more: somebody waits for exactly this */
  delivered(lateNs: number, last: boolean): void;
}

export interface PipeOptions {
  readonly direction: Direction;
  readonly returnDelayNs: number;
  readonly canaries: readonly Buffer[];
  readonly pool: ReadPool;
  readonly host: PipeHost;
}

/** What the tap saw of one direction of one connection; times on the link's clock, null before the first byte. */
export interface PipeTap {
  sentBytes: number;
  deliveredBytes: number;
  firstSentNs: number | null;
  lastSentNs: number | null;
  firstDeliveredNs: number | null;
  lastDeliveredNs: number | null;
}

export class Pipe {
  readonly direction: Direction;
  readonly transit: Transit;
  readonly tap: PipeTap = {
    sentBytes: 0,
    deliveredBytes: 0,
    firstSentNs: null,
    lastSentNs: null,
    firstDeliveredNs: null,
    lastDeliveredNs: null,
  };
  /** Most bytes ever held: in the send buffer, in flight, and not yet taken by the receiver. */
  peakHeldBytes = 0;
  readonly #pool: ReadPool;
  readonly #host: PipeHost;
  readonly #searches: readonly CanarySearch[];
  readonly #corruptions = new Map<number, number>();
  #from: Socket | null = null;
  #to: Socket | null = null;
  #full = false;
  #stalls = 0;
  #closed = false;

  constructor({ direction, returnDelayNs, canaries, pool, host }: PipeOptions) {
    this.direction = direction;
    this.transit = new Transit(direction, returnDelayNs);
    this.#pool = pool;
    this.#host = host;
    this.#searches = canaries.map((canary) => new CanarySearch(canary));
  }

  /** Begins to read what the sender writes. */
  startReading(from: ByteSource): void {
    if (this.#closed) return;
    this.#from = from.socket;
    from.onChunk = (chunk) => this.#onData(chunk);
    from.socket.on("end", () => this.signal(() => this.#to?.end()));
    this.#flowOrPause();
  }

  deliverTo(to: Socket): void {
    this.#to = to;
    to.on("drain", () => {
      this.refill();
      this.#host.touch(this);
    });
  }

  /** Sends a signal behind the bytes so far. */
  signal(onArrival: () => void): void {
    this.transit.signal(onArrival, this.#host.settle(this.direction));
    this.#host.touch(this);
  }

  /** The sender is gone without an end: what has left it still arrives, then the reset. */
  sendReset(onArrival: () => void): void {
    this.transit.reset(onArrival, this.#host.settle(this.direction));
    this.#host.touch(this);
  }

  get stalled(): boolean {
    return this.#stalls > 0;
  }

  /** Nothing passes any more: neither is anything read nor handed over. Stalls may overlap. */
  stall(on: boolean): void {
    this.#stalls = Math.max(0, this.#stalls + (on ? 1 : -1));
    this.#flowOrPause();
    this.#host.touch(this);
  }

  unstall(): void {
    if (this.#stalls === 0) return;
    this.#stalls = 1;
    this.stall(false);
  }

  /** Flips the bits of `mask` in the byte at this offset of the stream, counted from 0. */
  corrupt(offset: number, mask: number): void {
    if (offset < this.tap.sentBytes) {
      throw new UsageError(`offset ${offset} has already passed: ${this.tap.sentBytes} bytes were sent`);
    }
    if (this.#corruptions.size >= MAX_CORRUPTIONS) {
      throw new UsageError(`${MAX_CORRUPTIONS} bytes wait to be damaged already; for more use corrupt-frames`);
    }
    this.#corruptions.set(offset, (this.#corruptions.get(offset) ?? 0) ^ mask);
  }

  /** Hands over what has arrived by now. */
  deliver(nowNs: number): void {
    if (this.stalled) return;
    let run: Parcel | null = null;
    let runEnd = 0;
    let lastArrivalNs = 0;
    this.#to?.cork();
    for (let next = this.transit.takeArrived(nowNs); next !== null; next = this.transit.takeArrived(nowNs)) {
      lastArrivalNs = next.arrivalNs;
      if (next.chunk !== null && next.corrupt) next.chunk[(next.start + next.end) >> 1] ^= 1;
      // Frames cut from one read are written as one again.
      if (run !== null && next.chunk === run.chunk) {
        runEnd = next.end;
        continue;
      }
      if (run !== null) this.#write(run.chunk!.subarray(run.start, runEnd), nowNs);
      run = next.chunk === null ? null : next;
      runEnd = next.end;
      next.onArrival?.();
    }
    if (run !== null) this.#write(run.chunk!.subarray(run.start, runEnd), nowNs);
    this.#to?.uncork();
    if (lastArrivalNs > 0) this.#host.delivered(nowNs - lastArrivalNs, this.transit.length === 0);
  }

  /** Reads on once a part of the send buffer is free. */
  refill(): void {
    if (this.#full && this.#roomBytes() >= this.direction.readAheadBytes * REFILL_SHARE) {
      this.#full = false;
      this.#flowOrPause();
    }
  }

  /** When there may be room again for a sender that waits; Infinity when none does, or when only the receiver can make it. */
  nextRefillNs(nowNs: number): number {
    if (!this.#full || this.#closed) return Infinity;
    const surplus = this.transit.unsentBytes - this.direction.readAheadBytes * (1 - REFILL_SHARE);
    if (surplus <= 0) return Infinity;
    const drainNs = (surplus * 1e9) / this.direction.goodputCeilingBytesPerSecond;
    return Math.max(nowNs + Math.max(drainNs, REFILL_NS), this.direction.model.nextEventNs());
  }

  /** Whether there is nothing to do until somebody touches it. */
  get idle(): boolean {
    return this.transit.length === 0 && !this.#full;
  }

  /** Reads and hands over nothing more. */
  close(): void {
    this.#closed = true;
    this.#from?.pause();
    this.transit.close();
  }

  #onData(chunk: Buffer): void {
    if (this.#closed) return;
    const nowNs = this.#host.settle(this.direction);
    this.#searches.forEach((search, canary) => {
      for (const offset of search.feed(chunk)) this.#host.canaryFound(this, canary, offset);
    });
    if (this.#corruptions.size > 0) this.#damage(chunk);
    this.tap.firstSentNs ??= nowNs;
    this.tap.lastSentNs = nowNs;
    this.tap.sentBytes += chunk.length;
    this.transit.send(chunk, nowNs);
    this.peakHeldBytes = Math.max(this.peakHeldBytes, this.#heldBytes());
    if (this.#roomBytes() <= 0) {
      this.#full = true;
      this.#flowOrPause();
    }
    this.#host.touch(this);
  }

  #damage(chunk: Buffer): void {
    for (const [offset, mask] of this.#corruptions) {
      const index = offset - this.tap.sentBytes;
      if (index >= chunk.length) continue;
      chunk[index] ^= mask;
      this.#corruptions.delete(offset);
    }
  }

  #write(bytes: Buffer, nowNs: number): void {
    this.tap.firstDeliveredNs ??= nowNs;
    this.tap.lastDeliveredNs = nowNs;
    this.tap.deliveredBytes += bytes.length;
    if (this.#to?.writable !== true) return;
    this.#to.write(bytes, (error) => {
      // After an error nobody knows what still refers to the memory: it is left to the collector.
      if (!error) this.#pool.release(bytes);
    });
  }

  #heldBytes(): number {
    return this.transit.bytes + (this.#to?.writableLength ?? 0);
  }

  /** What may be read now: room in the send buffer, and in the window that the receiver leaves. */
  #roomBytes(): number {
    const { readAheadBytes, windowBytes } = this.direction;
    return Math.min(readAheadBytes - this.transit.unsentBytes, readAheadBytes + windowBytes - this.#heldBytes());
  }

  #flowOrPause(): void {
    if (this.#from === null || this.#closed) return;
    if (this.#full || this.stalled) this.#from.pause();
    else this.#from.resume();
  }
}
