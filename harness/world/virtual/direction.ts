/** One direction of the path as an actor of the kernel: it carries the frames of all streams to their arrival. */

import type { Random } from "../../base/random.ts";
import type { Link, LinkDirection } from "../../contract/index.ts";
import { DirectionModel, type Flow, type MessageLane } from "../../link/index.ts";
import type { Actor, ActorEvent, Kernel } from "./kernel.ts";

/** Where the frames of one flow come out. */
export interface FlowEnd {
  /** The oldest frame in the send buffer is on the wire; it arrives at `arrivalNs`. */
  onSent(arrivalNs: number, corrupt: boolean): void;
}

export class DirectionActor implements Actor {
  readonly model: DirectionModel;
  readonly #next: ActorEvent;
  #ends = new Map<Flow, FlowEnd>();
  #lanes = new Map<MessageLane, (message: number, arrivalNs: number) => void>();
  /** Called when a scheduled event of the link resets every connection. */
  onReset: () => void = () => {};

  constructor(
    readonly kernel: Kernel,
    link: Link,
    direction: LinkDirection,
    reverse: LinkDirection,
    random: Random,
  ) {
    this.model = new DirectionModel({
      direction,
      reverse,
      transport: link.transport,
      events: link.events,
      random,
      sink: {
        sent: (flow, _frame, arrivalNs, corrupt) => this.#ends.get(flow)?.onSent(arrivalNs, corrupt),
        released: (lane, message, arrivalNs) => this.#lanes.get(lane)?.(message, arrivalNs),
        reset: () => this.onReset(),
      },
    });
    this.#next = kernel.register(this);
  }

  nextEventNs(): number {
    return this.model.nextEventNs();
  }

  advance(nowNs: number): void {
    this.model.advance(nowNs);
  }

  openFlow(end: FlowEnd): Flow {
    this.model.advance(this.kernel.nowNs);
    const flow = this.model.openFlow();
    this.#ends.set(flow, end);
    return flow;
  }

  enqueue(flow: Flow, bytes: number): void {
    this.model.advance(this.kernel.nowNs);
    flow.enqueue(bytes, 0);
    this.#next.touch();
  }

  /** @param released called with the arrival of a message that a black hole had swallowed */
  openLane(released: (message: number, arrivalNs: number) => void): MessageLane {
    const lane = this.model.openLane();
    this.#lanes.set(lane, released);
    return lane;
  }

  /** A small frame past the flows; returns its arrival, or Infinity while it is swallowed by a black hole. */
  message(lane: MessageLane, bytes: number, message: number): number {
    this.model.advance(this.kernel.nowNs);
    const arrivalNs = this.model.message(lane, bytes, message);
    this.#next.touch();
    return arrivalNs;
  }

  /** Changes the link from outside, at this moment. */
  command(change: (model: DirectionModel) => void): void {
    this.model.advance(this.kernel.nowNs);
    change(this.model);
    this.#next.touch();
  }

  /** Brings the books up to date; for the tap. */
  settle(): void {
    this.model.advance(this.kernel.nowNs);
    this.#next.touch();
  }
}
