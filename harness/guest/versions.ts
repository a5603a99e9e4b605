/**
 * The versions of a chunk's pages, as vertical counters: plane j holds bit j of every version, 32 pages to a word
 * (Hacker's Delight, section 7-2, calls such data bit-sliced). Counting up a set of pages is an addition with carry over
 * words, about two operations for 32 pages, and a plane exists only once a version needs it.
 */
import { CHUNK_WORDS } from "./bits.ts";

/** Versions of a run of words, as they were when they were captured: plane after plane. */
export interface CapturedVersions {
  readonly firstWord: number;
  readonly words: number;
  readonly planes: Uint32Array;
}

const MAX_PLANES = 32;

export class Versions {
  readonly #planes: Uint32Array[] = [];

  /** Adds one to the version of each page in `carry`, whose first word is word `base` of the chunk. Uses `carry` up. */
  raise(carry: Uint32Array, base: number): void {
    for (let plane = 0; ; plane++) {
      if (plane === this.#planes.length) this.#addPlane();
      const bits = this.#planes[plane];
      let rest = 0;
      for (let word = 0; word < carry.length; word++) {
        const add = carry[word];
        if (add === 0) continue;
        const old = bits[base + word];
        bits[base + word] = old ^ add;
        carry[word] = old & add;
        rest |= old & add;
      }
      if (rest === 0) return;
    }
  }

  #addPlane(): void {
    if (this.#planes.length === MAX_PLANES) throw new Error("a page was found written more than 2^32 times");
    this.#planes.push(new Uint32Array(CHUNK_WORDS));
  }

  capture(firstWord: number, lastWord: number): CapturedVersions {
    const words = lastWord - firstWord + 1;
    const planes = new Uint32Array(words * this.#planes.length);
    let at = 0;
    for (const plane of this.#planes) {
      if (words > 16) planes.set(plane.subarray(firstWord, lastWord + 1), at);
      else for (let word = 0; word < words; word++) planes[at + word] = plane[firstWord + word];
      at += words;
    }
    return { firstWord, words, planes };
  }

  /** Takes over the versions of the pages in `taken` (words of the chunk); `from` null: they are of version 0. */
  store(from: CapturedVersions | null, taken: Uint32Array, firstWord: number, lastWord: number): void {
    const given = from === null ? 0 : from.planes.length / from.words;
    while (this.#planes.length < given) this.#addPlane();
    for (let plane = 0; plane < this.#planes.length; plane++) {
      const bits = this.#planes[plane];
      if (from === null || plane >= given) {
        for (let word = firstWord; word <= lastWord; word++) bits[word] &= ~taken[word];
        continue;
      }
      const { planes } = from;
      const offset = plane * from.words - from.firstWord;
      for (let word = firstWord; word <= lastWord; word++) {
        const old = bits[word];
        bits[word] = old ^ ((old ^ planes[offset + word]) & taken[word]);
      }
    }
  }

  /** Pages of a word whose versions differ from `other`'s, and those of them that are older. */
  compareWord(word: number, other: Versions | null): { differ: number; older: number } {
    const planes = Math.max(this.#planes.length, other?.planeCount ?? 0);
    let differ = 0;
    let older = 0;
    for (let plane = planes - 1; plane >= 0; plane--) {
      const mine = this.wordOf(plane, word);
      const theirs = other?.wordOf(plane, word) ?? 0;
      const first = (mine ^ theirs) & ~differ;
      older |= first & theirs;
      differ |= first;
    }
    return { differ, older };
  }

  get planeCount(): number {
    return this.#planes.length;
  }

  wordOf(plane: number, word: number): number {
    return plane < this.#planes.length ? this.#planes[plane][word] : 0;
  }

  /** The version of one page of the chunk. */
  of(index: number): number {
    let version = 0;
    for (let plane = this.#planes.length - 1; plane >= 0; plane--) {
      version = version * 2 + ((this.#planes[plane][index >>> 5] >>> (index & 31)) & 1);
    }
    return version;
  }

  heldBytes(): number {
    return this.#planes.length * CHUNK_WORDS * 4;
  }
}
