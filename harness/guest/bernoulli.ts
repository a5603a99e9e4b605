/**
 * Which of the pages of a block were written: each with the same probability, independently. A bitmap is drawn 32 pages
 * at a time by comparing 32 uniform numbers with the probability, one binary digit after the other, until all are
 * decided (about six random words; Knuth, TAOCP volume 2, 3.4.1 describes the comparison by digits). Rare writes and
 * rare misses are drawn by skipping instead (geometric gaps, Fan, Muller, Rezucha 1962).
 */
import { log, oneMinusExpMinus } from "../base/math.ts";
import { BLOCK_WORDS, wordMask } from "./bits.ts";

/** Below this probability of a hit, or of a miss, skipping is cheaper than comparing. */
const SPARSE = 1 / 64;
/** 1 − e^(−37) differs from 1 by less than the resolution of a double. */
const CERTAIN = 37;

/** Murmur3's finaliser: every bit of the input moves every bit of the output. */
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** What the random numbers of one drawing depend on; two drawings never share all of them. */
export interface DrawKey {
  readonly seed: number;
  readonly block: number;
  readonly range: number;
  readonly timeNs: number;
}

export class BernoulliBlock {
  /** The block drawn last: bit i of word i>>>5 is page i. */
  readonly words = new Uint32Array(BLOCK_WORDS);
  // State of sfc32, as in harness/base/random.ts, set anew for each drawing.
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;
  #lastMean = Number.NaN;
  #lastProbability = 0;

  /** 1 − e^(−mean); the same mean is asked for block after block. */
  probability(mean: number): number {
    if (mean !== this.#lastMean) {
      this.#lastMean = mean;
      this.#lastProbability = oneMinusExpMinus(mean);
    }
    return this.#lastProbability;
  }

  /**
   * Draws pages [from, to) of a block, each with probability 1 − e^(−mean); the others are zero.
   * @returns false if none was drawn (then `words` is not meaningful)
   */
  draw(key: DrawKey, from: number, to: number, mean: number): boolean {
    if (!(mean > 0) || to <= from) return false;
    if (mean >= CERTAIN) {
      for (let word = 0; word < BLOCK_WORDS; word++) this.words[word] = wordMask(word, from, to);
      return true;
    }
    this.#seed(key);
    const probability = this.probability(mean);
    if (probability < SPARSE) return this.#drawHits(from, to, mean);
    if (probability > 1 - SPARSE) this.#drawMisses(from, to, probability);
    else this.#compare(from, to, probability);
    return true;
  }

  #seed(key: DrawKey): void {
    const low = key.timeNs >>> 0;
    const high = Math.floor(key.timeNs / 0x1_0000_0000);
    this.#a = scramble(key.seed ^ scramble(key.block + 0x9e3779b9));
    this.#b = scramble(low ^ this.#a);
    this.#c = scramble(high ^ Math.imul(key.range + 1, 0x9e3779b1) ^ this.#b);
    this.#counter = 1;
    for (let round = 0; round < 8; round++) this.#next();
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** Uniform in (0, 1]. */
  #unit(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 0x400_0000 + low + 1) / 0x20_0000_0000_0000;
  }

  #compare(from: number, to: number, probability: number): void {
    const digits = Math.floor(probability * 0x1_0000_0000) | 0;
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    for (let word = 0; word < BLOCK_WORDS; word++) {
      const wanted = wordMask(word, from, to);
      let open = wanted;
      let hits = 0;
      for (let digit = digits, left = 32; open !== 0 && left > 0; digit <<= 1, left--) {
        const random = (a + b + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + random) | 0;
        if (digit < 0) {
          hits |= open & ~random;
          open &= random;
        } else {
          open &= ~random;
        }
      }
      this.words[word] = hits;
    }
  }

  /** The gap before the next hit is floor(E / mean) with E exponential, because ln(1 − p) = −mean. */
  #drawHits(from: number, to: number, mean: number): boolean {
    const first = this.#unit();
    // E ≥ 1 − u always: most blocks of a cold region end here, without a logarithm.
    if (1 - first > mean * (to - from)) return false;
    let page = from + Math.floor(-log(first) / mean);
    if (page >= to) return false;
    this.words.fill(0);
    while (page < to) {
      this.words[page >>> 5] |= 1 << (page & 31);
      page += 1 + Math.floor(-log(this.#unit()) / mean);
    }
    return true;
  }

  #drawMisses(from: number, to: number, probability: number): void {
    for (let word = 0; word < BLOCK_WORDS; word++) this.words[word] = wordMask(word, from, to);
    const scale = -log(probability);
    if (!(scale > 0)) return;
    let page = from + Math.floor(-log(this.#unit()) / scale);
    while (page < to) {
      this.words[page >>> 5] &= ~(1 << (page & 31));
      page += 1 + Math.floor(-log(this.#unit()) / scale);
    }
  }
}
