import fc from "fast-check";
import { expect, test } from "vitest";
import { BLOCK_WORDS, CHUNK_WORDS } from "./bits.ts";
import { Versions } from "./versions.ts";

test("counts what plain counters count, and copies what it captured", () => {
  const mask = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.array(fc.tuple(mask, mask), { minLength: 1, maxLength: 40 }), mask, (raises, taken) => {
      const source = new Versions();
      const counts = new Array(64).fill(0);
      for (const pair of raises) {
        const carry = new Uint32Array(BLOCK_WORDS);
        carry.set(pair);
        source.raise(carry, 32);
        for (let page = 0; page < 64; page++) counts[page] += (pair[page >>> 5] >>> (page & 31)) & 1;
      }
      for (let page = 0; page < 64; page++) expect(source.of(1024 + page)).toBe(counts[page]);

      const copy = new Versions();
      const words = new Uint32Array(CHUNK_WORDS);
      words[32] = taken;
      copy.store(source.capture(32, 33), words, 32, 33);
      for (let page = 0; page < 64; page++) {
        const copied = page < 32 && (taken >>> page) & 1;
        expect(copy.of(1024 + page)).toBe(copied ? counts[page] : 0);
      }
      const { differ, older } = copy.compareWord(32, source);
      for (let page = 0; page < 32; page++) {
        const stale = copy.of(1024 + page) < counts[page] ? 1 : 0;
        expect([(differ >>> page) & 1, (older >>> page) & 1]).toEqual([stale, stale]);
        expect((source.compareWord(32, copy).older >>> page) & 1).toBe(0);
      }
      copy.store(null, words.fill(0xffffffff), 32, 33);
      for (let page = 0; page < 64; page++) expect(copy.of(1024 + page)).toBe(0);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("holds 20 versions in five bits per page", () => {
  const versions = new Versions();
  for (let write = 0; write < 20; write++) versions.raise(new Uint32Array(BLOCK_WORDS).fill(0xffffffff), 0);
  expect(versions.of(0)).toBe(20);
  expect(versions.heldBytes()).toBe((5 * 32768) / 8);
});
