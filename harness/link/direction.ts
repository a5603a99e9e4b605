/**
 * The model of one direction: one bottleneck, many TCP flows, small messages beside them. It is stepped from event to
 * event (a frame ends, a packet is lost, a window grows, a timer fires, the capacity changes), never per packet.
 * Between events nothing is computed, so that results do not depend on how often `advance` is called.
 */
import type { Random } from "../base/random.ts";
import type { LinkDirection, LinkEvent } from "../contract/index.ts";
import { makeCongestionControl } from "./congestion/choose.ts";
import type { WindowLimits } from "./congestion/congestion.ts";
import type { DirectionSink, DirectionStats, Flow, MessageLane } from "./flow.ts";
import type { Transport } from "./make.ts";
import { Messages } from "./messages.ts";
import { Path } from "./path.ts";
import { Recovery } from "./recovery.ts";
import { RoundSteps } from "./round-steps.ts";
import { type FlowOwner, TcpFlow } from "./tcp-flow.ts";

export interface DirectionModelOptions {
  readonly direction: LinkDirection;
  /** The other direction, for the round trip. */
  readonly reverse: LinkDirection;
  readonly transport: Transport;
  readonly events: readonly LinkEvent[];
  readonly random: Random;
  readonly sink: DirectionSink;
}

type Due = "capacity" | "timer" | "reset" | "loss" | "frame" | "step";

export class DirectionModel {
  readonly #path: Path;
  readonly #recovery: Recovery;
  readonly #steps: RoundSteps;
  readonly #messages: Messages;
  readonly #victims: Random;
  readonly #phases: Random;
  readonly #sink: DirectionSink;
  readonly #transport: Transport;
  readonly #limits: WindowLimits;
  readonly #resetsNs: readonly number[];
  readonly #owner: FlowOwner = {
    enqueued: (flow) => this.#enqueued(flow),
    closed: (flow) => this.#closed(flow),
    round: () => this.#path.round,
  };
  readonly #open = new Set<TcpFlow>();
  #nextReset = 0;
  #opened = 0;
  /** Flows of our own with something to send. */
  #busy = 0;
  #corrupt = 0;
  #due: Due = "capacity";

  constructor({ direction, reverse, transport, events, random, sink }: DirectionModelOptions) {
    this.#path = new Path({ direction, reverse, events, random });
    this.#recovery = new Recovery(this.#path, transport.minRetransmitTimeoutNs, random.split("timers"));
    this.#steps = new RoundSteps(this.#path, this.#recovery, random.split("overflow"));
    this.#messages = new Messages(this.#path, this.#recovery, sink);
    this.#victims = random.split("victims");
    this.#phases = random.split("phases");
    this.#sink = sink;
    this.#transport = transport;
    this.#resetsNs = events.filter((event) => event.kind === "reset").map((event) => event.atNs);
    const { segmentBytes, bottleneck } = this.#path;
    this.#limits = {
      segmentBytes,
      initialBytes: transport.initialWindowSegments * segmentBytes,
      maxBytes: transport.windowBytes,
      roundTripNs: bottleneck.roundTripNs,
    };
    for (let id = 0; id < direction.crossTraffic.flows; id++) this.#startCrossFlow(id);
  }

  get nowNs(): number {
    return this.#path.nowNs;
  }

  get stats(): Readonly<DirectionStats> {
    return this.#path.stats;
  }

  /** When the sink may hear something next; Infinity when nothing will happen by itself. Never in the past. */
  nextEventNs(): number {
    if (this.#busy === 0) return this.#nextResetNs();
    return this.#nextDueNs();
  }

  /** Runs the model up to and including `toNs`. */
  advance(toNs: number): void {
    if (toNs < this.nowNs) throw new RangeError(`time runs backwards: ${toNs} after ${this.nowNs}`);
    for (;;) {
      const dueNs = this.#nextDueNs();
      if (dueNs > toNs) break;
      this.#path.nowNs = dueNs;
      this.#path.stats.steps += 1;
      this.#happen(this.#due);
    }
    this.#path.nowNs = toNs;
  }

  openFlow(): Flow {
    const id = this.#opened++;
    const control = makeCongestionControl(this.#transport.congestionControl, this.#limits, this.#phases);
    const flow = new TcpFlow(id, control, false, this.#owner);
    this.#open.add(flow);
    return flow;
  }

  openLane(): MessageLane {
    return { lastArrivalNs: 0, lastCorrupt: false };
  }

  /**
   * Sends a small message now; returns its arrival on the other side. Infinity while the link is a black hole: then
   * `sink.released(lane, message, arrivalNs)` follows when that is lifted.
   */
  message(lane: MessageLane, bytes: number, message = 0): number {
    lane.lastCorrupt = this.#corrupt > 0;
    if (lane.lastCorrupt) this.#corrupt -= 1;
    return this.#messages.send(lane, bytes, message);
  }

  /** How long a byte that arrives at the bottleneck now waits there. */
  queueDelayNs(): number {
    return Math.ceil(this.#path.bottleneck.queueDelayNs);
  }

  /** Overrides the rate (a fault); null gives it back to the link. */
  setRate(bitsPerSecond: number | null): void {
    if (bitsPerSecond !== null && !(bitsPerSecond > 0)) {
      throw new RangeError(`a rate of ${bitsPerSecond} bit/s; for no rate at all use setBlackhole(true)`);
    }
    this.#path.capacity.setRate(bitsPerSecond);
    this.#capacityChanged();
  }

  /** Swallows everything that is sent from now on, until switched off. */
  setBlackhole(on: boolean): void {
    this.#path.capacity.setBlackhole(on);
    this.#capacityChanged();
    if (!on) this.#messages.release();
  }

  /** Marks the next `count` frames or messages as corrupt. */
  corruptNextFrames(count: number): void {
    this.#corrupt += count;
  }

  /** Resets every connection now: flows are closed, held messages dropped. */
  reset(): void {
    for (const flow of this.#open) this.#closed(flow);
    this.#messages.drop();
    this.#sink.reset();
  }

  #startCrossFlow(id: number): void {
    const control = makeCongestionControl(this.#transport.congestionControl, this.#limits, this.#phases);
    const flow = new TcpFlow(id, control, true, this.#owner);
    this.#activate(flow, 0);
  }

  #nextResetNs(): number {
    return this.#nextReset < this.#resetsNs.length ? Math.max(this.#resetsNs[this.#nextReset], this.nowNs) : Infinity;
  }

  /** Also says what is due. On equal times what the round clock has reached comes first, then the outside. */
  #nextDueNs(): number {
    const { bottleneck, loss, capacity, nowNs } = this.#path;
    let due: Due = "loss";
    let round = bottleneck.roundOfPacket(loss.nextPacket);
    if (bottleneck.nextFrameRound < round) {
      round = bottleneck.nextFrameRound;
      due = "frame";
    }
    if (this.#steps.nextRound < round) {
      round = this.#steps.nextRound;
      due = "step";
    }
    let atNs = round === Infinity ? Infinity : Math.max(nowNs, Math.ceil(bottleneck.clock.timeOf(round)));
    const outside = Math.min(capacity.nextChangeNs, this.#recovery.nextTimerNs, this.#nextResetNs());
    if (outside < atNs) {
      atNs = outside;
      due = outside === capacity.nextChangeNs ? "capacity" : outside === this.#recovery.nextTimerNs ? "timer" : "reset";
    }
    this.#due = due;
    return atNs;
  }

  #happen(due: Due): void {
    switch (due) {
      case "capacity":
        this.#path.capacity.moveTo(this.nowNs);
        this.#capacityChanged();
        break;
      case "timer":
        this.#timerFired();
        break;
      case "reset":
        this.#nextReset += 1;
        this.reset();
        break;
      case "loss":
        this.#packetLost();
        break;
      case "frame":
        this.#frameEnded(this.#path.bottleneck.nextFrameFlow);
        break;
      case "step":
        this.#steps.step();
        break;
    }
  }

  #capacityChanged(): void {
    const { bottleneck, capacity } = this.#path;
    bottleneck.setCapacity(this.nowNs, capacity.bytesPerNs);
    if (capacity.blockedUntilNs > 0) {
      while (bottleneck.flows.length > 0) this.#recovery.stall(bottleneck.flows[bottleneck.flows.length - 1]);
    }
    this.#steps.wake();
  }

  #timerFired(): void {
    const flow = this.#recovery.fire();
    if (flow === null) return;
    if (flow.hasFrames || flow.endless) this.#activate(flow, flow.remainingBytes);
    else this.#fallIdle(flow);
  }

  /** The loss process names a packet; its flow is drawn in proportion to the rates. */
  #packetLost(): void {
    const { bottleneck, loss } = this.#path;
    loss.draw();
    this.#recovery.loseBehind(bottleneck.flowAt(this.#victims.nextFloat()));
    this.#steps.wake();
  }

  #frameEnded(flow: TcpFlow): void {
    const { bottleneck, stats, nowNs } = this.#path;
    const frame = flow.headFrame;
    stats.sentBytes += flow.headBytes;
    flow.finishHead();
    if (flow.hasFrames) {
      bottleneck.watch(flow, flow.targetRound + flow.headBytes / flow.windowBytes);
    } else {
      bottleneck.unwatch(flow);
      this.#busy -= 1;
    }
    const corrupt = this.#corrupt > 0;
    if (corrupt) this.#corrupt -= 1;
    flow.lastArrivalNs = Math.max(flow.lastArrivalNs, flow.holdUntilNs, nowNs + this.#path.wayNs());
    this.#sink.sent(flow, frame, flow.lastArrivalNs, corrupt);
    // The sink may have enqueued more; otherwise the flow leaves the bottleneck.
    if (flow.state === "active" && !flow.hasFrames) {
      bottleneck.remove(nowNs, flow);
      this.#fallIdle(flow);
      this.#steps.wake();
    }
  }

  #fallIdle(flow: TcpFlow): void {
    flow.state = "idle";
    flow.backoff = 0;
    flow.idleSinceNs = this.nowNs;
    flow.pendingRounds = this.#path.round - flow.grownRound;
  }

  #activate(flow: TcpFlow, bytes: number, waitRounds = 0): void {
    const { bottleneck, nowNs, round } = this.#path;
    flow.state = "active";
    flow.grownRound = round;
    bottleneck.add(nowNs, flow);
    if (flow.hasFrames) bottleneck.watch(flow, round + waitRounds + bytes / flow.windowBytes);
    this.#steps.wake();
  }

  /** A flow that had nothing to send has its first frame. */
  #enqueued(flow: TcpFlow): void {
    const { bottleneck, capacity, nowNs, stats, segmentBytes } = this.#path;
    this.#busy += 1;
    flow.remainingBytes = flow.headBytes;
    if (flow.state === "stalled") return;
    if (flow.state === "active") {
      bottleneck.watch(flow, flow.targetRound + flow.headBytes / flow.windowBytes);
      return;
    }
    const idleNs = nowNs - flow.idleSinceNs;
    if (idleNs > this.#recovery.timeoutNs(0)) flow.control.restart();
    if (idleNs < Infinity) flow.control.idle(idleNs);
    flow.windowBytes = flow.control.windowBytes;
    if (capacity.blockedUntilNs > 0) {
      stats.lostPackets += Math.ceil(Math.min(flow.windowBytes, flow.headBytes) / segmentBytes);
      this.#recovery.stall(flow);
      return;
    }
    const brief = idleNs < bottleneck.loadedRoundTripNs;
    // After a longer pause the first byte joins the end of the queue; within a round trip the flow's own are still there.
    this.#activate(flow, flow.headBytes, brief ? 0 : bottleneck.queueDelayNs * bottleneck.speed);
    if (brief) flow.grownRound -= flow.pendingRounds;
  }

  #closed(flow: TcpFlow): void {
    if (flow.hasFrames) this.#busy -= 1;
    if (flow.state === "active") this.#path.bottleneck.remove(this.nowNs, flow);
    this.#recovery.forget(flow);
    flow.dropAll();
    flow.state = "closed";
    this.#open.delete(flow);
    this.#steps.wake();
  }
}
