/**
 * Small messages beside the bulk flows: they wait in the same queue and take their bytes from the same capacity, but
 * cost a handful of operations each. A lost one is repeated by a tail loss probe after two round trips (RFC 8985
 * section 7.2); lost again, after a retransmission timeout.
 */
import type { DirectionSink, MessageLane } from "./flow.ts";
import type { Path } from "./path.ts";
import type { Recovery } from "./recovery.ts";

interface Held {
  readonly lane: MessageLane;
  readonly message: number;
  readonly bytes: number;
  readonly sentNs: number;
}

/** More messages than any guest has vCPUs and requests; a world that piles up more has lost control. */
const MAX_HELD = 10_000_000;

export class Messages {
  readonly #path: Path;
  readonly #recovery: Recovery;
  readonly #sink: DirectionSink;
  readonly #held: Held[] = [];
  /** When the bottleneck is done with the messages so far. */
  #busyUntilNs = 0;

  constructor(path: Path, recovery: Recovery, sink: DirectionSink) {
    this.#path = path;
    this.#recovery = recovery;
    this.#sink = sink;
  }

  send(lane: MessageLane, bytes: number, message: number): number {
    const { capacity, nowNs } = this.#path;
    const openNs = capacity.blockedUntilNs;
    if (openNs === 0) return this.#pass(lane, bytes, nowNs);
    if (openNs < Infinity) return this.#pass(lane, bytes, this.#recovery.firstAttemptNs(nowNs, openNs));
    if (this.#held.length === MAX_HELD) throw new Error(`${MAX_HELD} messages wait in a black hole`);
    this.#held.push({ lane, message, bytes, sentNs: nowNs });
    return Infinity;
  }

  /** A black hole was lifted: each message goes with its next retransmission. */
  release(): void {
    const { capacity, nowNs } = this.#path;
    const openNs = Math.max(nowNs, capacity.blockedUntilNs);
    for (const { lane, message, bytes, sentNs } of this.#held.splice(0)) {
      const arrivalNs = this.#pass(lane, bytes, this.#recovery.firstAttemptNs(sentNs, openNs));
      this.#sink.released(lane, message, arrivalNs);
    }
  }

  drop(): void {
    this.#held.length = 0;
  }

  #pass(lane: MessageLane, bytes: number, sentNs: number): number {
    const { bottleneck, capacity, nowNs } = this.#path;
    const rate = capacity.bytesPerNs > 0 ? capacity.bytesPerNs : capacity.meanBytesPerNs;
    const serialiseNs = bytes / rate;
    let startNs = sentNs;
    if (sentNs === nowNs) {
      if (capacity.bytesPerNs === 0) startNs = capacity.flowsAgainNs();
      startNs = Math.max(startNs, this.#busyUntilNs);
      this.#busyUntilNs = startNs + serialiseNs;
      bottleneck.yieldTo(nowNs, serialiseNs);
    }
    let arrivalNs = startNs + serialiseNs + bottleneck.queueDelayNs + this.#path.wayNs();
    if (this.#path.loss.nextPacket < Infinity) arrivalNs += this.#repairNs(bytes);
    lane.lastArrivalNs = Math.max(lane.lastArrivalNs, Math.ceil(arrivalNs));
    this.#path.stats.sentBytes += bytes;
    return lane.lastArrivalNs;
  }

  /** Delay by which losses of this message's packets hold it back. */
  #repairNs(bytes: number): number {
    const { bottleneck, loss, stats, segmentBytes, nowNs } = this.#path;
    let delayNs = 0;
    let packets = Math.ceil(bytes / segmentBytes);
    for (let attempt = 0; packets > 0; attempt++) {
      const first = bottleneck.packetsAt(nowNs);
      bottleneck.addPackets(packets);
      let lost = 0;
      while (loss.nextPacket <= first + packets) {
        // A lost packet numbered before ours is a bulk flow's; its own event is due in this very nanosecond.
        if (loss.nextPacket <= first && bottleneck.flows.length > 0) break;
        lost += 1;
        loss.draw();
      }
      stats.lostPackets += lost;
      stats.resentBytes += Math.min(lost * segmentBytes, bytes);
      if (lost > 0) delayNs += attempt === 0 ? 2 * bottleneck.loadedRoundTripNs : this.#recovery.timeoutNs(attempt - 1);
      packets = lost;
    }
    return delayNs;
  }
}
