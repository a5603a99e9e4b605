/** The guest's memory on the destination: which pages are present, and which version of each. */
import { popcount } from "../base/math.ts";
import type { DestinationMemory, PageBatch, PageSpan } from "../contract/index.ts";
import {
  CHUNK_PAGES,
  CHUNK_SHIFT,
  CHUNK_WORDS,
  checkSpan,
  chunkCount,
  countRange,
  lowestBit,
  pagesOfChunk,
  spanWord,
  wordMask,
} from "./bits.ts";
import { CapturedPages } from "./capture.ts";
import { ChunkedPageSet } from "./page-set.ts";
import { type CapturedVersions, Versions } from "./versions.ts";

/** Told which pages arrived for the first time, once the guest runs. */
export interface ArrivalListener {
  pageArrived(page: number): void;
  /** Bits [firstWord, lastWord] of the chunk's bitmap. */
  wordsArrived(chunk: number, words: Uint32Array, firstWord: number, lastWord: number): void;
}

/** Bitmaps kept for use again. */
const SPARE = 8;

/** One chunk's share of a batch: pages [from, to) of the chunk. */
interface Part {
  readonly chunk: number;
  readonly from: number;
  readonly to: number;
  readonly versions: CapturedVersions | null;
}

export class SimulatedDestinationMemory implements DestinationMemory {
  /** Pages present in each chunk. */
  readonly counts: Int32Array;
  /** Null for a chunk of which nothing or everything is present; which of the two, its count says. */
  readonly words: (Uint32Array | null)[];
  /** Null: every page present is of version 0. */
  readonly versions: (Versions | null)[];
  /** Pages that hold damaged contents, or those of another page. */
  corruptPages: ChunkedPageSet | null = null;
  overwrittenPages = 0;
  firstOverwrittenPage: number | null = null;
  #present = 0;
  #listener: ArrivalListener | null = null;
  /** Bitmaps of chunks that have become empty or full, for the next that is neither. */
  readonly #spare: Uint32Array[] = [];
  readonly #fresh = new Uint32Array(CHUNK_WORDS);

  constructor(
    readonly pageCount: number,
    readonly pageSizeBytes: number,
    readonly isTracked: (chunk: number) => boolean,
  ) {
    const chunks = chunkCount(pageCount);
    this.counts = new Int32Array(chunks);
    this.words = new Array(chunks).fill(null);
    this.versions = new Array(chunks).fill(null);
  }

  /** From now on the guest runs: contents that are present are its own, and are not replaced. */
  guestStarted(listener: ArrivalListener): void {
    this.#listener = listener;
  }

  presentPages(): number {
    return this.#present;
  }

  isPresent(page: number): boolean {
    const chunk = page >>> CHUNK_SHIFT;
    if (this.counts[chunk] === 0) return false;
    const words = this.words[chunk];
    const index = page & (CHUNK_PAGES - 1);
    return words === null || ((words[index >>> 5] >>> (index & 31)) & 1) === 1;
  }

  install(batch: PageBatch): void {
    checkSpan(batch, this.pageCount);
    const { content } = batch;
    if (!(content instanceof CapturedPages)) throw new TypeError("the batch was not read from a simulated guest");
    const intact = !content.corrupt && content.matches(batch);
    const end = batch.first + batch.count;
    for (let page = batch.first, index = 0; page < end; index++) {
      const chunk = page >>> CHUNK_SHIFT;
      const start = chunk * CHUNK_PAGES;
      const partEnd = Math.min(start + CHUNK_PAGES, end);
      const versions = content.parts[index] ?? null;
      this.#installPart(batch, intact, { chunk, from: page - start, to: partEnd - start, versions });
      page = partEnd;
    }
  }

  #installPart(batch: PageBatch, intact: boolean, part: Part): void {
    const { chunk, from, to, versions } = part;
    const running = this.#listener !== null;
    const unversioned = versions === null && this.versions[chunk] === null;
    const full = pagesOfChunk(this.pageCount, chunk);
    if (batch.mask === null && to - from === full && unversioned && intact && !running) {
      this.#clearCorrupt(chunk, null);
      this.#setCount(chunk, full);
      return;
    }
    const clean = intact && (this.corruptPages === null || this.corruptPages.size === 0);
    if (this.counts[chunk] === full && unversioned && clean && !running) return;
    const firstWord = from >>> 5;
    const lastWord = (to - 1) >>> 5;
    const added = this.#take(batch, part, firstWord, lastWord);
    // The versions of damaged pages do not matter: they are known to be corrupt until they are sent again.
    if (!unversioned && intact && this.isTracked(chunk)) {
      this.versions[chunk] ??= new Versions();
      this.versions[chunk].store(versions, this.#fresh, firstWord, lastWord);
    }
    if (intact) this.#clearCorrupt(chunk, this.#fresh, firstWord, lastWord);
    else this.#markCorrupt(chunk, this.#fresh, firstWord, lastWord);
    if (added === 0) return;
    this.#setCount(chunk, this.counts[chunk] + added);
    if (this.#listener !== null) this.#tell(this.#listener, chunk, firstWord, lastWord, added);
  }

  /** Marks the part's pages as present; those that were taken are then in `#fresh`. @returns how many are new */
  #take(batch: PageBatch, { chunk, from, to }: Part, firstWord: number, lastWord: number): number {
    const running = this.#listener !== null;
    const fresh = this.#fresh;
    const complete = this.counts[chunk] === pagesOfChunk(this.pageCount, chunk);
    const words = complete ? null : this.#own(chunk);
    let added = 0;
    for (let word = firstWord; word <= lastWord; word++) {
      const inside = word * 32 >= from && word * 32 + 32 <= to ? -1 : wordMask(word, from, to);
      const bits = batch.mask === null ? inside : inside & spanWord(batch, chunk * CHUNK_PAGES + word * 32);
      const present = words === null ? bits : bits & words[word];
      const taken = bits & ~present;
      if (running && present !== 0) this.#overwrite(chunk * CHUNK_PAGES + word * 32, present);
      // Before the guest runs, what comes last stays; afterwards only what was missing is taken.
      fresh[word] = running ? taken : bits;
      if (words === null || taken === 0) continue;
      words[word] |= taken;
      added += taken === -1 ? 32 : popcount(taken);
    }
    return added;
  }

  #tell(listener: ArrivalListener, chunk: number, firstWord: number, lastWord: number, added: number): void {
    if (added > 1) {
      listener.wordsArrived(chunk, this.#fresh, firstWord, lastWord);
      return;
    }
    let word = firstWord;
    while (this.#fresh[word] === 0) word++;
    listener.pageArrived(chunk * CHUNK_PAGES + word * 32 + lowestBit(this.#fresh[word]));
  }

  #overwrite(base: number, bits: number): void {
    this.overwrittenPages += popcount(bits);
    const first = base + lowestBit(bits);
    if (this.firstOverwrittenPage === null || first < this.firstOverwrittenPage) this.firstOverwrittenPage = first;
  }

  #markCorrupt(chunk: number, words: Uint32Array, firstWord: number, lastWord: number): void {
    this.corruptPages ??= new ChunkedPageSet(this.pageCount);
    for (let word = firstWord; word <= lastWord; word++) {
      for (let bits = words[word]; bits !== 0; bits &= bits - 1) {
        this.corruptPages.add(chunk * CHUNK_PAGES + word * 32 + lowestBit(bits));
      }
    }
  }

  #clearCorrupt(chunk: number, words: Uint32Array | null, firstWord = 0, lastWord = CHUNK_WORDS - 1): void {
    if (this.corruptPages === null || this.corruptPages.size === 0) return;
    const start = chunk * CHUNK_PAGES;
    let page = this.corruptPages.next(start + firstWord * 32);
    for (; page >= 0 && page < start + (lastWord + 1) * 32; page = this.corruptPages.next(page + 1)) {
      const index = page - start;
      if (words === null || (words[index >>> 5] >>> (index & 31)) & 1) this.corruptPages.remove(page);
      if (page + 1 >= this.pageCount) return;
    }
  }

  discard(span: PageSpan): void {
    checkSpan(span, this.pageCount);
    if (this.#listener !== null) {
      throw new Error(
        `the guest runs on the destination: its pages from ${span.first} on cannot be discarded any more`,
      );
    }
    const end = span.first + span.count;
    for (let page = span.first; page < end; ) {
      const chunk = page >>> CHUNK_SHIFT;
      const start = chunk * CHUNK_PAGES;
      const partEnd = Math.min(start + CHUNK_PAGES, end);
      if (this.counts[chunk] > 0) this.#discardPart(span, chunk, page - start, partEnd - start);
      page = partEnd;
    }
  }

  #discardPart(span: PageSpan, chunk: number, from: number, to: number): void {
    const words = this.#own(chunk);
    let removed = 0;
    for (let word = from >>> 5; word * 32 < to; word++) {
      const gone = words[word] & spanWord(span, chunk * CHUNK_PAGES + word * 32) & wordMask(word, from, to);
      this.#fresh[word] = gone;
      words[word] &= ~gone;
      removed += popcount(gone);
    }
    this.#clearCorrupt(chunk, this.#fresh, from >>> 5, (to - 1) >>> 5);
    this.#setCount(chunk, this.counts[chunk] - removed);
  }

  #own(chunk: number): Uint32Array {
    let words = this.words[chunk];
    if (words !== null) return words;
    words = this.#spare.pop() ?? new Uint32Array(CHUNK_WORDS);
    const full = this.counts[chunk];
    words.fill(0xffffffff, 0, full >>> 5);
    words.fill(0, full >>> 5);
    if (full & 31) words[full >>> 5] = wordMask(full >>> 5, 0, full);
    this.words[chunk] = words;
    return words;
  }

  #setCount(chunk: number, count: number): void {
    this.#present += count - this.counts[chunk];
    this.counts[chunk] = count;
    if (count !== 0 && count !== pagesOfChunk(this.pageCount, chunk)) return;
    const words = this.words[chunk];
    if (words !== null && this.#spare.length < SPARE) this.#spare.push(words);
    this.words[chunk] = null;
  }

  /** Number of missing pages in [from, to). */
  missingIn(from: number, to: number): number {
    let missing = 0;
    for (let page = from; page < to; ) {
      const chunk = page >>> CHUNK_SHIFT;
      const start = chunk * CHUNK_PAGES;
      const end = Math.min(start + CHUNK_PAGES, to);
      const words = this.words[chunk];
      if (words !== null) missing += end - page - countRange(words, page - start, end - start);
      else if (this.counts[chunk] === 0) missing += end - page;
      page = end;
    }
    return missing;
  }

  /** The first missing page in [from, to), or -1. */
  nextMissing(from: number, to: number): number {
    for (let page = from; page < to; ) {
      const chunk = page >>> CHUNK_SHIFT;
      const start = chunk * CHUNK_PAGES;
      const words = this.words[chunk];
      const end = Math.min(start + CHUNK_PAGES, to);
      if (words === null) {
        if (this.counts[chunk] === 0) return page;
      } else {
        for (let word = (page - start) >>> 5; word * 32 < end - start; word++) {
          const bits = ~words[word] & wordMask(word, page - start, end - start);
          if (bits !== 0) return start + word * 32 + lowestBit(bits);
        }
      }
      page = end;
    }
    return -1;
  }

  heldBytes(): number {
    let bytes = this.counts.byteLength + this.#fresh.byteLength + (this.corruptPages?.heldBytes() ?? 0);
    for (const words of this.words) bytes += words?.byteLength ?? 0;
    for (const versions of this.versions) bytes += versions?.heldBytes() ?? 0;
    return bytes;
  }
}
