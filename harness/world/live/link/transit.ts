/**
 * What is under way in one direction of one connection: bytes and signals (opening, end, reset), in order. Bytes travel
 * as frames of a TCP flow of the model; a burst that fits the window of an idle connection travels as a message, as
 * small frames do in the virtual world, because TCP sends it at once instead of spreading it over a round trip.
 */
import type { Flow, MessageLane } from "../../../link/index.ts";
import type { Direction, Traveller } from "./direction.ts";
import { Fifo } from "./fifo.ts";

/** A connection that has carried enough lately lets so much go at once, like a demand connection of the virtual world. */
const WARM_WINDOW_BYTES = 65_536;
const SIGNAL_BYTES = 1;
const FRAMES_PER_WINDOW = 16;

export interface Parcel {
  /** Null for a signal. */
  readonly chunk: Buffer | null;
  readonly start: number;
  readonly end: number;
  readonly onArrival: (() => void) | null;
  /** Infinity until it is known. */
  arrivalNs: number;
  corrupt: boolean;
}

interface Burst {
  readonly ackedNs: number;
  readonly bytes: number;
}

export class Transit implements Traveller {
  readonly #direction: Direction;
  readonly #returnDelayNs: number;
  readonly #lane: MessageLane;
  readonly #queue = new Fifo<Parcel>();
  readonly #inFlow = new Fifo<Parcel>();
  readonly #held = new Map<number, Parcel>();
  readonly #bursts = new Fifo<Burst>();
  #flow: Flow | null = null;
  #messages = 0;
  #heldBytes = 0;
  #burstBytes = 0;
  #warmBytes = 0;
  /** Sent as frames since the flow was last idle. */
  #flowBytes = 0;
  #lastSendNs = 0;
  #bytes = 0;
  #closed = false;

  constructor(direction: Direction, returnDelayNs: number) {
    this.#direction = direction;
    this.#returnDelayNs = returnDelayNs;
    this.#lane = direction.openLane(this);
  }

  /** Parcels that have not been taken yet. */
  get length(): number {
    return this.#queue.length;
  }

  /** Bytes accepted and not yet taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait for the bottleneck: what a send buffer holds. */
  get unsentBytes(): number {
    return (this.#flow?.backlogBytes ?? 0) + this.#heldBytes;
  }

  get hasUnsent(): boolean {
    return this.#inFlow.length > 0 || this.#held.size > 0;
  }

  /** Infinity while the arrival of what comes next is not known. */
  get nextArrivalNs(): number {
    return this.#queue.peek()?.arrivalNs ?? Infinity;
  }

  /** Time between the next arrival and the one after it; Infinity when nothing follows, 0 while that is not known. */
  get gapNs(): number {
    const second = this.#queue.peek(1);
    if (second === undefined) return Infinity;
    return second.arrivalNs === Infinity ? 0 : second.arrivalNs - this.nextArrivalNs;
  }

  /** Arrival of the last byte under way; Infinity while it is not known, -Infinity when there is none. */
  get lastArrivalNs(): number {
    return this.#queue.last()?.arrivalNs ?? -Infinity;
  }

  /** Sends bytes now; the caller has advanced the model. */
  send(chunk: Buffer, nowNs: number): void {
    if (this.#closed) return;
    if (this.#fitsBurst(chunk.length, nowNs)) {
      this.#sendMessage(parcel(chunk, 0, chunk.length, null), chunk.length, nowNs);
      return;
    }
    if (nowNs - this.#lastSendNs > this.#direction.idleResetNs) this.#flowBytes = 0;
    for (let start = 0, end = 0; start < chunk.length; start = end) {
      end = Math.min(start + this.#frameBytes(), chunk.length);
      this.#sendFrame(parcel(chunk, start, end, null), end - start);
      this.#flowBytes += end - start;
    }
    this.#lastSendNs = nowNs;
  }

  /** Sends a signal behind the bytes so far; it is carried out on arrival. */
  signal(onArrival: () => void, nowNs: number): void {
    if (this.#closed) return;
    const signal = parcel(null, 0, SIGNAL_BYTES, onArrival);
    if (this.#inFlow.length === 0) this.#sendMessage(signal, SIGNAL_BYTES, nowNs);
    else this.#sendFrame(signal, SIGNAL_BYTES);
  }

  /** A sender that resets its connection sends nothing more of what it has in its buffer, only the reset. */
  reset(onArrival: () => void, nowNs: number): void {
    if (this.#closed) return;
    this.#dropUnsent();
    this.#sendMessage(parcel(null, 0, SIGNAL_BYTES, onArrival), SIGNAL_BYTES, nowNs);
    this.#closed = true;
  }

  /** The next parcel if it has arrived by now. */
  takeArrived(nowNs: number): Parcel | null {
    const next = this.#queue.peek();
    if (next === undefined || next.arrivalNs > nowNs) return null;
    this.#queue.shift();
    this.#bytes -= next.end - next.start;
    return next;
  }

  /** Forgets everything; nothing arrives any more. */
  close(): void {
    this.#closed = true;
    if (this.#flow !== null) this.#direction.closeFlow(this.#flow);
    this.#flow = null;
    this.#direction.closeLane(this.#lane);
    this.#queue.keep(() => false);
    this.#inFlow.keep(() => false);
    this.#held.clear();
    this.#heldBytes = 0;
    this.#bytes = 0;
  }

  onSent(arrivalNs: number, corrupt: boolean): void {
    const sent = this.#inFlow.shift();
    if (sent === undefined) throw new Error("the link sent a frame that nobody enqueued");
    this.#arrives(sent, arrivalNs, corrupt);
  }

  onReleased(message: number, arrivalNs: number): void {
    const released = this.#held.get(message);
    if (released === undefined) return;
    this.#held.delete(message);
    this.#heldBytes -= released.end - released.start;
    this.#arrives(released, arrivalNs, released.corrupt);
  }

  onReset(): void {
    this.#flow = null;
    this.close();
  }

  #arrives(sent: Parcel, arrivalNs: number, corrupt: boolean): void {
    sent.arrivalNs = Math.ceil(arrivalNs);
    sent.corrupt = corrupt;
    // A signal has no bytes to damage: the next frame that has takes its place.
    if (corrupt && sent.chunk === null) this.#direction.model.corruptNextFrames(1);
  }

  #sendFrame(frame: Parcel, bytes: number): void {
    this.#flow ??= this.#direction.openFlow(this);
    this.#accept(frame, bytes);
    this.#inFlow.push(frame);
    this.#flow.enqueue(bytes, 0);
  }

  #sendMessage(sent: Parcel, bytes: number, nowNs: number): void {
    const message = this.#messages++;
    this.#accept(sent, bytes);
    const arrivalNs = this.#direction.model.message(this.#lane, bytes, message);
    sent.corrupt = this.#lane.lastCorrupt;
    if (arrivalNs === Infinity) {
      this.#held.set(message, sent);
      this.#heldBytes += bytes;
    } else {
      this.#arrives(sent, arrivalNs, sent.corrupt);
      this.#bursts.push({ ackedNs: arrivalNs + this.#returnDelayNs, bytes });
      this.#burstBytes += bytes;
    }
    this.#lastSendNs = nowNs;
  }

  /** A frame is a small part of a window, or its first byte would wait for rounds; slow start's window is what it has sent. */
  #frameBytes(): number {
    const { frameBytes, segmentBytes, initialWindowBytes, windowBytes } = this.#direction;
    const window = Math.min(initialWindowBytes + this.#flowBytes, windowBytes);
    return Math.min(Math.max(segmentBytes, Math.floor(window / FRAMES_PER_WINDOW)), frameBytes);
  }

  #accept(accepted: Parcel, bytes: number): void {
    this.#queue.push(accepted);
    this.#bytes += bytes;
  }

  /** Whether so many bytes may leave at once: nothing waits before them, and the window has room. */
  #fitsBurst(bytes: number, nowNs: number): boolean {
    if (this.hasUnsent) return false;
    for (let burst = this.#bursts.peek(); burst !== undefined && burst.ackedNs <= nowNs; burst = this.#bursts.peek()) {
      this.#bursts.shift();
      this.#burstBytes -= burst.bytes;
      this.#warmBytes += burst.bytes;
    }
    if (nowNs - this.#lastSendNs > this.#direction.idleResetNs) this.#warmBytes = 0;
    const { initialWindowBytes, windowBytes } = this.#direction;
    // Slow start: every byte that is acknowledged lets one more go.
    const window = Math.min(initialWindowBytes + this.#warmBytes, Math.max(WARM_WINDOW_BYTES, initialWindowBytes));
    return this.#burstBytes + bytes <= Math.min(window, windowBytes);
  }

  #dropUnsent(): void {
    if (this.#flow !== null) this.#direction.closeFlow(this.#flow);
    this.#flow = null;
    this.#inFlow.keep(() => false);
    this.#held.clear();
    this.#heldBytes = 0;
    this.#queue.keep((kept) => {
      if (kept.arrivalNs < Infinity) return true;
      this.#bytes -= kept.end - kept.start;
      return false;
    });
  }
}

const parcel = (chunk: Buffer | null, start: number, end: number, onArrival: (() => void) | null): Parcel => ({
  chunk,
  start,
  end,
  onArrival,
  arrivalNs: Infinity,
  corrupt: false,
});
