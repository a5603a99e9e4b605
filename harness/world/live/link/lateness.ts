/** How late bytes were handed over, measured against the model: the emulator's own error, in a histogram of fixed size. */

/** Buckets per doubling: a figure is known to within 4.5 %. */
const PER_OCTAVE = 16;
const BUCKETS = 40 * PER_OCTAVE;

export class Lateness {
  readonly #buckets = new Float64Array(BUCKETS);
  #count = 0;
  maxNs = 0;

  add(lateNs: number): void {
    const bucket = lateNs < 1 ? 0 : Math.floor(Math.log2(lateNs) * PER_OCTAVE);
    this.#buckets[Math.min(bucket, BUCKETS - 1)] += 1;
    this.#count += 1;
    if (lateNs > this.maxNs) this.maxNs = lateNs;
  }

  get count(): number {
    return this.#count;
  }

  /** Upper edge of the bucket that holds this share of all; 0 when there are none. */
  quantileNs(share: number): number {
    let left = share * this.#count;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket];
      if (left <= 0 && this.#count > 0) return Math.min(this.maxNs, Math.ceil(2 ** ((bucket + 1) / PER_OCTAVE)));
    }
    return this.maxNs;
  }
}
