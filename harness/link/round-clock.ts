/**
 * Time counted in round trips. While the windows of all flows stand still, a flow sends its window once per round
 * whatever the regime: limited by the path (a round is the base round trip) or by the bottleneck (a round is as long as
 * the bottleneck takes to send all windows). Adding or removing a flow changes how fast the clock runs, and nothing
 * else, so that no other flow has to be touched.
 */
export class RoundClock {
  #round = 0;
  /** May lie in the future: the clock stands still until then. */
  #sinceNs = 0;
  #roundsPerNs = 0;

  at(nowNs: number): number {
    return nowNs <= this.#sinceNs ? this.#round : this.#round + (nowNs - this.#sinceNs) * this.#roundsPerNs;
  }

  /** When the clock shows this round, were nothing to change; a fraction of a nanosecond is possible. */
  timeOf(round: number): number {
    if (round <= this.#round) return this.#sinceNs;
    return this.#roundsPerNs > 0 ? this.#sinceNs + (round - this.#round) / this.#roundsPerNs : Infinity;
  }

  setSpeed(nowNs: number, roundsPerNs: number): void {
    this.#round = this.at(nowNs);
    this.#sinceNs = Math.max(this.#sinceNs, nowNs);
    this.#roundsPerNs = roundsPerNs;
  }

  /** Stands still for so long, after any standstill already due. */
  pause(nowNs: number, durationNs: number): void {
    this.#round = this.at(nowNs);
    this.#sinceNs = Math.max(this.#sinceNs, nowNs) + durationNs;
  }
}
