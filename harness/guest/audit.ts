/** Whether the guest's memory survived: an account of all its pages on the side that runs in the end. */
import { popcount } from "../base/math.ts";
import type { Trace } from "../contract/index.ts";
import { CHUNK_PAGES, CHUNK_WORDS, pagesOfChunk } from "./bits.ts";
import type { SimulatedDestinationMemory } from "./destination-memory.ts";
import { Versions } from "./versions.ts";
import type { WrittenMemory } from "./written-memory.ts";

export type MemoryAudit = Trace["memory"];

/** Version 0 everywhere. */
const UNWRITTEN = new Versions();

/** Damage found so far. */
export class Damage {
  missingPages = 0;
  stalePages = 0;
  corruptPages = 0;
  overwrittenPages = 0;
  firstDamagedPage: number | null = null;

  note(kind: "missingPages" | "stalePages" | "corruptPages" | "overwrittenPages", firstPage: number, pages = 1): void {
    this[kind] += pages;
    if (this.firstDamagedPage === null || firstPage < this.firstDamagedPage) this.firstDamagedPage = firstPage;
  }
}

/** Compares the destination with the source, whose versions are the truth. All of `truth` must be up to date. */
export function auditDestination(memory: SimulatedDestinationMemory, truth: WrittenMemory): Damage {
  const damage = new Damage();
  const { corruptPages } = memory;
  for (let chunk = 0; chunk < memory.counts.length; chunk++) {
    countMissing(memory, chunk, damage);
    const written = truth.chunks[chunk]?.versions ?? null;
    const held = memory.versions[chunk];
    if (written !== null || held !== null) compareVersions(memory, chunk, held ?? UNWRITTEN, written, damage);
  }
  let page = corruptPages === null ? -1 : corruptPages.next(0);
  while (page >= 0) {
    damage.note("corruptPages", page);
    page = page + 1 < memory.pageCount ? corruptPages!.next(page + 1) : -1;
  }
  if (memory.firstOverwrittenPage !== null) {
    damage.note("overwrittenPages", memory.firstOverwrittenPage, memory.overwrittenPages);
  }
  return damage;
}

function countMissing(memory: SimulatedDestinationMemory, chunk: number, damage: Damage): void {
  const missing = pagesOfChunk(memory.pageCount, chunk) - memory.counts[chunk];
  if (missing === 0) return;
  const start = chunk * CHUNK_PAGES;
  damage.note("missingPages", memory.nextMissing(start, start + pagesOfChunk(memory.pageCount, chunk)), missing);
}

function compareVersions(
  memory: SimulatedDestinationMemory,
  chunk: number,
  held: Versions,
  written: Versions | null,
  damage: Damage,
): void {
  const words = memory.words[chunk];
  if (words === null && memory.counts[chunk] === 0) return;
  for (let word = 0; word < CHUNK_WORDS; word++) {
    const { differ, older } = held.compareWord(word, written);
    let wrong = words === null ? differ : differ & words[word];
    for (; wrong !== 0; wrong &= wrong - 1) {
      const bit = 31 - Math.clz32(wrong & -wrong);
      const page = chunk * CHUNK_PAGES + word * 32 + bit;
      if (memory.corruptPages?.has(page)) continue;
      // A version that the source never had is no older content, but one that was never written.
      damage.note((older >>> bit) & 1 ? "stalePages" : "corruptPages", page);
    }
  }
}

/**
 * The source runs in the end, though the guest has run on the destination: what it wrote there is lost.
 * All of `writtenThere` must be up to date.
 */
export function auditRolledBack(memory: SimulatedDestinationMemory, writtenThere: WrittenMemory): Damage {
  const damage = new Damage();
  for (let chunk = 0; chunk < memory.counts.length; chunk++) {
    const dirty = writtenThere.chunks[chunk]?.dirty ?? null;
    if (dirty === null || memory.counts[chunk] === 0) continue;
    const present = memory.words[chunk];
    for (let word = 0; word < CHUNK_WORDS; word++) {
      const lost = present === null ? dirty[word] : dirty[word] & present[word];
      if (lost === 0) continue;
      damage.note("stalePages", chunk * CHUNK_PAGES + word * 32 + 31 - Math.clz32(lost & -lost), popcount(lost));
    }
  }
  return damage;
}
