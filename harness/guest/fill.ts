/**
 * What the pages hold before the workload writes them: stripes of 1,024 pages, in each first the zero pages, then the
 * duplicate, the compressible and the random ones. A guest of fewer pages is one shorter stripe.
 */
import { UsageError } from "../base/errors.ts";
import { popcount } from "../base/math.ts";
import type { Guest } from "../contract/index.ts";
import { BLOCK_PAGES, BLOCK_WORDS, wordMask } from "./bits.ts";

/** Pages by content; a written page is of the class that the workload writes. */
export class ClassCounts {
  zero = 0;
  duplicate = 0;
  compressible = 0;
  random = 0;
}

export type ContentClass = keyof ClassCounts;

export class Fill {
  /** Ends of the zero, duplicate and compressible pages within a stripe. */
  readonly #zeroEnd: number;
  readonly #duplicateEnd: number;
  readonly #compressibleEnd: number;
  readonly #zero = new Uint32Array(BLOCK_WORDS);
  readonly #duplicate = new Uint32Array(BLOCK_WORDS);
  readonly #compressible = new Uint32Array(BLOCK_WORDS);

  constructor(fill: Guest["fill"], pageCount: number) {
    const sum = fill.zero + fill.duplicate + fill.compressible;
    if (sum > 1 + 1e-9) {
      throw new UsageError(
        `the guest's fill adds up to ${sum}: zero, duplicate and compressible may be at most 1 together`,
      );
    }
    const stripe = Math.min(BLOCK_PAGES, pageCount);
    this.#zeroEnd = Math.round(stripe * fill.zero);
    this.#duplicateEnd = Math.round(stripe * (fill.zero + fill.duplicate));
    this.#compressibleEnd = Math.min(stripe, Math.round(stripe * sum));
    for (let word = 0; word < BLOCK_WORDS; word++) {
      this.#zero[word] = wordMask(word, 0, this.#zeroEnd);
      this.#duplicate[word] = wordMask(word, this.#zeroEnd, this.#duplicateEnd);
      this.#compressible[word] = wordMask(word, this.#duplicateEnd, this.#compressibleEnd);
    }
  }

  /** What an unwritten page holds. */
  classOf(page: number): ContentClass {
    const place = page % BLOCK_PAGES;
    if (place < this.#zeroEnd) return "zero";
    if (place < this.#duplicateEnd) return "duplicate";
    return place < this.#compressibleEnd ? "compressible" : "random";
  }

  /** Counts unwritten pages of one word of memory. */
  countWord(word: number, unwritten: number, counts: ClassCounts): void {
    if (unwritten === 0) return;
    const index = word & (BLOCK_WORDS - 1);
    const zero = popcount(unwritten & this.#zero[index]);
    const duplicate = popcount(unwritten & this.#duplicate[index]);
    const compressible = popcount(unwritten & this.#compressible[index]);
    counts.zero += zero;
    counts.duplicate += duplicate;
    counts.compressible += compressible;
    counts.random += popcount(unwritten) - zero - duplicate - compressible;
  }

  /** Counts the unwritten pages [from, to), whatever their number, at once. */
  countRange(from: number, to: number, counts: ClassCounts): void {
    const zero = before(to, this.#zeroEnd) - before(from, this.#zeroEnd);
    const upToDuplicate = before(to, this.#duplicateEnd) - before(from, this.#duplicateEnd);
    const upToCompressible = before(to, this.#compressibleEnd) - before(from, this.#compressibleEnd);
    counts.zero += zero;
    counts.duplicate += upToDuplicate - zero;
    counts.compressible += upToCompressible - upToDuplicate;
    counts.random += to - from - upToCompressible;
  }
}

/** How many of the pages [0, page) lie before `end` in their stripe. */
function before(page: number, end: number): number {
  const stripes = Math.floor(page / BLOCK_PAGES);
  return stripes * end + Math.min(end, page - stripes * BLOCK_PAGES);
}
