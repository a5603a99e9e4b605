/** Slowing the guest so that its migration can converge. One throttler per migration, driven by syncs of the dirty log. */
import type { SourceGuest, Throttle } from "../../harness/contract/index.ts";

/** What was found at a sync of the dirty log. */
export interface SyncFacts {
  readonly nowNs: number;
  readonly dirtyBytes: number;
  readonly sentBytes: number;
}

/** QEMU looks at the rates at most once a second (migration/ram.c). */
const PERIOD_NS = 1_000_000_000;
/** QEMU wants the dirty rate to be high this often before it acts (`++dirty_rate_high_cnt >= 2`). */
const HIGH_PERIODS = 2;

export class Throttler {
  /** The share of vCPU time taken away now. */
  share = 0;
  active = false;
  #periodStartNs: number;
  #periodDirty = 0;
  #periodSentStart: number;
  #high = 0;
  #syncs = 0;

  constructor(
    readonly throttle: Throttle,
    readonly guest: SourceGuest,
    startNs: number,
  ) {
    this.#periodStartNs = startNs;
    this.#periodSentStart = 0;
  }

  onSync(facts: SyncFacts): void {
    if (this.throttle.kind === "none") return;
    this.#syncs++;
    this.#periodDirty += facts.dirtyBytes;
    const periodNs = facts.nowNs - this.#periodStartNs;
    if (this.throttle.kind === "stun-during-page-send") {
      this.#stun(this.#periodDirty, facts.sentBytes - this.#periodSentStart, this.throttle);
    } else if (periodNs < PERIOD_NS) {
      return;
    } else {
      this.#watchRates(facts.sentBytes - this.#periodSentStart, this.throttle);
    }
    this.#periodStartNs = facts.nowNs;
    this.#periodDirty = 0;
    this.#periodSentStart = facts.sentBytes;
  }

  /** QEMU's trigger (migration/ram.c, migration_trigger_throttle): dirtied more than the share of what was sent, twice. */
  #watchRates(
    sentBytes: number,
    throttle: Exclude<Throttle, { kind: "none" } | { kind: "stun-during-page-send" }>,
  ): void {
    const triggerPercent = throttle.kind === "auto-converge" ? throttle.triggerPercent : 50;
    if (this.#periodDirty <= (sentBytes * triggerPercent) / 100) return;
    const auto = throttle.kind === "auto-converge" ? throttle : null;
    if (this.#syncs === 1 && auto?.skipsFirstPass === true) return;
    if (++this.#high < (auto?.triggerPeriods ?? HIGH_PERIODS)) return;
    this.#high = 0;
    this.active = true;
    if (throttle.kind === "dirty-limit") {
      this.guest.limitDirtyRate(throttle.bytesPerSecondPerVcpu);
      return;
    }
    const percent =
      this.share === 0 ? throttle.initialPercent : Math.round(this.share * 100) + throttle.incrementPercent;
    this.#set(Math.min(percent, throttle.maxPercent) / 100);
  }

  /** vSphere 5's stun during page send: the guest gets as much time as keeps its dirtying under the sending. */
  #stun(dirtyBytes: number, sentBytes: number, throttle: Extract<Throttle, { kind: "stun-during-page-send" }>): void {
    const target = throttle.dirtyToSendRatio * sentBytes;
    if (dirtyBytes <= 0) return;
    const speed = ((1 - this.share) * target) / dirtyBytes;
    const share = Math.max(0, Math.min(throttle.maxPercent / 100, 1 - speed));
    if (share > 0) this.active = true;
    this.#set(share);
  }

  #set(share: number): void {
    if (share === this.share) return;
    this.share = share;
    this.guest.setThrottle(share);
  }
}
