/**
 * Windows grow in steps of whole rounds: one round while anything changes fast, many at once while a full bottleneck
 * is shared by flows in congestion avoidance, none while all windows stand at their limits. With many flows a step is
 * at least 200 µs per flow, so that the cost per simulated second has a bound; see README.md for what that coarsens.
 */
import { log } from "../base/math.ts";
import type { Random } from "../base/random.ts";
import type { RoundReport } from "./congestion/congestion.ts";
import type { Path } from "./path.ts";
import type { Recovery } from "./recovery.ts";
import type { TcpFlow } from "./tcp-flow.ts";

const FLOOR_FLOWS = 8;
const FLOOR_NS_PER_FLOW = 200_000;
/** No window grows by more than this share of itself within one long step. */
const LONG_STEP_GROWTH = 1 / 32;
const LONGEST_STEP_ROUNDS = 4096;
/** From here on a flow's number of losses is taken as its mean. */
const MANY_LOSSES = 16;

/** Some window changes fast, some slowly, none at all. */
type Pace = "fast" | "slow" | "settled";

export class RoundSteps {
  /** Round of the next step; Infinity while nothing changes. */
  nextRound = Infinity;
  readonly #path: Path;
  readonly #recovery: Recovery;
  readonly #random: Random;
  readonly #report: RoundReport = { nowNs: 0, rounds: 0, roundTripNs: 0, roundsPerNs: 0, skippedNs: 0 };
  readonly #victims: { flow: TcpFlow; packets: number }[] = [];
  /** Of the last step: bytes by which all windows together grow per round, and the rounds it was long. */
  #growthPerRound = 0;
  #lastRounds = 1;
  #pace: Pace = "fast";

  constructor(path: Path, recovery: Recovery, random: Random) {
    this.#path = path;
    this.#recovery = recovery;
    this.#random = random;
  }

  /** Something changed that windows will react to: step within a round. */
  wake(): void {
    this.#scheduleIn(1);
  }

  /** Lets all windows grow by the rounds that went by, drops what does not fit, and plans the next step. */
  step(): void {
    this.nextRound = Infinity;
    const { bottleneck, stats } = this.#path;
    if (bottleneck.flows.length === 0) return;
    const pace = this.#grow();
    this.#pace = pace;
    bottleneck.resizeAll(this.#path.nowNs);
    stats.peakQueueBytes = Math.max(stats.peakQueueBytes, Math.ceil(bottleneck.queueBytes));
    const dropped = this.#dropExcess();
    if (dropped || pace === "fast" || !bottleneck.saturated) {
      // An unfilled path whose windows are all at their limits stays as it is, as does a full one.
      if (dropped || pace !== "settled") this.#scheduleIn(1);
    } else if (pace !== "settled") {
      this.#scheduleIn(this.#longStepRounds());
    }
  }

  #scheduleIn(rounds: number): void {
    const { bottleneck, round } = this.#path;
    const flows = bottleneck.flows.length;
    const floor = flows < FLOOR_FLOWS ? 0 : flows * FLOOR_NS_PER_FLOW * bottleneck.speed;
    this.#lastRounds = Math.max(1, rounds);
    this.nextRound = Math.min(this.nextRound, round + Math.max(rounds, floor));
  }

  #grow(): Pace {
    const { bottleneck, nowNs, round } = this.#path;
    const report = this.#report;
    const creditRounds = this.#creditRounds();
    report.nowNs = nowNs;
    report.roundTripNs = bottleneck.loadedRoundTripNs;
    report.roundsPerNs = bottleneck.speed;
    let fast = false;
    let settled = true;
    let growth = 0;
    for (const flow of bottleneck.flows) {
      const rounds = round - flow.grownRound;
      const { control } = flow;
      if (rounds > 0) {
        flow.grownRound = round;
        if (rounds > 0.5) flow.backoff = 0;
        report.rounds = Math.min(rounds, creditRounds);
        report.skippedNs = (rounds - report.rounds) * report.roundTripNs;
        control.grow(report);
        growth += (control.windowBytes - flow.windowBytes) / report.rounds;
      }
      fast ||= control.everyRound;
      settled &&= control.settled;
    }
    this.#growthPerRound = growth;
    if (fast) return "fast";
    return settled ? "settled" : "slow";
  }

  /**
   * A step forced to be many rounds long would overshoot the queue by many rounds of growth, where real flows would
   * have gone through several sawteeth. Growth counts up to one round past the overflow; the rest is taken as balanced.
   */
  #creditRounds(): number {
    const { totalWindow, limitBytes } = this.#path.bottleneck;
    if (totalWindow >= limitBytes) return 1;
    if (this.#pace === "fast") return 1 + log(limitBytes / totalWindow) / Math.LN2;
    return this.#growthPerRound > 0 ? 1 + (limitBytes - totalWindow) / this.#growthPerRound : Infinity;
  }

  /** The bottleneck is full, so rates follow from shares, and shares change slowly. */
  #longStepRounds(): number {
    const { bottleneck } = this.#path;
    const growth = Math.max(this.#growthPerRound, 0);
    const room = bottleneck.limitBytes - bottleneck.totalWindow;
    const toOverflow = growth > 0 ? room / growth : Infinity;
    const toGrown = growth > 0 ? (LONG_STEP_GROWTH * bottleneck.totalWindow) / growth : Infinity;
    return Math.max(1, Math.min(toOverflow, toGrown, 2 * this.#lastRounds, LONGEST_STEP_ROUNDS));
  }

  /** Drop-tail: what exceeds path and queue is lost, by flows at random in proportion to their windows. */
  #dropExcess(): boolean {
    const { bottleneck, segmentBytes } = this.#path;
    const excess = bottleneck.totalWindow - bottleneck.limitBytes;
    if (excess <= 0 || bottleneck.bytesPerNs === 0) return false;
    const packets = Math.ceil(excess / segmentBytes);
    if (bottleneck.flows.length === 1) this.#victims.push({ flow: bottleneck.flows[0], packets });
    else this.#drawVictims(bottleneck.totalWindow / packets);
    for (const { flow, packets } of this.#victims) this.#recovery.loseInFront(flow, packets);
    bottleneck.resizeAll(this.#path.nowNs);
    this.#victims.length = 0;
    return true;
  }

  /** One loss per `spacing` bytes in the mean: a Poisson process along the windows of all flows laid end to end. */
  #drawVictims(spacing: number): void {
    const { flows, totalWindow } = this.#path.bottleneck;
    let next = this.#random.nextExponential() * spacing;
    if (next >= totalWindow) {
      // At least one packet is lost; then exactly one, or the later flows would be hit more often than the earlier.
      this.#victims.push({ flow: this.#path.bottleneck.flowAt(this.#random.nextFloat()), packets: 1 });
      return;
    }
    let end = 0;
    for (const flow of flows) {
      end += flow.windowBytes;
      let packets = 0;
      if (flow.windowBytes > MANY_LOSSES * spacing) {
        packets = Math.round(flow.windowBytes / spacing);
        next = end + this.#random.nextExponential() * spacing;
      }
      for (; next < end; packets++) next += this.#random.nextExponential() * spacing;
      if (packets > 0) this.#victims.push({ flow, packets });
    }
  }
}
