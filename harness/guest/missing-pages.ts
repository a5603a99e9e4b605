/** Missing pages of each range: how many, and one of them at random. */
import type { Random } from "../base/random.ts";
import { CHUNK_PAGES, CHUNK_SHIFT, countRange } from "./bits.ts";
import type { SimulatedDestinationMemory } from "./destination-memory.ts";
import type { WorkloadProgram } from "./program.ts";

/** While at least one page in so many is missing, pages of the range are tried at random. */
const TRY_SHARE = 16;

export class MissingPages {
  readonly counts: Float64Array;
  readonly isRandom: Uint8Array;
  /** A superset of the missing pages of a range, at most twice as long; null while the range itself serves. */
  readonly #candidates: (Uint32Array | null)[];

  constructor(
    readonly program: WorkloadProgram,
    readonly memory: SimulatedDestinationMemory,
  ) {
    const { ranges } = program;
    this.counts = Float64Array.from(ranges, ({ first, pages }) => memory.missingIn(first, first + pages));
    this.isRandom = Uint8Array.from(ranges, ({ kind }) => (kind === "random" ? 1 : 0));
    this.#candidates = new Array(ranges.length).fill(null);
  }

  removePage(page: number): void {
    const { ranges } = this.program;
    for (const range of this.program.rangesOfChunk[page >>> CHUNK_SHIFT]) {
      const { first, pages } = ranges[range];
      if (page >= first && page < first + pages) this.counts[range]--;
    }
  }

  removeWords(chunk: number, words: Uint32Array, firstWord: number, lastWord: number): void {
    const start = chunk * CHUNK_PAGES;
    for (const range of this.program.rangesOfChunk[chunk]) {
      const { first, pages } = this.program.ranges[range];
      const from = Math.max(firstWord * 32, first - start);
      const to = Math.min((lastWord + 1) * 32, first + pages - start);
      this.counts[range] -= countRange(words, from, to);
    }
  }

  /** A uniformly random missing page of the range, of which at least one is missing. */
  draw(range: number, random: Random): number {
    const { first, pages } = this.program.ranges[range];
    const missing = this.counts[range];
    if (!(missing > 0)) throw new Error(`no page of [${first}, ${first + pages}) is missing`);
    let candidates = this.#candidates[range];
    if (candidates === null && missing * TRY_SHARE >= pages) {
      for (;;) {
        const page = first + random.nextInteger(pages);
        if (!this.memory.isPresent(page)) return page;
      }
    }
    if (candidates === null || missing * 2 < candidates.length) candidates = this.#list(range, candidates);
    for (;;) {
      const page = candidates[random.nextInteger(candidates.length)];
      if (!this.memory.isPresent(page)) return page;
    }
  }

  #list(range: number, from: Uint32Array | null): Uint32Array {
    const list = new Uint32Array(this.counts[range]);
    let length = 0;
    if (from !== null) {
      for (const page of from) if (!this.memory.isPresent(page)) list[length++] = page;
    } else {
      const { first, pages } = this.program.ranges[range];
      const end = first + pages;
      let page = this.memory.nextMissing(first, end);
      for (; page >= 0; page = this.memory.nextMissing(page + 1, end)) list[length++] = page;
    }
    if (length !== list.length)
      throw new Error(`range ${range} counts ${list.length} missing pages, but has ${length}`);
    this.#candidates[range] = list;
    return list;
  }

  heldBytes(): number {
    let bytes = this.counts.byteLength;
    for (const list of this.#candidates) bytes += list?.byteLength ?? 0;
    return bytes;
  }
}
