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
      bandwidthBytesPerSecond: this.#measureBandwidth(nowNs),
      sinceProgressNs: nowNs - this.#progressNs,
    };
  }

  /** Bytes that left this host per second, over the last window that was long enough. */
  #measureBandwidth(nowNs: number): number {
    const left = this.sender.bytesSent - this.sender.backlogBytes();
    const durationNs = nowNs - this.#windowStartNs;
    const rate = durationNs > 0 ? ((left - this.#windowStartBytes) * 1e9) / durationNs : 0;
    if (durationNs >= BANDWIDTH_WINDOW_NS) {
      this.#bandwidth = rate;
      this.#windowStartNs = nowNs;
      this.#windowStartBytes = left;
    }
    return this.#bandwidth > 0 ? this.#bandwidth : rate;
  }

  /** Sends what is left, with no cap: the guest is waiting. */
  *sendRest(): Process<void> {
    const limit = new RateLimit(this.ports.clock, null);
    yield* this.sender.sendPass({ until: () => false, limit, skipDirtied: false });
    yield* this.sender.endRound();
  }
}

/** Waits for the destination to say that nothing is missing, then lets go of the connections. */
export function* finish(ports: SourcePorts): Process<void> {
  ports.report.phase("cleanup");
  yield* wait(ports.channels.control.receive());
}
