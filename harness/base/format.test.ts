import { expect, test } from "vitest";
import { formatBitsPerSecond, formatBytes, formatCount, formatDuration, formatMetric, formatShare } from "./format.ts";

test("durations keep three or so digits and name their unit", () => {
  expect([0, 12, 1_500, 79_210_000, 999_960_000, 7_493_000_000, 114_536_000_000].map(formatDuration)).toEqual([
    "0 ms",
    "12 ns",
    "1.50 µs",
    "79.2 ms",
    "1.00 s",
    "7.49 s",
    "115 s",
  ]);
});

test("long durations are minutes and hours", () => {
  expect([120e9, 247.4e9, 3599.4e9, 3599.6e9, 7530e9].map(formatDuration)).toEqual([
    "2 min 00 s",
    "4 min 07 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 h 06 min",
  ]);
});

test("bytes and rates are decimal", () => {
  expect([0, 565_000, 4_294_967_296].map(formatBytes)).toEqual(["0 B", "565 kB", "4.29 GB"]);
  expect([622e6, 1e9, 9.41e9].map(formatBitsPerSecond)).toEqual(["622 Mb/s", "1 Gb/s", "9.41 Gb/s"]);
  expect(formatMetric("bytes-per-second", 117.5e6)).toBe("940 Mb/s");
});

test("a share that is not whole never reads as whole", () => {
  expect([0, 0.0001, 0.5, 0.9871, 0.9999, 1].map(formatShare)).toEqual([
    "0 %",
    "<0.1 %",
    "50 %",
    "98.7 %",
    "99.9 %",
    "100 %",
  ]);
});

test("counts group thousands, and a fraction is not grouped", () => {
  expect([7, 4638, 1_000_000, 1234.5, 1.2345].map(formatCount)).toEqual(["7", "4,638", "1,000,000", "1,235", "1.23"]);
});
