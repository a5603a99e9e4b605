/**
 * The page cache of delta encoding: direct-mapped by page number, and a slot is only given to another page once its
 * content has aged (QEMU migration/page_cache.c: CACHED_PAGE_LIFETIME 2, aged by dirty-bitmap syncs).
 * Source of the method: Svärd et al., "Evaluation of delta compression techniques for efficient live migration of large
 * virtual machines", VEE 2011.
 */
import type { PageSpan } from "../../harness/contract/index.ts";

const LIFETIME_ROUNDS = 2;
const EMPTY = -1;

export class DeltaCache {
  #pages: Float64Array;
  #ages: Int32Array;
  #round = 0;

  constructor(slots: number) {
    // The largest power of two that fits, as QEMU rounds its cache.
    let size = 1;
    while (size * 2 <= slots) size *= 2;
    this.#pages = new Float64Array(size).fill(EMPTY);
    this.#ages = new Int32Array(size);
  }

  beginRound(round: number): void {
    this.#round = round;
  }

  /** How many pages of the span were in the cache; the others are inserted where a slot is free or has aged. */
  lookUp(span: PageSpan): number {
    let hits = 0;
    for (let offset = 0; offset < span.count; offset++) {
      if (span.mask !== null && ((span.mask[offset >>> 5] >>> (offset & 31)) & 1) === 0) continue;
      if (this.#visit(span.first + offset)) hits++;
    }
    return hits;
  }

  #visit(page: number): boolean {
    const slot = page % this.#pages.length;
    const held = this.#pages[slot];
    if (held === page) {
      this.#ages[slot] = this.#round;
      return true;
    }
    // In the first round nothing was sent before, so there is nothing to take a difference against: QEMU leaves it out.
    if (this.#round === 0) return false;
    if (held !== EMPTY && this.#ages[slot] + LIFETIME_ROUNDS > this.#round) return false;
    this.#pages[slot] = page;
    this.#ages[slot] = this.#round;
    return false;
  }
}
