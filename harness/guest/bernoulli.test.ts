import { expect, test } from "vitest";
import { exp, popcount } from "../base/math.ts";
import { BernoulliBlock } from "./bernoulli.ts";

function countDrawn(sampler: BernoulliBlock, block: number, from: number, to: number, mean: number): number {
  if (!sampler.draw({ seed: 99, block, range: 3, timeNs: 12_345 }, from, to, mean)) return 0;
  let count = 0;
  for (const word of sampler.words) count += popcount(word);
  return count;
}

// All three ways of drawing: by gaps between hits, by comparison of digits, by gaps between misses.
test.each([0.00005, 0.005, 0.0156, 0.016, 0.1, 0.7, 2, 4, 4.3, 6, 12])(
  "mean %d writes: 1 − e^(−x) of the pages",
  (mean) => {
    const sampler = new BernoulliBlock();
    const blocks = 2000;
    const from = 17;
    const to = 1013;
    let hits = 0;
    for (let block = 0; block < blocks; block++) hits += countDrawn(sampler, block, from, to, mean);
    const pages = blocks * (to - from);
    const p = 1 - exp(-mean);
    const sigma = Math.sqrt(pages * p * (1 - p));
    expect(Math.abs(hits - pages * p)).toBeLessThan(4 * sigma);
  },
);

test("pages are independent: the number per block is binomial (chi-square)", () => {
  const sampler = new BernoulliBlock();
  const blocks = 4000;
  for (const mean of [0.01, 0.3, 5]) {
    const p = 1 - exp(-mean);
    let sum = 0;
    for (let block = 0; block < blocks; block++) {
      const deviation = countDrawn(sampler, block, 0, 1024, mean) - 1024 * p;
      sum += (deviation * deviation) / (1024 * p * (1 - p));
    }
    // The index of dispersion is chi-square with `blocks` degrees of freedom: mean n, variance 2n.
    expect(Math.abs(sum - blocks)).toBeLessThan(4 * Math.sqrt(2 * blocks));
  }
});

test("every page of the block is drawn equally often (chi-square)", () => {
  const sampler = new BernoulliBlock();
  for (const mean of [0.01, 0.3, 5]) {
    const counts = new Float64Array(1024);
    const blocks = 3000;
    for (let block = 0; block < blocks; block++) {
      if (!sampler.draw({ seed: 5, block, range: 0, timeNs: 7 }, 0, 1024, mean)) continue;
      for (let page = 0; page < 1024; page++) counts[page] += (sampler.words[page >>> 5] >>> (page & 31)) & 1;
    }
    const p = 1 - exp(-mean);
    let chi = 0;
    for (const count of counts) chi += (count - blocks * p) ** 2 / (blocks * p * (1 - p));
    expect(Math.abs(chi - 1024)).toBeLessThan(4 * Math.sqrt(2 * 1024));
  }
});

test("draws depend on seed, block, range and time, and on nothing else", () => {
  const key = { seed: 1, block: 2, range: 3, timeNs: 4e15 };
  const draw = (changes: Partial<typeof key>, before = 0): string => {
    const sampler = new BernoulliBlock();
    for (let block = 0; block < before; block++) sampler.draw({ ...key, block: 1000 + block }, 0, 1024, 0.5);
    sampler.draw({ ...key, ...changes }, 0, 1024, 0.5);
    return sampler.words.join();
  };
  expect(draw({}, 5)).toBe(draw({}));
  for (const change of [{ seed: 2 }, { block: 3 }, { range: 4 }, { timeNs: 4e15 + 1 }, { timeNs: 4e15 + 2 ** 32 }]) {
    expect(draw(change)).not.toBe(draw({}));
  }
});
