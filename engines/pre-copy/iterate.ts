/**
 * The iterative phase of pre-copy (Clark et al., "Live Migration of Virtual Machines", NSDI 2005, section 3.2): all of
 * memory is sent while the guest runs, then again and again what was dirtied meanwhile, until the rest is small enough.
 *
 * As in QEMU (migration/ram.c) a round ends when the rest of the pass has become small enough to ask the dirty log
 * again, not only when nothing is left; pages dirtied ahead of the cursor are sent with their newest content and once
 * more in the next round, unless the policy asks for Xen's peek at the dirty log.
 */
import { type PageSet, type Process, type SourcePorts, wait } from "../../harness/contract/index.ts";
import { type Decision, decide, type RoundFacts, switchoverPages, timeIsUp } from "../policy/decide.ts";
import { Throttler } from "../policy/throttle.ts";
import { RateLimit } from "../transfer/rate-limit.ts";
import { Sender } from "../transfer/sender.ts";

/** QEMU looks at what is left after each slice of sending, not after each page (MAX_WAIT in migration/ram.c). */
const SLICE_NS = 50_000_000;
/** A round shorter than this says little about the bandwidth; its bytes are judged together with those before it. */
const BANDWIDTH_WINDOW_NS = 100_000_000;
/** Bytes leave in batches: a window of one or two of them may count as many again, or none. */
const BANDWIDTH_WINDOW_BATCHES = 4;

export interface IterationResult {
  readonly decision: Exclude<Decision, { kind: "continue" }>;
  readonly throttled: boolean;
}

export class Iteration {
  readonly toSend: PageSet;
  readonly sender: Sender;
  readonly limit: RateLimit;
  #throttler: Throttler;
  #windowStartNs: number;
  #windowStartBytes = 0;
  #windowStartSentBytes = 0;
  #windowStartBatches = 0;
  #windowStartAwaited = 0;
  #bandwidth = 0;
  #leastRemaining = Infinity;
  #progressNs: number;
  #sliceEndNs = 0;
  #over = false;

  constructor(
    readonly ports: SourcePorts,
    readonly canPostCopy: boolean,
  ) {
    const { clock, guest, parameters } = ports;
    const nowNs = clock.nowNs();
    this.toSend = guest.memory.newPageSet();
    this.sender = new Sender(ports, this.toSend);
    this.limit = new RateLimit(clock, parameters.policy.bandwidth.preCopyBytesPerSecond);
    this.#throttler = new Throttler(parameters.policy.throttle, guest, nowNs);
    this.#windowStartNs = nowNs;
    this.#progressNs = nowNs;
  }

  /** Rounds until the policy decides otherwise. */
  *run(): Process<IterationResult> {
    const { guest, parameters, report } = this.ports;
    report.phase("pre-copy");
    guest.memory.syncDirtyLog(this.toSend);
    this.toSend.addAll();
    for (;;) {
      this.#over = false;
      yield* this.sender.sendPass({
        until: () => this.#roundIsOver(),
        limit: this.limit,
        skipDirtied: parameters.policy.skipDirtiedAhead ?? false,
        decisivePages: () => this.#decisivePages(),
        awaited: this.canPostCopy,
      });
      const dirtyPages = guest.memory.syncDirtyLog(this.toSend);
      yield* this.sender.endRound();
      const facts = this.#facts();
      const decision = decide(parameters.policy, facts, this.canPostCopy);
      if (decision.kind !== "continue") return { decision, throttled: this.#throttler.active };
      this.#throttler.onSync({
        nowNs: this.ports.clock.nowNs(),
        dirtyBytes: dirtyPages * guest.memory.pageSizeBytes,
        sentBytes: this.sender.bytesSent,
      });
    }
  }

  /** Pages dirtied since the last sync join the set; used once the guest is paused. */
  syncLast(): void {
    this.ports.guest.memory.syncDirtyLog(this.toSend);
  }

  /** Once the round is over it is over for all streams. */
  #roundIsOver(): boolean {
    if (this.#over) return true;
    this.#noteProgress();
    const nowNs = this.ports.clock.nowNs();
    if (nowNs < this.#sliceEndNs) return false;
    this.#sliceEndNs = nowNs + SLICE_NS;
    this.#measureBandwidth(nowNs);
    const facts = this.#facts();
    const { policy } = this.ports.parameters;
    // Before the first bandwidth window has passed nobody knows what fits into the downtime; QEMU's threshold is 0 then.
    const restFits = this.#bandwidth > 0 && this.toSend.size <= switchoverPages(policy, facts);
    this.#over = restFits || timeIsUp(policy, facts) !== null;
    return this.#over;
  }

  #noteProgress(): void {
    if (this.toSend.size < this.#leastRemaining) {
      this.#leastRemaining = this.toSend.size;
      this.#progressNs = this.ports.clock.nowNs();
    }
  }

  #facts(): RoundFacts {
    const { clock, guest } = this.ports;
    const nowNs = clock.nowNs();
    const { pageCount, pageSizeBytes } = guest.memory;
    return {
      elapsedNs: nowNs,
      rounds: this.sender.round,
      memoryBytes: pageCount * pageSizeBytes,
      pageSizeBytes,
      remainingPages: this.toSend.size,
      backlogBytes: this.sender.backlogBytes(),
      bytesSent: this.sender.bytesSent,
      bandwidthBytesPerSecond: this.#bandwidth > 0 ? this.#bandwidth : this.#rateSince(nowNs),
      sinceProgressNs: nowNs - this.#progressNs,
    };
  }

  /** What fits into the downtime limit, whatever the streams hold from before. */
  #decisivePages(): number {
    if (this.#bandwidth === 0) return 0;
    const { guest, parameters } = this.ports;
    const { pageCount, pageSizeBytes } = guest.memory;
    const bandwidthBytesPerSecond = this.#bandwidth;
    const memoryBytes = pageCount * pageSizeBytes;
    const elapsedNs = this.ports.clock.nowNs();
    return switchoverPages(parameters.policy, {
      elapsedNs,
      memoryBytes,
      pageSizeBytes,
      backlogBytes: 0,
      bandwidthBytesPerSecond,
    });
  }

  #leftBytes(): number {
    return this.sender.bytesSent - this.sender.backlogBytes();
  }

  /**
   * Bytes per second since the window began: those that have gone from this host; but where the line waits for the
   * processor, those that were handed to it, since a window ends when a batch has just been handed over.
   */
  #rateSince(nowNs: number): number {
    const durationNs = nowNs - this.#windowStartNs;
    if (durationNs <= 0) return 0;
    const { batchesAwaited, batchesSent, bytesSent } = this.sender;
    const awaited = 2 * (batchesAwaited - this.#windowStartAwaited) > batchesSent - this.#windowStartBatches;
    const bytes = awaited ? bytesSent - this.#windowStartSentBytes : this.#leftBytes() - this.#windowStartBytes;
    return (bytes * 1e9) / durationNs;
  }

  /**
   * Ends a window that was long enough. Only between two batches, never after a round: by then the last batch has left
   * as well, and the window would count one batch more than it had time for.
   */
  #measureBandwidth(nowNs: number): void {
    const batches = this.sender.batchesSent - this.#windowStartBatches;
    if (nowNs - this.#windowStartNs < BANDWIDTH_WINDOW_NS) return;
    if (batches < BANDWIDTH_WINDOW_BATCHES * this.ports.channels.pages.length) return;
    this.#bandwidth = this.#rateSince(nowNs);
    this.#windowStartNs = nowNs;
    this.#windowStartBytes = this.#leftBytes();
    this.#windowStartSentBytes = this.sender.bytesSent;
    this.#windowStartBatches = this.sender.batchesSent;
    this.#windowStartAwaited = this.sender.batchesAwaited;
  }

  /** Sends what is left, with no cap: the guest is waiting. */
  *sendRest(): Process<void> {
    const limit = new RateLimit(this.ports.clock, null);
    const rest = this.toSend.size;
    // In fine batches, so that all streams have their share of it.
    yield* this.sender.sendPass({ until: () => false, limit, skipDirtied: false, decisivePages: () => rest });
    yield* this.sender.endRound();
  }
}

/** Waits for the destination to say that nothing is missing, then lets go of the connections. */
export function* finish(ports: SourcePorts): Process<void> {
  ports.report.phase("cleanup");
  yield* wait(ports.channels.control.receive());
}
