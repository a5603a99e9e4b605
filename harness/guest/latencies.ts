/** Durations of post-copy faults: every one of them up to two million, counts in narrow classes beyond. */

const EXACT = 1 << 21;
/** Classes are 1/128 of a factor of two wide: a percentile is off by less than 0.8 %. */
const CLASSES_PER_DOUBLING = 128;
const DOUBLINGS = 54;

export class Latencies {
  count = 0;
  maxNs = 0;
  #sumNs = 0;
  #values = new Float64Array(64);
  #classes: Float64Array | null = null;

  add(durationNs: number): void {
    this.#sumNs += durationNs;
    if (durationNs > this.maxNs) this.maxNs = durationNs;
    if (this.#classes !== null) this.#classes[classOf(durationNs)]++;
    else if (this.count < EXACT) this.#append(durationNs);
    else this.#coarsen(durationNs);
    this.count++;
  }

  #append(durationNs: number): void {
    if (this.count === this.#values.length) {
      const grown = new Float64Array(Math.min(EXACT, this.#values.length * 4));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.count] = durationNs;
  }

  #coarsen(durationNs: number): void {
    this.#classes = new Float64Array(CLASSES_PER_DOUBLING * DOUBLINGS);
    for (const value of this.#values) this.#classes[classOf(value)]++;
    this.#classes[classOf(durationNs)]++;
    this.#values = new Float64Array(0);
  }

  /** In nanoseconds; percentiles by the nearest-rank method. All zero when there was no fault. */
  summary(): { mean: number; p50: number; p99: number; max: number } {
    if (this.count === 0) return { mean: 0, p50: 0, p99: 0, max: 0 };
    const sorted = this.#classes === null ? this.#values.slice(0, this.count).sort() : null;
    const at = (share: number): number => {
      const rank = Math.max(1, Math.ceil(share * this.count));
      return sorted === null ? this.#ofRank(rank) : sorted[rank - 1];
    };
    return { mean: this.#sumNs / this.count, p50: at(0.5), p99: at(0.99), max: this.maxNs };
  }

  #ofRank(rank: number): number {
    let below = 0;
    const classes = this.#classes!;
    for (let index = 0; index < classes.length; index++) {
      below += classes[index];
      if (below >= rank) return Math.min(this.maxNs, lowestOf(index));
    }
    return this.maxNs;
  }

  heldBytes(): number {
    return this.#values.byteLength + (this.#classes?.byteLength ?? 0);
  }
}

/** 2^power for 0 ≤ power < 62, by products of exact numbers. */
const powerOfTwo = (power: number): number => (power < 31 ? (1 << power) >>> 0 : 0x4000_0000 * powerOfTwo(power - 30));

function classOf(value: number): number {
  if (value < CLASSES_PER_DOUBLING) return Math.floor(value);
  const high = Math.floor(value / 0x1_0000_0000);
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value >>> 0);
  const scale = powerOfTwo(exponent - 7);
  return CLASSES_PER_DOUBLING * (exponent - 6) + Math.floor(value / scale) - CLASSES_PER_DOUBLING;
}

function lowestOf(index: number): number {
  if (index < CLASSES_PER_DOUBLING) return index;
  const exponent = Math.floor(index / CLASSES_PER_DOUBLING) + 6;
  return ((index % CLASSES_PER_DOUBLING) + CLASSES_PER_DOUBLING) * powerOfTwo(exponent - 7);
}
