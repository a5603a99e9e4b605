/**
 * Which pages the workload has written, since the last sync of the dirty log and ever, and the version of each.
 *
 * Nothing happens here while time passes. Random accesses are independent Poisson processes, one per page, so that a
 * block of 1,024 pages can be brought up to date on its own, at the moment when somebody looks at it: a page whose
 * expected number of writes grew by x since the last look was written with probability 1 − e^(−x). The cost of a look
 * depends neither on the dirty rate nor on the time that passed. Several writes between two looks are one new version.
 *
 * The random numbers of a block depend on the seed, the block, the range and the time only: looking at other blocks
 * first, or not at all, changes nothing.
 */
import { popcount } from "../base/math.ts";
import { BernoulliBlock } from "./bernoulli.ts";
import {
  BLOCK_PAGES,
  BLOCK_SHIFT,
  BLOCK_WORDS,
  CHUNK_BLOCKS,
  CHUNK_PAGES,
  CHUNK_WORDS,
  chunkCount,
  fillRange,
  pagesOfChunk,
} from "./bits.ts";
import type { PageRange, WorkloadProgram } from "./program.ts";
import { Versions } from "./versions.ts";
import type { WorkClock } from "./work-clock.ts";

export interface WrittenChunk {
  /** Ranges of the program that touch the chunk. */
  readonly ranges: Int32Array;
  /** Position of each range when a block was last looked at, and when it was last read: index range · 32 + block. */
  readonly seen: Float64Array;
  readonly read: Float64Array;
  /** Whether versions are held; always, unless integrity is sampled. */
  readonly tracked: boolean;
  /** Null until the first write. */
  dirty: Uint32Array | null;
  ever: Uint32Array | null;
  everCount: number;
  hasDirty: boolean;
  versions: Versions | null;
}

export interface WrittenMemoryOptions {
  readonly program: WorkloadProgram;
  readonly clock: WorkClock;
  readonly seed: number;
  readonly isTracked: (chunk: number) => boolean;
  /** Positions of the ranges from which on writes count; null: all writes count. */
  readonly originPositions: Float64Array | null;
}

export class WrittenMemory {
  /** Null: no range touches the chunk and no trace has written it. */
  readonly chunks: (WrittenChunk | null)[];
  readonly #options: WrittenMemoryOptions;
  readonly #sampler = new BernoulliBlock();
  readonly #key: { seed: number; block: number; range: number; timeNs: number };
  /** Positions of the ranges when the dirty log was switched on; null: from the beginning. */
  #logPositions: Float64Array | null = null;
  #logStartNs = 0;
  /** The log records nothing before it is switched on. */
  #logging = true;

  constructor(options: WrittenMemoryOptions) {
    this.#options = options;
    this.chunks = new Array(chunkCount(options.program.pageCount)).fill(null);
    this.#key = { seed: options.seed, block: 0, range: 0, timeNs: 0 };
  }

  /** Writes until `startLog` do not show in the dirty log. */
  stopLog(): void {
    this.#logging = false;
  }
  startLog(nowNs: number): void {
    const { clock } = this.#options;
    clock.flushTraces(nowNs);
    this.#logging = true;
    this.#logStartNs = nowNs;
    const work = clock.work(nowNs);
    this.#logPositions = clock.positions.map((position, range) => position + clock.rates[range] * work);
  }

  /** The chunk, made if the workload can write to it. */
  chunk(index: number): WrittenChunk | null {
    const chunk = this.chunks[index];
    if (chunk !== null || this.#options.program.rangesOfChunk[index].length === 0) return chunk;
    return this.#makeChunk(index);
  }

  #makeChunk(index: number): WrittenChunk {
    const ranges = this.#options.program.rangesOfChunk[index];
    const seen = new Float64Array(ranges.length * CHUNK_BLOCKS);
    const { originPositions } = this.#options;
    if (originPositions !== null) {
      ranges.forEach((range, slot) => {
        seen.fill(originPositions[range], slot * CHUNK_BLOCKS, (slot + 1) * CHUNK_BLOCKS);
      });
    }
    const chunk: WrittenChunk = {
      ranges,
      seen,
      read: new Float64Array(seen.length),
      tracked: this.#options.isTracked(index),
      dirty: null,
      ever: null,
      everCount: 0,
      hasDirty: false,
      versions: null,
    };
    this.chunks[index] = chunk;
    return chunk;
  }

  /** Brings blocks [firstBlock, lastBlock] of a chunk up to date. Trace events must have been flushed. */
  observe(index: number, chunk: WrittenChunk, firstBlock: number, lastBlock: number, nowNs: number): void {
    const { clock, program } = this.#options;
    const { ranges, seen } = chunk;
    const work = clock.work(nowNs);
    for (let slot = 0; slot < ranges.length; slot++) {
      const range = ranges[slot];
      const position = clock.positions[range] + clock.rates[range] * work;
      for (let block = firstBlock; block <= lastBlock; block++) {
        const at = slot * CHUNK_BLOCKS + block;
        if (seen[at] === position) continue;
        const logPosition = this.#logPositions?.[range] ?? 0;
        if (seen[at] < logPosition) {
          this.#advance(
            index,
            chunk,
            block,
            program.ranges[range],
            seen[at],
            logPosition,
            range,
            this.#logStartNs,
            false,
          );
          seen[at] = logPosition;
        }
        if (seen[at] < position) {
          this.#advance(index, chunk, block, program.ranges[range], seen[at], position, range, nowNs, this.#logging);
          seen[at] = position;
        }
      }
    }
  }

  /** Brings all of memory up to date. */
  observeAll(nowNs: number): void {
    const { clock, program } = this.#options;
    clock.flushTraces(nowNs);
    for (let index = 0; index < this.chunks.length; index++) {
      const chunk = this.chunk(index);
      if (chunk !== null) this.observe(index, chunk, 0, lastBlockOf(program.pageCount, index), nowNs);
    }
  }

  #advance(
    index: number,
    chunk: WrittenChunk,
    block: number,
    range: PageRange,
    from: number,
    to: number,
    rangeIndex: number,
    timeNs: number,
    logged: boolean,
  ): void {
    if (range.kind === "read-sweep") return;
    const start = index * CHUNK_PAGES + block * BLOCK_PAGES;
    const low = Math.max(0, range.first - start);
    const high = Math.min(BLOCK_PAGES, range.first + range.pages - start);
    if (high <= low) return;
    let hit: boolean;
    if (range.kind === "random") {
      this.#key.block = start >>> BLOCK_SHIFT;
      this.#key.range = rangeIndex;
      this.#key.timeNs = timeNs;
      hit = this.#sampler.draw(this.#key, low, high, to - from);
    } else {
      hit = this.#sweep(range, start - range.first, low, high, Math.floor(from), Math.floor(to));
    }
    if (hit) this.#apply(chunk, block, this.#sampler.words, logged);
  }

  /** Draws the pages that a sweep passed: accesses number [from, to), of which number k goes to page k mod pages. */
  #sweep(range: PageRange, offset: number, low: number, high: number, from: number, to: number): boolean {
    if (to <= from) return false;
    const { words } = this.#sampler;
    words.fill(0);
    const firstOffset = from - Math.floor(from / range.pages) * range.pages;
    const lastOffset = firstOffset + Math.min(to - from, range.pages);
    // The offsets [firstOffset, lastOffset) once as they are, once wrapped round.
    const ends = [
      [firstOffset - offset, Math.min(lastOffset, range.pages) - offset],
      [-offset, lastOffset - range.pages - offset],
    ];
    for (const [begin, end] of ends) if (end > begin) fillRange(words, clamp(begin, low, high), clamp(end, low, high));
    return words.some((word) => word !== 0);
  }

  /** The chunk's pages [from, to) were written by a trace event. */
  writeRange(firstPage: number, pages: number): void {
    const { words } = this.#sampler;
    for (let page = firstPage; page < firstPage + pages; ) {
      const index = Math.floor(page / CHUNK_PAGES);
      const block = Math.floor((page - index * CHUNK_PAGES) / BLOCK_PAGES);
      const start = index * CHUNK_PAGES + block * BLOCK_PAGES;
      const end = Math.min(firstPage + pages, start + BLOCK_PAGES);
      words.fill(0);
      fillRange(words, page - start, end - start);
      this.#apply(this.chunks[index] ?? this.#makeChunk(index), block, words, this.#logging);
      page = end;
    }
  }

  /** Uses `words` up. */
  #apply(chunk: WrittenChunk, block: number, words: Uint32Array, logged: boolean): void {
    chunk.ever ??= new Uint32Array(CHUNK_WORDS);
    const base = block * BLOCK_WORDS;
    if (chunk.everCount < CHUNK_PAGES) {
      for (let word = 0; word < BLOCK_WORDS; word++) {
        const fresh = words[word] & ~chunk.ever[base + word];
        if (fresh === 0) continue;
        chunk.ever[base + word] |= fresh;
        chunk.everCount += popcount(fresh);
      }
    }
    if (logged) {
      chunk.dirty ??= new Uint32Array(CHUNK_WORDS);
      for (let word = 0; word < BLOCK_WORDS; word++) chunk.dirty[base + word] |= words[word];
      chunk.hasDirty = true;
    }
    if (!chunk.tracked) return;
    chunk.versions ??= new Versions();
    chunk.versions.raise(words, base);
  }

  heldBytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) {
      if (chunk === null) continue;
      bytes += chunk.seen.byteLength + chunk.read.byteLength;
      bytes += (chunk.dirty?.byteLength ?? 0) + (chunk.ever?.byteLength ?? 0) + (chunk.versions?.heldBytes() ?? 0);
    }
    return bytes;
  }
}

/** The last block of a chunk that holds pages. */
export const lastBlockOf = (pageCount: number, chunk: number): number =>
  (pagesOfChunk(pageCount, chunk) - 1) >>> BLOCK_SHIFT;

const clamp = (value: number, low: number, high: number): number => (value < low ? low : Math.min(value, high));
