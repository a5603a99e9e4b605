import fc from "fast-check";
import { expect, test } from "vitest";
import { ClassCounts, Fill } from "./fill.ts";
import { guestOf, modelOf, uniform } from "./test-guest.ts";

const share = (parts: readonly number[]) => ({
  zero: parts[0],
  duplicate: parts[1],
  compressible: parts[2],
  compressedShare: 0.5,
});
const classNames = ["zero", "duplicate", "compressible", "random"] as const;

/** The class of a page, by the layout that the schema describes: stripes of 1,024 pages, class after class. */
function classOf(page: number, fill: ReturnType<typeof share>): (typeof classNames)[number] {
  const place = page % 1024;
  if (place < Math.round(1024 * fill.zero)) return "zero";
  if (place < Math.round(1024 * (fill.zero + fill.duplicate))) return "duplicate";
  return place < Math.round(1024 * (fill.zero + fill.duplicate + fill.compressible)) ? "compressible" : "random";
}

test("counts of any run of pages agree with counting page by page", () => {
  const parts = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(400)).map((counts) => share(counts.map((n) => n / 1000)));
  fc.assert(
    fc.property(parts, fc.nat(3000), fc.nat(3000), (fill, from, length) => {
      const counts = new ClassCounts();
      new Fill(fill, 10_000).countRange(from, from + length, counts);
      const expected = new ClassCounts();
      for (let page = from; page < from + length; page++) expected[classOf(page, fill)]++;
      expect(counts).toEqual(expected);
    }),
    { numRuns: 200, seed: 5 },
  );
});

test("a read counts written pages as what the workload writes, the others as what they were", () => {
  const pages = 40_000;
  const model = modelOf([uniform({ firstPage: 100, pages: 35_000, writes: 20_000 })], { pages });
  const dirty = model.source.memory.newPageSet();
  model.advance(1e9);
  model.source.memory.syncDirtyLog(dirty);
  model.source.pause();
  fc.assert(
    fc.property(fc.nat(pages - 1), fc.integer({ min: 1, max: 3000 }), fc.nat(), (first, length, seed) => {
      const count = Math.min(length, pages - first);
      const mask = Uint32Array.from({ length: (count + 31) >>> 5 }, (_, word) => Math.imul(seed + word, 0x9e3779b1));
      if (count & 31) mask[mask.length - 1] &= 0xffffffff >>> (32 - (count & 31));
      const expected = new ClassCounts();
      let selected = 0;
      for (let bit = 0; bit < count; bit++) {
        if (((mask[bit >>> 5] >>> (bit & 31)) & 1) === 0) continue;
        selected++;
        expected[
          dirty.has(first + bit) ? "random" : classOf(first + bit, guestOf(1).fill as ReturnType<typeof share>)
        ]++;
      }
      const { classes } = model.source.memory.read({ first, count, mask, pages: selected });
      expect(classes).toMatchObject({ ...expected });
    }),
    { numRuns: 100, seed: 6 },
  );
});

test("a guest smaller than a stripe has its shares too", () => {
  const counts = new ClassCounts();
  new Fill(share([0.5, 0.25, 0.25]), 16).countRange(0, 16, counts);
  expect(counts).toEqual({ zero: 8, duplicate: 4, compressible: 4, random: 0 });
});

test("shares above one are refused", () => {
  expect(() => new Fill(share([0.5, 0.5, 0.5]), 1024)).toThrow("adds up to 1.5");
});
