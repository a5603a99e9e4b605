import { describe, expect, test } from "vitest";
import { DeltaCache } from "./delta-cache.ts";

const span = (first: number, count: number) => ({ first, count, mask: null, pages: count });
const hits = (cache: DeltaCache, round: number, first: number, count: number) => {
  cache.beginRound(round);
  return cache.lookUp(span(first, count));
};

describe("the page cache of delta encoding", () => {
  test("holds nothing from the first pass, is filled by the second, and hits in the third", () => {
    const cache = new DeltaCache(16);
    expect([hits(cache, 0, 0, 8), hits(cache, 1, 0, 8), hits(cache, 2, 0, 8)]).toEqual([0, 0, 8]);
  });

  test("a working set larger than the cache only hits where it fits", () => {
    const cache = new DeltaCache(16);
    hits(cache, 1, 0, 32);
    expect(hits(cache, 2, 0, 32)).toBe(16);
  });

  test("a page that is no longer sent loses its slot after two rounds, not before", () => {
    const cache = new DeltaCache(16);
    hits(cache, 1, 0, 1);
    expect(hits(cache, 2, 16, 1)).toBe(0);
    expect(hits(cache, 2, 0, 1)).toBe(1);
    hits(cache, 4, 16, 1);
    expect(hits(cache, 5, 16, 1)).toBe(1);
    expect(hits(cache, 5, 0, 1)).toBe(0);
  });

  test("only the pages of the mask are looked up", () => {
    const cache = new DeltaCache(16);
    hits(cache, 1, 0, 16);
    cache.beginRound(2);
    expect(cache.lookUp({ first: 0, count: 16, mask: new Uint32Array([0b1010]), pages: 2 })).toBe(2);
  });
});
