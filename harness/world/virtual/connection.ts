/**
 * Connections of the virtual world. Page data is a TCP flow of the link model; small frames on an idle connection take
 * the model's message path. Frames of one connection arrive whole and in order, whichever way they took.
 */
import { ConnectionLost, type Frame, PeerSilent, type Stream, type Wait } from "../../contract/index.ts";
import type { Flow, MessageLane } from "../../link/index.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";
import type { DirectionActor } from "./direction.ts";
import type { ActorEvent, Kernel } from "./kernel.ts";
import { frameBytes } from "./sizes.ts";

/** A frame up to this size does not wait for a window: it fits into the initial window of any connection. */
const SMALL_FRAME_BYTES = 14_000;
/** Demand pages keep their connection warm, and go the same way up to this size. */
const DEMAND_FRAME_BYTES = 65_536;
/** A sender that has moved nothing for so long is told that the connection is lost (cf. TCP_USER_TIMEOUT). */
const USER_TIMEOUT_NS = 30_000_000_000;

export interface EndpointOptions {
  readonly kernel: Kernel;
  readonly out: DirectionActor;
  readonly sendBufferBytes: number;
  readonly carries: "control" | "pages" | "demand";
  /** The tap: called with each frame as it is handed to the transport, with its size. */
  readonly onSend: (frame: Frame, bytes: number) => void;
  /** Called once when this end learns that the connection is lost. */
  readonly onLost: (error: ConnectionLost) => void;
}

interface Waiter<T> {
  readonly resume: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

/** One end of a connection. */
export class Endpoint implements Stream {
  peer!: Endpoint;
  #flow: Flow | null = null;
  #lane: MessageLane;
  #messageBytes = 0;
  #flowBytes = 0;
  /** Small frames that wait for a black hole to be lifted, by the number the link knows them by. */
  #held = new Map<number, Arrival>();
  #messages = 0;
  /** Frames in the flow's send buffer, oldest first. */
  #inFlow: Arrival[] = [];
  #lastArrivalNs = 0;
  #roomWaiters: Waiter<void>[] = [];
  #arrivals: Arrivals;
  readonly #nextArrival: ActorEvent;
  /** Arrived, but not yet asked for. */
  #inbox: Arrival[] = [];
  #receiver: Waiter<Frame | null> | null = null;
  #handler: ((frame: Frame) => void) | null = null;
  #closed = false;
  #suspended = false;
  #lost: ConnectionLost | null = null;

  constructor(readonly options: EndpointOptions) {
    this.#lane = options.out.openLane((message, arrivalNs) => this.#onReleased(message, arrivalNs));
    this.#arrivals = new Arrivals((arrival) => this.#onArrival(arrival));
    this.#nextArrival = options.kernel.register(this.#arrivals);
  }

  // Sending

  send(frame: Frame): Wait<number> {
    return {
      start: (resume, fail) => {
        if (this.#lost !== null) {
          fail(this.#lost);
          return () => {};
        }
        if (this.backlogBytes() < this.options.sendBufferBytes) {
          resume(this.post(frame));
          return () => {};
        }
        return this.#awaitRoom(() => resume(this.post(frame)), fail);
      },
    };
  }

  #awaitRoom(resume: () => void, fail: (error: unknown) => void): () => void {
    const { kernel } = this.options;
    let sentBefore = this.sentBytes();
    const patience = () =>
      kernel.after(USER_TIMEOUT_NS, () => {
        this.options.out.settle();
        if (this.sentBytes() === sentBefore) {
          this.lose(new ConnectionLost(`nothing could be sent for ${USER_TIMEOUT_NS / 1e9} s`));
        } else {
          sentBefore = this.sentBytes();
          timer = patience();
        }
      });
    let timer = patience();
    const waiter: Waiter<void> = {
      resume: () => {
        timer.cancel();
        resume();
      },
      fail: (error) => {
        timer.cancel();
        fail(error);
      },
    };
    this.#roomWaiters.push(waiter);
    return () => {
      timer.cancel();
      this.#roomWaiters = this.#roomWaiters.filter((other) => other !== waiter);
    };
  }

  post(frame: Frame): number {
    const bytes = frameBytes(frame);
    if (this.#lost !== null || this.#closed) return bytes;
    this.options.onSend(frame, bytes);
    this.#transmit(frame, bytes);
    return bytes;
  }

  #transmit(arrival: Arrival, bytes: number): void {
    const { out, carries } = this.options;
    const smallBytes = carries === "demand" ? DEMAND_FRAME_BYTES : SMALL_FRAME_BYTES;
    if (this.#inFlow.length === 0 && carries !== "pages" && bytes <= smallBytes) {
      this.#message(arrival, bytes);
      return;
    }
    this.#flow ??= out.openFlow({ onSent: (arrivalNs, corrupt) => this.#onSent(arrivalNs, corrupt) });
    this.#inFlow.push(arrival);
    this.#flowBytes += bytes;
    out.enqueue(this.#flow, bytes);
  }

  #message(arrival: Arrival, bytes: number): void {
    const message = this.#messages++;
    this.#messageBytes += bytes;
    const arrivalNs = this.options.out.message(this.#lane, bytes, message);
    if (arrivalNs === Infinity) this.#held.set(message, arrival);
    else this.#arriveAt(this.#lane.lastCorrupt ? "corrupt" : arrival, arrivalNs);
  }

  /** The black hole that swallowed this frame is gone; TCP has sent it again. */
  #onReleased(message: number, arrivalNs: number): void {
    const arrival = this.#held.get(message);
    this.#held.delete(message);
    if (arrival !== undefined) this.#arriveAt(arrival, arrivalNs);
  }

  /** Payload bytes that have left this end so far. */
  sentBytes(): number {
    return this.#messageBytes + this.#flowBytes - (this.#flow?.backlogBytes ?? 0);
  }

  #onSent(arrivalNs: number, corrupt: boolean): void {
    const arrival = this.#inFlow.shift();
    if (arrival === undefined) throw new Error("the link sent a frame that nobody enqueued");
    this.#arriveAt(corrupt ? "corrupt" : arrival, arrivalNs);
    // The link is in the middle of its own step: whoever waits for room goes on after it.
    if (this.#roomWaiters.length > 0) this.options.kernel.after(0, () => this.#admit());
  }

  #admit(): void {
    while (this.#roomWaiters.length > 0 && this.#flow!.backlogBytes < this.options.sendBufferBytes) {
      this.#roomWaiters.shift()!.resume();
    }
  }

  #arriveAt(arrival: Arrival, arrivalNs: number): void {
    this.#lastArrivalNs = Math.max(this.#lastArrivalNs, Math.ceil(arrivalNs));
    this.peer.#expect(arrival, this.#lastArrivalNs);
  }

  backlogBytes(): number {
    if (this.#flow === null) return 0;
    this.options.out.settle();
    return this.#flow.backlogBytes;
  }

  /** Everything sent before still arrives; then the peer sees the end. */
  close(): void {
    if (this.#closed || this.#lost !== null) return;
    this.#transmit("closed", 1);
    this.#closed = true;
  }

  // Receiving

  receive(timeoutNs?: number): Wait<Frame | null> {
    return {
      start: (resume, fail) => {
        if (this.#receiver !== null) throw new Error("two receivers on one connection");
        const timer =
          timeoutNs === undefined
            ? null
            : this.options.kernel.after(timeoutNs, () =>
                this.#receiver?.fail(new PeerSilent(`the other side was silent for ${timeoutNs / 1e9} s`)),
              );
        this.#receiver = {
          resume: (frame) => {
            timer?.cancel();
            this.#receiver = null;
            resume(frame);
          },
          fail: (error) => {
            timer?.cancel();
            this.#receiver = null;
            fail(error);
          },
        };
        this.#hand();
        return () => {
          timer?.cancel();
          this.#receiver = null;
        };
      },
    };
  }

  subscribe(handler: (frame: Frame) => void): void {
    this.#handler = handler;
    this.#hand();
  }

  #expect(arrival: Arrival, atNs: number): void {
    if (this.#lost !== null) return;
    this.#arrivals.push(arrival, atNs);
    this.#nextArrival.touch();
  }

  #onArrival(arrival: Arrival): void {
    this.#inbox.push(arrival);
    this.#hand();
  }

  /** Gives what has arrived to whoever waits for it. */
  #hand(): void {
    while (!this.#suspended && this.#inbox.length > 0 && (this.#handler !== null || this.#receiver !== null)) {
      const arrival = this.#inbox[0];
      if (arrival === "corrupt") {
        this.lose(new ConnectionLost("a frame arrived damaged: its checksum does not match"));
        return;
      }
      this.#inbox.shift();
      if (this.#handler !== null) {
        if (arrival !== "closed") this.#handler(arrival);
      } else {
        this.#receiver!.resume(arrival === "closed" ? null : arrival);
      }
    }
    if (this.#lost !== null && !this.#suspended) this.#receiver?.fail(this.#lost);
  }

  // What happens to the connection from outside

  /** A frozen side neither sends nor takes anything; what is on the wire still arrives in its socket. */
  suspend(suspended: boolean): void {
    this.#suspended = suspended;
    if (!suspended) this.#hand();
  }

  /** The connection is gone, for both ends; the peer learns of it on its next wait. */
  lose(error: ConnectionLost): void {
    this.loseHere(error);
    this.peer.loseHere(error);
  }

  loseHere(error: ConnectionLost): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#arrivals.clear();
    this.#inbox = [];
    this.#flow?.close();
    for (const waiter of this.#roomWaiters.splice(0)) waiter.fail(error);
    if (!this.#suspended) this.#receiver?.fail(error);
    this.options.onLost(error);
  }
}
