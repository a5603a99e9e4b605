/** Bitmaps of pages in chunks: 32 pages to a word, 1,024 to a block, 32,768 to a chunk. */
import { popcount } from "../base/math.ts";
import type { PageSpan } from "../contract/index.ts";

export const CHUNK_SHIFT = 15;
export const CHUNK_PAGES = 1 << CHUNK_SHIFT;
export const CHUNK_WORDS = CHUNK_PAGES >>> 5;
/** The unit of lazy dirtying, and the length of a stripe of the initial fill. */
export const BLOCK_SHIFT = 10;
export const BLOCK_PAGES = 1 << BLOCK_SHIFT;
export const BLOCK_WORDS = BLOCK_PAGES >>> 5;
export const CHUNK_BLOCKS = CHUNK_PAGES / BLOCK_PAGES;

/** Page numbers are kept in 32-bit integers: 2^31 pages of 4 KiB are 8 TiB. */
export const MAX_PAGES = 0x8000_0000;

export const chunkCount = (pageCount: number): number => Math.ceil(pageCount / CHUNK_PAGES);
/** Pages of one chunk: all but the last are whole. */
export const pagesOfChunk = (pageCount: number, chunk: number): number =>
  Math.min(CHUNK_PAGES, pageCount - chunk * CHUNK_PAGES);

/** Bits [from, to) of a word, 0 ≤ from ≤ to ≤ 32. */
export function rangeMask(from: number, to: number): number {
  if (to <= from) return 0;
  return (0xffffffff << from) & (0xffffffff >>> (32 - to));
}

/** The part of word `word` (bits 32·word … 32·word+31) that lies in [from, to). */
export function wordMask(word: number, from: number, to: number): number {
  const base = word * 32;
  const low = from > base ? from - base : 0;
  const high = to < base + 32 ? to - base : 32;
  return rangeMask(Math.min(low, 32), Math.max(high, 0));
}

/** Number of one-bits of a bitmap in [from, to). */
export function countRange(words: Uint32Array, from: number, to: number): number {
  if (to <= from) return 0;
  const firstWord = from >>> 5;
  const lastWord = (to - 1) >>> 5;
  if (firstWord === lastWord) return popcount(words[firstWord] & wordMask(firstWord, from, to));
  let count =
    popcount(words[firstWord] & wordMask(firstWord, from, to)) +
    popcount(words[lastWord] & wordMask(lastWord, from, to));
  for (let word = firstWord + 1; word < lastWord; word++) count += popcount(words[word]);
  return count;
}

export function fillRange(words: Uint32Array, from: number, to: number): void {
  for (let word = from >>> 5; word * 32 < to; word++) words[word] |= wordMask(word, from, to);
}

/** Index of the one-bit of rank `rank` (from 0) in a word that has more than `rank` of them. */
export function selectBit(word: number, rank: number): number {
  let rest = word;
  for (let skipped = 0; skipped < rank; skipped++) rest &= rest - 1;
  return lowestBit(rest);
}

/** Index of the lowest one-bit of a word that is not zero. */
export const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
export const highestBit = (word: number): number => 31 - Math.clz32(word);

/** Bits of the span for the 32 pages from `base` on; `base` may lie before, in or after the span. */
export function spanWord(span: PageSpan, base: number): number {
  const from = span.first - base;
  const to = from + span.count;
  if (to <= 0 || from >= 32) return 0;
  const inRange = rangeMask(Math.max(from, 0), Math.min(to, 32));
  const { mask } = span;
  if (mask === null) return inRange;
  if (from > 0) return (mask[0] << from) & inRange;
  const index = -from >>> 5;
  const shift = -from & 31;
  if (shift === 0) return mask[index] & inRange;
  const next = index + 1 < mask.length ? mask[index + 1] << (32 - shift) : 0;
  return ((mask[index] >>> shift) | next) & inRange;
}

/** A span from bits [firstWord, lastWord] of a bitmap whose first bit is page `base`; trimmed, null mask if unbroken. */
export function makeSpan(
  words: Uint32Array,
  firstWord: number,
  lastWord: number,
  base: number,
  pages: number,
): PageSpan {
  const low = firstWord * 32 + lowestBit(words[firstWord]);
  const end = lastWord * 32 + highestBit(words[lastWord]) + 1;
  if (end - low === pages) return { first: base + low, count: pages, mask: null, pages };
  const mask = words.slice(firstWord, lastWord + 1);
  return { first: base + firstWord * 32, count: end - firstWord * 32, mask, pages };
}

/** Refuses spans that reach outside memory or contradict themselves: they are bugs of an engine. */
export function checkSpan(span: PageSpan, pageCount: number): void {
  const { first, count, mask, pages } = span;
  if (!(first >= 0 && count >= 0 && first + count <= pageCount)) {
    throw new RangeError(`pages [${first}, ${first + count}) are not all in a memory of ${pageCount} pages`);
  }
  if (mask === null ? pages !== count : mask.length * 32 < count || pages > count) {
    throw new RangeError(`a span of ${count} pages from ${first} claims ${pages} with a mask of ${mask?.length} words`);
  }
}
