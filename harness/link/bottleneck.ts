/**
 * The one bottleneck of a direction: a FIFO queue that all active flows share. With windows w, capacity C and round
 * trip T, the queue holds max(0, Σw − C·T) bytes and a round takes max(T, Σw/C); flow i sends w(i) bytes per round.
 */
import { IndexedHeap } from "./heap.ts";
import { RoundClock } from "./round-clock.ts";
import type { TcpFlow } from "./tcp-flow.ts";

export interface BottleneckOptions {
  readonly roundTripNs: number;
  /** Drop-tail limit, payload bytes. */
  readonly queueBytes: number;
  readonly segmentBytes: number;
}

export class Bottleneck {
  /** Active flows. Their order depends on the history only. */
  readonly flows: TcpFlow[] = [];
  readonly clock = new RoundClock();
  readonly roundTripNs: number;
  readonly #queueLimit: number;
  readonly #segmentBytes: number;
  readonly #frames = new IndexedHeap<TcpFlow>();
  #bytesPerNs = 0;
  #totalWindow = 0;
  /** Packets sent up to #countedRound. */
  #packets = 0;
  #countedRound = 0;

  constructor({ roundTripNs, queueBytes, segmentBytes }: BottleneckOptions) {
    this.roundTripNs = roundTripNs;
    this.#queueLimit = queueBytes;
    this.#segmentBytes = segmentBytes;
  }

  get totalWindow(): number {
    return this.#totalWindow;
  }

  get bytesPerNs(): number {
    return this.#bytesPerNs;
  }

  /** Bytes that path and queue hold together; more is dropped. */
  get limitBytes(): number {
    return this.#bytesPerNs * this.roundTripNs + this.#queueLimit;
  }

  get saturated(): boolean {
    return this.#totalWindow >= this.#bytesPerNs * this.roundTripNs;
  }

  get queueBytes(): number {
    const queue = this.#totalWindow - this.#bytesPerNs * this.roundTripNs;
    return Math.min(Math.max(queue, 0), this.#queueLimit);
  }

  /** How long a byte that comes now waits; 0 while the capacity is 0 (an empty slot of a trace). */
  get queueDelayNs(): number {
    return this.#bytesPerNs > 0 ? this.queueBytes / this.#bytesPerNs : 0;
  }

  /** Round trip with queueing. */
  get loadedRoundTripNs(): number {
    return this.roundTripNs + this.queueDelayNs;
  }

  /** Rounds per nanosecond. */
  get speed(): number {
    if (this.#totalWindow <= 0) return 0;
    return Math.min(1 / this.roundTripNs, this.#bytesPerNs / this.#totalWindow);
  }

  setCapacity(nowNs: number, bytesPerNs: number): void {
    this.#count(nowNs);
    this.#bytesPerNs = bytesPerNs;
    this.clock.setSpeed(nowNs, this.speed);
  }

  /** A flow with a target round takes part from now on. */
  add(nowNs: number, flow: TcpFlow): void {
    this.#count(nowNs);
    flow.place = this.flows.length;
    this.flows.push(flow);
    this.#totalWindow += flow.windowBytes;
    this.clock.setSpeed(nowNs, this.speed);
  }

  /** Leaves what is missing of the head frame in `remainingBytes`. */
  remove(nowNs: number, flow: TcpFlow): void {
    this.#count(nowNs);
    flow.remainingBytes = this.remainingBytes(nowNs, flow);
    this.#frames.remove(flow);
    const last = this.flows.pop()!;
    if (last !== flow) {
      this.flows[flow.place] = last;
      last.place = flow.place;
    }
    flow.place = -1;
    // Sums of many windows would leave a rest; an empty bottleneck has none.
    this.#totalWindow = this.flows.length === 0 ? 0 : Math.max(0, this.#totalWindow - flow.windowBytes);
    this.clock.setSpeed(nowNs, this.speed);
  }

  /** Watches for the end of the flow's head frame. */
  watch(flow: TcpFlow, targetRound: number): void {
    flow.targetRound = targetRound;
    this.#frames.set(flow, targetRound);
  }

  unwatch(flow: TcpFlow): void {
    this.#frames.remove(flow);
  }

  remainingBytes(nowNs: number, flow: TcpFlow): number {
    return flow.hasFrames ? Math.max(0, (flow.targetRound - this.clock.at(nowNs)) * flow.windowBytes) : 0;
  }

  /** Takes over the window that a flow's congestion control asks for now. */
  resize(nowNs: number, flow: TcpFlow): void {
    this.#count(nowNs);
    const remaining = this.remainingBytes(nowNs, flow);
    this.#totalWindow += flow.control.windowBytes - flow.windowBytes;
    flow.windowBytes = flow.control.windowBytes;
    if (flow.hasFrames) this.watch(flow, this.clock.at(nowNs) + remaining / flow.windowBytes);
    this.clock.setSpeed(nowNs, this.speed);
  }

  /** The same for all flows at once, in O(n); also sheds the rounding of many small changes. */
  resizeAll(nowNs: number): void {
    this.#count(nowNs);
    const round = this.clock.at(nowNs);
    this.#totalWindow = 0;
    for (const flow of this.flows) {
      if (flow.hasFrames) {
        const remaining = Math.max(0, (flow.targetRound - round) * flow.windowBytes);
        flow.targetRound = round + remaining / flow.control.windowBytes;
      }
      flow.windowBytes = flow.control.windowBytes;
      this.#totalWindow += flow.windowBytes;
    }
    this.#frames.rekey(targetOf);
    this.clock.setSpeed(nowNs, this.speed);
  }

  /** A flow has to send so many bytes again. */
  resend(nowNs: number, flow: TcpFlow, bytes: number): void {
    if (!flow.hasFrames) return;
    this.watch(flow, Math.max(flow.targetRound, this.clock.at(nowNs)) + bytes / flow.windowBytes);
  }

  /** Others' bytes pass through the bottleneck now; the flows wait for them if they fill it. */
  yieldTo(nowNs: number, durationNs: number): void {
    if (this.flows.length > 0 && this.saturated) this.clock.pause(nowNs, durationNs);
  }

  /** The flow at this share, in [0, 1), of all windows laid end to end: a draw in proportion to the rates. */
  flowAt(share: number): TcpFlow {
    let left = share * this.#totalWindow;
    for (const flow of this.flows) {
      left -= flow.windowBytes;
      if (left < 0) return flow;
    }
    return this.flows[this.flows.length - 1];
  }

  get nextFrameRound(): number {
    return this.#frames.minKey();
  }

  get nextFrameFlow(): TcpFlow {
    return this.#frames.min();
  }

  packetsAt(nowNs: number): number {
    return this.#packets + (this.clock.at(nowNs) - this.#countedRound) * this.#packetsPerRound;
  }

  addPackets(count: number): void {
    this.#packets += count;
  }

  /** Round in which this packet is sent. */
  roundOfPacket(packet: number): number {
    if (packet === Infinity || this.#totalWindow <= 0) return Infinity;
    return this.#countedRound + Math.max(0, packet - this.#packets) / this.#packetsPerRound;
  }

  get #packetsPerRound(): number {
    return this.#totalWindow / this.#segmentBytes;
  }

  #count(nowNs: number): void {
    const round = this.clock.at(nowNs);
    this.#packets += (round - this.#countedRound) * this.#packetsPerRound;
    this.#countedRound = round;
  }
}

const targetOf = (flow: TcpFlow): number => flow.targetRound;
