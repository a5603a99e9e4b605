import fc from "fast-check";
import { expect, test } from "vitest";
import type { PageSpan } from "../contract/index.ts";
import { CHUNK_PAGES } from "./bits.ts";
import { ChunkedPageSet } from "./page-set.ts";

const PAGES = 2 * CHUNK_PAGES + 1000;

function pagesOf(span: PageSpan): number[] {
  const pages: number[] = [];
  for (let bit = 0; bit < span.count; bit++) {
    if (span.mask === null || (span.mask[bit >>> 5] >>> (bit & 31)) & 1) pages.push(span.first + bit);
  }
  return pages;
}

/** Pages near the edges of words, chunks and memory, and some in between. */
const page = fc.oneof(
  fc.integer({ min: 0, max: PAGES - 1 }),
  fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: CHUNK_PAGES - 40, max: CHUNK_PAGES + 40 }),
  fc.integer({ min: PAGES - 40, max: PAGES - 1 }),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), page }),
  fc.record({ kind: fc.constant("remove" as const), page }),
  fc.record({ kind: fc.constant("take" as const), page, max: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constantFrom("addAll" as const, "clear" as const), page }),
);

test("does what a plain set of numbers does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const set = new ChunkedPageSet(PAGES);
      const model = new Set<number>();
      for (const { kind, page, ...rest } of steps) {
        if (kind === "add") expect(set.add(page)).toBe(!model.has(page) && model.add(page) !== null);
        else if (kind === "remove") expect(set.remove(page)).toBe(model.delete(page));
        else if (kind === "clear") {
          set.clear();
          model.clear();
        } else if (kind === "addAll") {
          set.addAll();
          for (let each = 0; each < PAGES; each++) model.add(each);
        } else {
          const { max } = rest as { max: number };
          const span = set.takeSpan(page, max);
          const expected = [...model].filter((each) => each >= page).sort((a, b) => a - b);
          if (expected.length === 0) expect(span).toBeNull();
          else {
            const taken = pagesOf(span!);
            const chunk = Math.floor(expected[0] / CHUNK_PAGES);
            expect(taken).toEqual(expected.filter((each) => Math.floor(each / CHUNK_PAGES) === chunk).slice(0, max));
            expect(span!.pages).toBe(taken.length);
            for (const each of taken) model.delete(each);
          }
        }
        expect(set.size).toBe(model.size);
        expect(set.has(page)).toBe(model.has(page));
      }
      let lowest = -1;
      for (const each of model) if (lowest < 0 || each < lowest) lowest = each;
      expect(set.next(0)).toBe(lowest);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test("a union with another set holds the pages of both", () => {
  fc.assert(
    fc.property(fc.array(page, { maxLength: 60 }), fc.array(page, { maxLength: 60 }), (left, right) => {
      const a = new ChunkedPageSet(PAGES);
      const b = new ChunkedPageSet(PAGES);
      for (const each of left) a.add(each);
      for (const each of right) b.add(each);
      a.addFrom(b);
      const both = new Set([...left, ...right]);
      expect(a.size).toBe(both.size);
      for (const each of both) expect(a.has(each)).toBe(true);
    }),
    { numRuns: 100, seed: 2 },
  );
});

test("a full chunk is taken as one run and costs no words", () => {
  const set = new ChunkedPageSet(PAGES);
  set.addAll();
  const empty = new ChunkedPageSet(PAGES).heldBytes();
  expect(set.heldBytes()).toBe(empty);
  expect(set.takeSpan(0, Infinity)).toEqual({ first: 0, count: CHUNK_PAGES, mask: null, pages: CHUNK_PAGES });
  expect(set.takeSpan(0, Infinity)).toEqual({ first: CHUNK_PAGES, count: CHUNK_PAGES, mask: null, pages: CHUNK_PAGES });
  expect(set.takeSpan(0, Infinity)).toEqual({ first: 2 * CHUNK_PAGES, count: 1000, mask: null, pages: 1000 });
  expect(set.takeSpan(0, Infinity)).toBeNull();
  expect(set.heldBytes()).toBe(empty);
});

test("refuses pages outside memory", () => {
  const set = new ChunkedPageSet(100);
  expect(() => set.add(100)).toThrow("page 100 is not in a set of 100 pages");
  expect(() => set.remove(-1)).toThrow(RangeError);
  expect(() => set.addFrom(new ChunkedPageSet(99))).toThrow("99 pages cannot join one of 100");
});
