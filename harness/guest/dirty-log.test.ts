import { expect, test } from "vitest";
import { exp } from "../base/math.ts";
import type { PageSpan } from "../contract/index.ts";
import { dirtiedPages, modelOf, PAGE_BYTES, SECOND, sequential, uniform, workloadOf, zipf } from "./test-guest.ts";

test("an interval dirties 1 − e^(−x) of a uniform region, and nothing outside", () => {
  const pages = 20_000;
  for (const x of [0.01, 0.2, 1, 3]) {
    const model = modelOf([uniform({ firstPage: 1500, pages, writes: pages * x })], { pages: 40_000, seed: 11 });
    model.advance(SECOND);
    const dirtied = dirtiedPages(model);
    const p = 1 - exp(-x);
    expect(Math.abs(dirtied.length - pages * p)).toBeLessThan(4 * Math.sqrt(pages * p * (1 - p)));
    expect(dirtied[0]).toBeGreaterThanOrEqual(1500);
    expect(dirtied[dirtied.length - 1]).toBeLessThan(1500 + pages);
  }
});

test("looking often finds as many unique pages as looking once", () => {
  const pages = 20_000;
  const union = new Set<number>();
  const model = modelOf([uniform({ pages, writes: pages })], { pages, seed: 12 });
  for (let look = 1; look <= 50; look++) {
    model.advance((look * SECOND) / 50);
    for (const page of dirtiedPages(model)) union.add(page);
  }
  const p = 1 - exp(-1);
  expect(Math.abs(union.size - pages * p)).toBeLessThan(4 * Math.sqrt(pages * p * (1 - p)));
});

test("the measured dirty rate rises as intervals shrink: a skewed working set saturates", () => {
  const rateOver = (intervalNs: number): number => {
    const model = modelOf([zipf({ pages: 50_000, writes: 20_000 }, 1)], { pages: 50_000, seed: 13 });
    let found = 0;
    for (let nowNs = intervalNs; nowNs <= 10 * SECOND; nowNs += intervalNs) {
      model.advance(nowNs);
      found += dirtiedPages(model).length;
    }
    return found / 10;
  };
  expect(rateOver(SECOND / 10)).toBeGreaterThan(1.5 * rateOver(10 * SECOND));
});

test("zipf: each band of ranks is written by its weight (r^-1 summed by hand)", () => {
  const pages = 7;
  let harmonic = 0;
  for (let rank = 1; rank <= pages; rank++) harmonic += 1 / rank;
  const bands = [
    { pages: [0], weight: 1 },
    { pages: [1, 2], weight: (1 / 2 + 1 / 3) / 2 },
    { pages: [3, 4, 5, 6], weight: (1 / 4 + 1 / 5 + 1 / 6 + 1 / 7) / 4 },
  ];
  const runs = 4000;
  const hits = new Float64Array(pages);
  const model = modelOf([zipf({ pages, writes: 2 }, 1)], { pages: 64, seed: 14 });
  for (let run = 1; run <= runs; run++) {
    model.advance(run * SECOND);
    for (const page of dirtiedPages(model)) hits[page]++;
  }
  for (const band of bands) {
    const p = 1 - exp((-2 * band.weight) / harmonic);
    for (const page of band.pages) {
      expect(Math.abs(hits[page] - runs * p)).toBeLessThan(4 * Math.sqrt(runs * p * (1 - p)));
    }
  }
});

test("looking at chunks in another order changes nothing", () => {
  const pages = 4 * 32_768;
  const chunkSpan = (chunk: number): PageSpan => ({ first: chunk * 32_768, count: 32_768, mask: null, pages: 32_768 });
  const look = (order: readonly number[], skipSome: boolean): string => {
    const model = modelOf([zipf({ pages, writes: 30_000 }, 0.8)], { pages, seed: 15 });
    model.advance(SECOND);
    for (const chunk of order) model.source.memory.withoutDirtied(chunkSpan(chunk));
    model.advance(2 * SECOND);
    if (!skipSome) for (const chunk of [...order].reverse()) model.source.memory.read(chunkSpan(chunk));
    model.advance(3 * SECOND);
    return dirtiedPages(model).join();
  };
  expect(look([3, 1, 0, 2], false)).toBe(look([0, 1, 2, 3], false));
  // A chunk that was not looked at in between is another sample, but the others stay what they were.
  expect(look([0, 1, 2, 3], true)).not.toBe(look([0, 1, 2, 3], false));
});

test("sequential: exactly the pages that the sweep has passed, round and round", () => {
  const model = modelOf([sequential({ firstPage: 1000, pages: 3000, writes: 1000 })], { pages: 8192 });
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, page) => 1000 + from + page);
  model.advance(0.5 * SECOND);
  expect(dirtiedPages(model)).toEqual(range(0, 500));
  model.advance(2.5 * SECOND);
  expect(dirtiedPages(model)).toEqual(range(500, 2500));
  model.advance(3.2 * SECOND);
  expect(dirtiedPages(model)).toEqual([...range(0, 200), ...range(2500, 3000)]);
  model.advance(60 * SECOND);
  expect(dirtiedPages(model)).toEqual(range(0, 3000));
});

test("a page trace writes its pages at its times, and lags while the guest is paused or throttled", () => {
  const events = [
    { atNs: 0, firstPage: 7, pages: 2, access: "write" as const },
    { atNs: SECOND, firstPage: 40_000, pages: 3, access: "write" as const },
    { atNs: SECOND, firstPage: 50, pages: 3, access: "read" as const },
    { atNs: 2 * SECOND, firstPage: 8, pages: 1, access: "write" as const },
  ];
  const model = modelOf([{ kind: "page-trace", name: "three", events }], { pages: 50_000 });
  model.advance(1);
  expect(dirtiedPages(model)).toEqual([7, 8]);
  model.source.pause();
  model.advance(5 * SECOND);
  expect(dirtiedPages(model)).toEqual([]);
  model.source.resume();
  model.source.setThrottle(0.5);
  model.advance(7 * SECOND - 2);
  expect(dirtiedPages(model)).toEqual([]);
  model.advance(7 * SECOND + 2);
  expect(dirtiedPages(model)).toEqual([40_000, 40_001, 40_002]);
  model.advance(10 * SECOND);
  expect(dirtiedPages(model)).toEqual([8]);
});

test("phases follow wall time and repeat; a paused guest misses its burst", () => {
  const burst = { durationNs: SECOND, components: [sequential({ pages: 4096, writes: 100 })] };
  const rest = { durationNs: SECOND, components: [] };
  const model = modelOf(workloadOf([], { phases: [burst, rest], repeat: true }));
  const found = [];
  for (let second = 1; second <= 6; second++) {
    if (second === 3) model.source.pause();
    if (second === 4) model.source.resume();
    model.advance(second * SECOND);
    found.push(dirtiedPages(model).length);
  }
  expect(found).toEqual([100, 0, 0, 0, 100, 0]);
});

test("what was written before the migration was asked for is in memory, but not in the dirty log", () => {
  const warm = { pages: 4096, warmUpNs: 10 * SECOND };
  const model = modelOf([sequential({ pages: 4096, writes: 100 })], warm);
  model.advance(SECOND);
  const { classes } = model.source.memory.read({ first: 1024, count: 1024, mask: null, pages: 1024 });
  // Pages 1,024 to 1,099 were written in the eleven seconds since the workload began, the last 100 since time 0.
  expect(classes.random).toBe(128 + 76);
  expect(dirtiedPages(model)).toEqual(Array.from({ length: 100 }, (_, page) => 1000 + page));
});

test("withoutDirtied leaves out what the next sync will find, and only that", () => {
  const pages = 40_000;
  const model = modelOf([uniform({ pages, writes: pages / 2 })], { pages, seed: 16 });
  model.advance(SECOND);
  const span = { first: 30_001, count: 5000, mask: null, pages: 5000 };
  const clean = model.source.memory.withoutDirtied(span)!;
  const dirtied = new Set(dirtiedPages(model));
  let left = 0;
  for (let bit = 0; bit < span.count; bit++) {
    const isClean = (clean.mask![bit >>> 5] >>> (bit & 31)) & 1;
    expect(isClean).toBe(dirtied.has(span.first + bit) ? 0 : 1);
    left += isClean;
  }
  expect(clean.pages).toBe(left);
  expect(model.source.memory.withoutDirtied(span)).toEqual(span);
});

test("nothing is left of a span that was dirtied altogether", () => {
  const model = modelOf([sequential({ pages: 100, writes: 1000 })]);
  model.advance(SECOND);
  expect(model.source.memory.withoutDirtied({ first: 10, count: 50, mask: null, pages: 50 })).toBeNull();
});

test("the changed bytes of a page grow with the writes since it was last read, up to the page", () => {
  const model = modelOf([uniform({ pages: 4096, writes: 4096 })]);
  const read = () =>
    model.source.memory.read({ first: 0, count: 4096, mask: null, pages: 4096 }).classes.changedBytesPerPage;
  read();
  model.advance(SECOND / 1000);
  expect(read()).toBe(100);
  model.advance(10 * SECOND);
  // Ten writes on average: 10 / (1 − e^(−10)) per dirtied page.
  expect(read()).toBe(999 + 1);
  model.advance(500 * SECOND);
  expect(read()).toBe(PAGE_BYTES);
});

test.each([2 ** 21, 2 ** 30])("pages of %d bytes", (pageSizeBytes) => {
  const guest = {
    version: 1 as const,
    memoryBytes: 64 * pageSizeBytes,
    pageSizeBytes: pageSizeBytes as 2097152,
    vcpus: 2,
    deviceStateBytes: 0,
    fill: { zero: 1, duplicate: 0, compressible: 0, compressedShare: 0 },
  };
  const component = { kind: "sequential" as const, startBytes: pageSizeBytes, lengthBytes: 8 * pageSizeBytes };
  const model = modelOf([{ ...component, writesPerSecond: 3, readsPerSecond: 0 }], { guest });
  model.advance(SECOND + 1);
  expect(model.source.memory.pageCount).toBe(64);
  expect(dirtiedPages(model)).toEqual([1, 2, 3]);
});

test("spans outside memory, or that contradict themselves, are refused", () => {
  const { memory } = modelOf([]).source;
  expect(() => memory.read({ first: 4000, count: 97, mask: null, pages: 97 })).toThrow("[4000, 4097)");
  expect(() => memory.read({ first: 0, count: 32, mask: null, pages: 31 })).toThrow("claims 31");
  expect(() => memory.read({ first: 0, count: 32, mask: new Uint32Array([3]), pages: 3 })).toThrow(
    "its mask selects 2",
  );
});
