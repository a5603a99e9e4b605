/** The guest's memory on the source: reading pages and asking the dirty log. */
import { popcount } from "../base/math.ts";
import type { PageBatch, PageClasses, PageSet, PageSpan, SourceMemory, Workload } from "../contract/index.ts";
import { BernoulliBlock } from "./bernoulli.ts";
import {
  BLOCK_PAGES,
  BLOCK_SHIFT,
  CHUNK_BLOCKS,
  CHUNK_PAGES,
  CHUNK_SHIFT,
  CHUNK_WORDS,
  checkSpan,
  pagesOfChunk,
  spanWord,
} from "./bits.ts";
import { CapturedPages } from "./capture.ts";
import { ClassCounts, type ContentClass, type Fill } from "./fill.ts";
import { ChunkedPageSet } from "./page-set.ts";
import type { WorkloadProgram } from "./program.ts";
import type { CapturedVersions } from "./versions.ts";
import type { WorkClock } from "./work-clock.ts";
import { lastBlockOf, type WrittenChunk, type WrittenMemory } from "./written-memory.ts";

export interface SourceMemoryOptions {
  readonly program: WorkloadProgram;
  readonly workload: Workload;
  readonly clock: WorkClock;
  readonly written: WrittenMemory;
  readonly fill: Fill;
  readonly compressedShare: number;
  readonly now: () => number;
}

export class SimulatedSourceMemory implements SourceMemory {
  readonly pageCount: number;
  readonly pageSizeBytes: number;
  readonly #options: SourceMemoryOptions;
  readonly #written: WrittenMemory;
  readonly #means = new BernoulliBlock();
  readonly #pageClasses: Record<ContentClass, PageClasses>;

  constructor(options: SourceMemoryOptions) {
    this.#options = options;
    this.#written = options.written;
    this.pageCount = options.program.pageCount;
    this.pageSizeBytes = options.program.pageSizeBytes;
    this.#pageClasses = this.#makePageClasses();
  }

  newPageSet(): PageSet {
    return new ChunkedPageSet(this.pageCount);
  }

  syncDirtyLog(into: PageSet): number {
    if (into.pageCount !== this.pageCount) {
      throw new RangeError(`a set of ${into.pageCount} pages cannot hold the dirty log of ${this.pageCount} pages`);
    }
    const nowNs = this.#flush();
    let found = 0;
    for (let index = 0; index < this.#written.chunks.length; index++) {
      const chunk = this.#written.chunk(index);
      if (chunk === null) continue;
      this.#written.observe(index, chunk, 0, lastBlockOf(this.pageCount, index), nowNs);
      if (!chunk.hasDirty || chunk.dirty === null) continue;
      found += countWords(chunk.dirty);
      addWords(into, index, chunk.dirty);
      chunk.dirty.fill(0);
      chunk.hasDirty = false;
    }
    return found;
  }

  withoutDirtied(span: PageSpan): PageSpan | null {
    checkSpan(span, this.pageCount);
    const nowNs = this.#flush();
    let mask: Uint32Array | null = null;
    let pages = span.pages;
    for (let page = span.first; page < span.first + span.count; page = nextChunk(page)) {
      const index = page >>> CHUNK_SHIFT;
      const chunk = this.#written.chunk(index);
      if (chunk === null) continue;
      const end = Math.min(nextChunk(page), span.first + span.count);
      this.#observe(index, chunk, page, end, nowNs);
      if (!chunk.hasDirty || chunk.dirty === null) continue;
      mask ??= copyMask(span);
      pages -= clearDirtied(mask, span.first, page, end, chunk.dirty);
    }
    if (pages === 0) return null;
    return mask === null || pages === span.pages ? span : { first: span.first, count: span.count, mask, pages };
  }

  read(span: PageSpan): PageBatch {
    checkSpan(span, this.pageCount);
    const nowNs = this.#flush();
    if (span.count === 1 && span.mask === null) return this.#readPage(span, nowNs);
    const counts = new ReadCounts();
    const parts: (CapturedVersions | null)[] = [];
    const end = span.first + span.count;
    for (let page = span.first; page < end; page = nextChunk(page)) {
      const partEnd = Math.min(nextChunk(page), end);
      const chunk = this.#written.chunk(page >>> CHUNK_SHIFT);
      if (chunk === null) this.#countUntouched(span, page, partEnd, counts);
      else this.#countTouched(span, chunk, page, partEnd, nowNs, counts);
      const start = (page >>> CHUNK_SHIFT) * CHUNK_PAGES;
      parts.push(chunk?.versions?.capture((page - start) >>> 5, (partEnd - 1 - start) >>> 5) ?? null);
    }
    if (counts.pages !== span.pages) {
      throw new RangeError(
        `a span from page ${span.first} claims ${span.pages} pages, its mask selects ${counts.pages}`,
      );
    }
    const { first, count, mask, pages } = span;
    const content = new CapturedPages(span, parts);
    return { first, count, mask, pages, classes: this.#classes(counts), encodedBytes: 0, content };
  }

  /** A demand fault asks for a single page, a million times over: the same as `read`, without its loops. */
  #readPage(span: PageSpan, nowNs: number): PageBatch {
    const page = span.first;
    const chunk = this.#written.chunk(page >>> CHUNK_SHIFT);
    const index = page & (CHUNK_PAGES - 1);
    let content: ContentClass = this.#options.fill.classOf(page);
    let writes = 1;
    let part: CapturedVersions | null = null;
    if (chunk !== null) {
      this.#observe(page >>> CHUNK_SHIFT, chunk, page, page + 1, nowNs);
      if (chunk.ever !== null && (chunk.ever[index >>> 5] >>> (index & 31)) & 1) {
        content = this.#options.workload.writtenFill;
      }
      writes = this.#writesPerPage(chunk, page - index, index >>> BLOCK_SHIFT, nowNs);
      part = chunk.versions?.capture(index >>> 5, index >>> 5) ?? null;
    }
    const classes =
      writes === 1 ? this.#pageClasses[content] : { ...this.#pageClasses[content], ...this.#change(writes) };
    return {
      first: page,
      count: 1,
      mask: null,
      pages: 1,
      classes,
      encodedBytes: 0,
      content: new CapturedPages(span, [part]),
    };
  }

  /** Classes of a batch of one page that was written once. */
  #makePageClasses(): Record<ContentClass, PageClasses> {
    const { compressedShare } = this.#options;
    const none = { zero: 0, duplicate: 0, compressible: 0, random: 0, compressedShare, ...this.#change(1) };
    return {
      zero: { ...none, zero: 1 },
      duplicate: { ...none, duplicate: 1 },
      compressible: { ...none, compressible: 1 },
      random: { ...none, random: 1 },
    };
  }

  #change(writesPerPage: number): { changedBytesPerPage: number } {
    const bytes = Math.round(this.#options.workload.changedBytesPerWrite * writesPerPage);
    return { changedBytesPerPage: Math.min(this.pageSizeBytes, bytes) };
  }

  #flush(): number {
    const nowNs = this.#options.now();
    this.#options.clock.flushTraces(nowNs);
    return nowNs;
  }

  #observe(index: number, chunk: WrittenChunk, page: number, end: number, nowNs: number): void {
    const start = index * CHUNK_PAGES;
    this.#written.observe(index, chunk, (page - start) >>> BLOCK_SHIFT, (end - 1 - start) >>> BLOCK_SHIFT, nowNs);
  }

  #countUntouched(span: PageSpan, page: number, end: number, counts: ReadCounts): void {
    if (span.mask === null) {
      this.#options.fill.countRange(page, end, counts.classes);
      counts.pages += end - page;
      return;
    }
    for (let base = page - (page % 32); base < end; base += 32) {
      const bits = spanWord(span, base) & withinPart(base, page, end);
      counts.pages += popcount(bits);
      this.#options.fill.countWord(Math.floor(base / 32), bits, counts.classes);
    }
  }

  #countTouched(
    span: PageSpan,
    chunk: WrittenChunk,
    page: number,
    end: number,
    nowNs: number,
    counts: ReadCounts,
  ): void {
    const index = page >>> CHUNK_SHIFT;
    const full = chunk.everCount === pagesOfChunk(this.pageCount, index);
    // Where no versions are held and every page was written before, a look would show nothing that this read reports.
    if (chunk.tracked || !full) this.#observe(index, chunk, page, end, nowNs);
    const start = index * CHUNK_PAGES;
    for (let base = page - (page % BLOCK_PAGES); base < end; base += BLOCK_PAGES) {
      const low = Math.max(base, page);
      const high = Math.min(base + BLOCK_PAGES, end);
      const pages = this.#countBlock(span, chunk, full, low, high, counts);
      if (pages === 0) continue;
      counts.writesOfPages += pages * this.#writesPerPage(chunk, start, (base - start) >>> BLOCK_SHIFT, nowNs);
    }
  }

  /** @returns the span's pages in [low, high), which lies in one block */
  #countBlock(
    span: PageSpan,
    chunk: WrittenChunk,
    full: boolean,
    low: number,
    high: number,
    counts: ReadCounts,
  ): number {
    if (span.mask === null && (chunk.ever === null || full)) {
      if (full) counts.written += high - low;
      else this.#options.fill.countRange(low, high, counts.classes);
      counts.pages += high - low;
      return high - low;
    }
    let pages = 0;
    if (full) {
      for (let base = low - (low % 32); base < high; base += 32)
        pages += popcount(spanWord(span, base) & withinPart(base, low, high));
      counts.written += pages;
      counts.pages += pages;
      return pages;
    }
    for (let base = low - (low % 32); base < high; base += 32) {
      const bits = spanWord(span, base) & withinPart(base, low, high);
      if (bits === 0) continue;
      pages += popcount(bits);
      const unwritten = chunk.ever === null ? bits : bits & ~chunk.ever[(base & (CHUNK_PAGES - 1)) >>> 5];
      counts.written += popcount(bits & ~unwritten);
      if (unwritten !== 0) this.#options.fill.countWord(Math.floor(base / 32), unwritten, counts.classes);
    }
    counts.pages += pages;
    return pages;
  }

  /** Mean number of writes of the pages that were written since the block was last read, for delta encoding. */
  #writesPerPage(chunk: WrittenChunk, start: number, block: number, nowNs: number): number {
    const { clock, program } = this.#options;
    const work = clock.work(nowNs);
    const from = start + block * BLOCK_PAGES;
    let writes = 0;
    let dirtied = 0;
    for (let slot = 0; slot < chunk.ranges.length; slot++) {
      const index = chunk.ranges[slot];
      const range = program.ranges[index];
      if (range.kind === "read-sweep") continue;
      const at = slot * CHUNK_BLOCKS + block;
      const position = clock.positions[index] + clock.rates[index] * work;
      const gain = position - chunk.read[at];
      if (gain === 0) continue;
      chunk.read[at] = position;
      const low = Math.max(from, range.first);
      const covered = Math.min(from + BLOCK_PAGES, range.first + range.pages) - low;
      if (covered <= 0) continue;
      const mean = range.kind === "random" ? gain : gain / range.pages;
      writes += mean * covered;
      dirtied += (range.kind === "random" ? this.#means.probability(mean) : Math.min(1, mean)) * covered;
    }
    return writes > dirtied ? writes / dirtied : 1;
  }

  #classes(counts: ReadCounts): PageClasses {
    const { workload, compressedShare } = this.#options;
    const { zero, duplicate, compressible, random } = counts.classes;
    const { written, pages } = counts;
    const writesPerPage = pages > 0 && counts.writesOfPages > pages ? counts.writesOfPages / pages : 1;
    return {
      zero,
      duplicate,
      compressible: compressible + (workload.writtenFill === "compressible" ? written : 0),
      random: random + (workload.writtenFill === "random" ? written : 0),
      compressedShare,
      ...this.#change(writesPerPage),
    };
  }
}

class ReadCounts {
  readonly classes = new ClassCounts();
  pages = 0;
  written = 0;
  writesOfPages = 0;
}

const nextChunk = (page: number): number => ((page >>> CHUNK_SHIFT) + 1) * CHUNK_PAGES;

/** Bits of the word whose first page is `base` that lie in [from, to). */
function withinPart(base: number, from: number, to: number): number {
  const low = from > base ? from - base : 0;
  const high = to < base + 32 ? to - base : 32;
  return (0xffffffff << low) & (0xffffffff >>> (32 - high));
}

function countWords(words: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < CHUNK_WORDS; word++) if (words[word] !== 0) count += popcount(words[word]);
  return count;
}

function addWords(into: PageSet, index: number, words: Uint32Array): void {
  if (into instanceof ChunkedPageSet) {
    into.unionChunk(index, words);
    return;
  }
  for (let word = 0; word < CHUNK_WORDS; word++) {
    for (let bits = words[word]; bits !== 0; bits &= bits - 1) {
      into.add(index * CHUNK_PAGES + word * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
}

function copyMask(span: PageSpan): Uint32Array {
  const mask = new Uint32Array((span.count + 31) >>> 5);
  for (let word = 0; word < mask.length; word++) mask[word] = spanWord(span, span.first + word * 32);
  return mask;
}

/** Clears the dirty pages of [page, end) in the mask, whose first bit is page `first`. @returns how many */
function clearDirtied(mask: Uint32Array, first: number, page: number, end: number, dirty: Uint32Array): number {
  let cleared = 0;
  for (let base = page - (page % 32); base < end; base += 32) {
    let bits = dirty[(base & (CHUNK_PAGES - 1)) >>> 5] & withinPart(base, page, end);
    for (; bits !== 0; bits &= bits - 1) {
      const bit = base + 31 - Math.clz32(bits & -bits) - first;
      if (((mask[bit >>> 5] >>> (bit & 31)) & 1) === 0) continue;
      mask[bit >>> 5] &= ~(1 << (bit & 31));
      cleared++;
    }
  }
  return cleared;
}
