/**
 * What a loss does to a flow, as with RACK-TLP (RFC 8985, in Linux since 4.4): the window is reduced at once, at most
 * once per round; a lost repeat is found like any loss and costs another round trip of delivery, and so does a loss at
 * the end of a window. Only when nothing is left on the way to tell of the loss, because the window was a single
 * segment or all of it was lost, does the flow wait for its retransmission timeout.
 */
import type { Random } from "../base/random.ts";
import { IndexedHeap } from "./heap.ts";
import type { Path } from "./path.ts";
import type { TcpFlow } from "./tcp-flow.ts";

/**
 * Kernel timers tick (Linux with HZ=250: every 4 ms), so that timeouts of flows that stalled together are spread. Without
 * it a thousand flows would come back in the same nanosecond, collide again, and stay in step for ever.
 */
const TIMER_TICK_NS = 4_000_000;
/** Linux TCP_RTO_MAX. */
const MAX_TIMEOUT_NS = 120e9;

export class Recovery {
  readonly #path: Path;
  readonly #minTimeoutNs: number;
  readonly #random: Random;
  readonly #timers = new IndexedHeap<TcpFlow>();

  constructor(path: Path, minTimeoutNs: number, random: Random) {
    this.#path = path;
    this.#minTimeoutNs = minTimeoutNs;
    this.#random = random;
  }

  get nextTimerNs(): number {
    return this.#timers.minKey();
  }

  /** RFC 6298 with the variance of a steady path: twice the round trip, at least the configured minimum. */
  timeoutNs(backoff: number): number {
    const first = Math.max(this.#minTimeoutNs, Math.ceil(2 * this.#path.bottleneck.loadedRoundTripNs));
    return Math.min(first * (1 << Math.min(backoff, 30)), Math.max(MAX_TIMEOUT_NS, first));
  }

  /** The first attempt at or after `openNs` of something that was sent into an outage at `sentNs`. */
  firstAttemptNs(sentNs: number, openNs: number): number {
    let attemptNs = sentNs;
    for (let backoff = 0; attemptNs < openNs; backoff++) attemptNs += this.timeoutNs(backoff);
    return attemptNs;
  }

  /** A packet of the flow is lost behind the bottleneck, so that its repeat takes of the capacity once more. */
  loseBehind(flow: TcpFlow): void {
    const { bottleneck, stats, nowNs, segmentBytes } = this.#path;
    stats.resentBytes += segmentBytes;
    bottleneck.resend(nowNs, flow, segmentBytes);
    if (this.#react(flow, 1)) bottleneck.resize(nowNs, flow);
  }

  /** Packets of the flow do not fit the queue; they never used the capacity. The caller then resizes all flows. */
  loseInFront(flow: TcpFlow, packets: number): void {
    this.#react(flow, packets);
  }

  /** Whether the flow goes on with another window. */
  #react(flow: TcpFlow, packets: number): boolean {
    const { bottleneck, stats, nowNs, round, segmentBytes } = this.#path;
    stats.lostPackets += packets;
    const repeatedNs = nowNs + bottleneck.loadedRoundTripNs + this.#path.oneWayDelayNs;
    flow.holdUntilNs = Math.max(flow.holdUntilNs, Math.ceil(repeatedNs));
    if (round < flow.recoveredRound) return false;
    const window = Math.floor(flow.windowBytes / segmentBytes);
    if (window < 2 || packets >= window) {
      this.stall(flow);
      return false;
    }
    flow.recoveredRound = round + 1;
    flow.control.lose(nowNs);
    return true;
  }

  /** Takes a flow off the bottleneck until its retransmission timeout. */
  stall(flow: TcpFlow): void {
    const { bottleneck, nowNs } = this.#path;
    if (flow.state === "active") bottleneck.remove(nowNs, flow);
    flow.state = "stalled";
    // RFC 5681 section 3.1: the threshold is set at the first timeout of a segment, not by its backoff.
    if (flow.backoff === 0) flow.control.timeout(nowNs);
    flow.windowBytes = flow.control.windowBytes;
    this.#timers.set(flow, nowNs + this.timeoutNs(flow.backoff) + this.#random.nextInteger(TIMER_TICK_NS));
    flow.backoff += 1;
  }

  /** The next timer is due: returns a flow that may send again, or null when the attempt went into an outage. */
  fire(): TcpFlow | null {
    const flow = this.#timers.min();
    this.#timers.remove(flow);
    this.#path.stats.timeouts += 1;
    if (this.#path.capacity.blockedUntilNs === 0) return flow;
    this.stall(flow);
    return null;
  }

  forget(flow: TcpFlow): void {
    if (flow.state === "stalled") this.#timers.remove(flow);
  }
}
