/** A set of pages as a chunked bitmap: an empty or a full chunk holds no words. */
import { popcount } from "../base/math.ts";
import type { PageSet, PageSpan } from "../contract/index.ts";
import {
  CHUNK_PAGES,
  CHUNK_SHIFT,
  CHUNK_WORDS,
  chunkCount,
  lowestBit,
  makeSpan,
  pagesOfChunk,
  wordMask,
} from "./bits.ts";

/** Bitmaps kept for use again. */
const SPARE = 8;

export class ChunkedPageSet implements PageSet {
  readonly #counts: Int32Array;
  /** Null for a chunk that is empty or full; which of the two, its count says. */
  readonly #words: (Uint32Array | null)[];
  readonly #chunks: number;
  /** Bitmaps of chunks that have become empty or full, for the next that is neither. */
  readonly #spare: Uint32Array[] = [];
  #size = 0;
  /** Every chunk before this one is empty. */
  #firstChunk = 0;

  constructor(readonly pageCount: number) {
    this.#chunks = chunkCount(pageCount);
    this.#counts = new Int32Array(this.#chunks);
    this.#words = new Array(this.#chunks).fill(null);
  }

  get size(): number {
    return this.#size;
  }

  has(page: number): boolean {
    const chunk = page >>> CHUNK_SHIFT;
    if (this.#counts[chunk] === 0) return false;
    const words = this.#words[chunk];
    const index = page & (CHUNK_PAGES - 1);
    return words === null || ((words[index >>> 5] >>> (index & 31)) & 1) === 1;
  }

  /** @returns whether the page is new in the set */
  add(page: number): boolean {
    this.#check(page);
    if (this.has(page)) return false;
    const chunk = page >>> CHUNK_SHIFT;
    const index = page & (CHUNK_PAGES - 1);
    this.#own(chunk)[index >>> 5] |= 1 << (index & 31);
    this.#setCount(chunk, this.#counts[chunk] + 1);
    return true;
  }

  /** @returns whether the page was in the set */
  remove(page: number): boolean {
    this.#check(page);
    if (!this.has(page)) return false;
    const chunk = page >>> CHUNK_SHIFT;
    const index = page & (CHUNK_PAGES - 1);
    this.#own(chunk)[index >>> 5] &= ~(1 << (index & 31));
    this.#setCount(chunk, this.#counts[chunk] - 1);
    return true;
  }

  addAll(): void {
    for (let chunk = 0; chunk < this.#chunks; chunk++) this.#setCount(chunk, pagesOfChunk(this.pageCount, chunk));
  }

  clear(): void {
    this.#counts.fill(0);
    this.#words.fill(null);
    this.#size = 0;
    this.#firstChunk = this.#chunks;
  }

  addFrom(other: PageSet): void {
    if (other.pageCount !== this.pageCount) {
      throw new RangeError(`a set of ${other.pageCount} pages cannot join one of ${this.pageCount}`);
    }
    if (!(other instanceof ChunkedPageSet)) {
      for (let page = 0; page < this.pageCount; page++) if (other.has(page)) this.add(page);
      return;
    }
    for (let chunk = other.#firstChunk; chunk < this.#chunks; chunk++) {
      const words = other.#words[chunk];
      if (words !== null) this.unionChunk(chunk, words);
      else if (other.#counts[chunk] > 0) this.#setCount(chunk, other.#counts[chunk]);
    }
  }

  /** Adds the pages of a whole chunk's bitmap. Bits past the end of memory must be zero. */
  unionChunk(chunk: number, words: Uint32Array): void {
    const full = pagesOfChunk(this.pageCount, chunk);
    if (this.#counts[chunk] === full) return;
    const mine = this.#own(chunk);
    let count = 0;
    for (let word = 0; word < CHUNK_WORDS; word++) {
      const union = mine[word] | words[word];
      mine[word] = union;
      if (union !== 0) count += popcount(union);
    }
    this.#setCount(chunk, count);
  }

  takeSpan(from: number, maxPages: number): PageSpan | null {
    if (!(maxPages >= 1)) throw new RangeError(`takeSpan needs room for at least one page, not ${maxPages}`);
    let index = from > 0 ? from % CHUNK_PAGES : 0;
    let chunk = from > 0 ? Math.floor(from / CHUNK_PAGES) : 0;
    if (chunk < this.#firstChunk) {
      chunk = this.#firstChunk;
      index = 0;
    }
    for (; chunk < this.#chunks; chunk++) {
      if (this.#counts[chunk] !== 0) {
        const span =
          this.#words[chunk] === null ? this.#takeFull(chunk, index, maxPages) : this.#take(chunk, index, maxPages);
        if (span !== null) return span;
      }
      index = 0;
    }
    return null;
  }

  /** Out of a full chunk: one unbroken run. */
  #takeFull(chunk: number, index: number, maxPages: number): PageSpan | null {
    const full = this.#counts[chunk];
    const count = Math.min(maxPages, full - index);
    if (count <= 0) return null;
    if (count < full) {
      const words = this.#own(chunk);
      for (let word = index >>> 5; word * 32 < index + count; word++)
        words[word] &= ~wordMask(word, index, index + count);
    }
    this.#setCount(chunk, full - count);
    return { first: chunk * CHUNK_PAGES + index, count, mask: null, pages: count };
  }

  #take(chunk: number, index: number, maxPages: number): PageSpan | null {
    const words = this.#words[chunk]!;
    const keepBelow = words[index >>> 5] & ~wordMask(index >>> 5, index, CHUNK_PAGES);
    words[index >>> 5] &= ~keepBelow;
    let firstWord = index >>> 5;
    while (firstWord < CHUNK_WORDS && words[firstWord] === 0) firstWord++;
    let span: PageSpan | null = null;
    if (firstWord < CHUNK_WORDS) span = this.#takeFrom(chunk, words, firstWord, maxPages);
    words[index >>> 5] |= keepBelow;
    if (span !== null) this.#setCount(chunk, this.#counts[chunk] - span.pages);
    return span;
  }

  #takeFrom(chunk: number, words: Uint32Array, firstWord: number, maxPages: number): PageSpan {
    let pages = 0;
    let lastWord = firstWord;
    let leftBehind = 0;
    for (let word = firstWord; word < CHUNK_WORDS && pages < maxPages; word++) {
      const bits = words[word];
      if (bits === 0) continue;
      lastWord = word;
      pages += popcount(bits);
      if (pages <= maxPages) continue;
      let taken = 0;
      for (let surplus = popcount(bits) - (pages - maxPages); surplus > 0; surplus--) {
        taken |= 1 << lowestBit(bits & ~taken);
      }
      leftBehind = bits & ~taken;
      words[word] = taken;
      pages = maxPages;
    }
    const span = makeSpan(words, firstWord, lastWord, chunk * CHUNK_PAGES, pages);
    words.fill(0, firstWord, lastWord + 1);
    words[lastWord] = leftBehind;
    return span;
  }

  /** The words of a chunk, made if it has none. The count must be set afterwards. */
  #own(chunk: number): Uint32Array {
    let words = this.#words[chunk];
    if (words !== null) return words;
    words = this.#spare.pop() ?? new Uint32Array(CHUNK_WORDS);
    const full = this.#counts[chunk];
    words.fill(0xffffffff, 0, full >>> 5);
    words.fill(0, full >>> 5);
    if (full & 31) words[full >>> 5] = wordMask(full >>> 5, 0, full);
    this.#words[chunk] = words;
    return words;
  }

  #setCount(chunk: number, count: number): void {
    this.#size += count - this.#counts[chunk];
    this.#counts[chunk] = count;
    if (count === 0 || count === pagesOfChunk(this.pageCount, chunk)) {
      const words = this.#words[chunk];
      if (words !== null && this.#spare.length < SPARE) this.#spare.push(words);
      this.#words[chunk] = null;
    }
    if (count > 0) {
      if (chunk < this.#firstChunk) this.#firstChunk = chunk;
    } else if (chunk === this.#firstChunk) {
      while (this.#firstChunk < this.#chunks && this.#counts[this.#firstChunk] === 0) this.#firstChunk++;
    }
  }

  #check(page: number): void {
    if (!(page >= 0 && page < this.pageCount))
      throw new RangeError(`page ${page} is not in a set of ${this.pageCount} pages`);
  }

  /** The smallest page of the set at or after `from`, or -1. */
  next(from: number): number {
    let index = from & (CHUNK_PAGES - 1);
    for (let chunk = from >>> CHUNK_SHIFT; chunk < this.#chunks; chunk++) {
      const words = this.#words[chunk];
      if (this.#counts[chunk] !== 0) {
        if (words === null) {
          if (index < this.#counts[chunk]) return chunk * CHUNK_PAGES + index;
        } else {
          let bits = words[index >>> 5] & wordMask(index >>> 5, index, CHUNK_PAGES);
          for (let word = index >>> 5; ; bits = words[word]) {
            if (bits !== 0) return chunk * CHUNK_PAGES + word * 32 + lowestBit(bits);
            if (++word === CHUNK_WORDS) break;
          }
        }
      }
      index = 0;
    }
    return -1;
  }

  /** Bytes of typed arrays held. */
  heldBytes(): number {
    let bytes = this.#counts.byteLength;
    for (const words of this.#words) if (words !== null) bytes += words.byteLength;
    return bytes;
  }
}
