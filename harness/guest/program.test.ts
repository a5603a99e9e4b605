import { expect, test } from "vitest";
import { UsageError } from "../base/errors.ts";
import { compileWorkload } from "./program.ts";
import { guestOf, sequential, uniform, workloadOf, zipf } from "./test-guest.ts";
import { zipfBands } from "./zipf.ts";

test("a region outside memory is refused, naming the component", () => {
  const workload = workloadOf([uniform({ pages: 10, writes: 1 }), zipf({ firstPage: 90, pages: 11, writes: 1 }, 1)]);
  expect(() => compileWorkload(workload, guestOf(100))).toThrow(UsageError);
  expect(() => compileWorkload(workload, guestOf(100))).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: the workload's phases/0/components/1 uses bytes [368640, 413696), but the guest has only 409600; make the region smaller or the guest larger]`,
  );
});

test("a trace outside memory, or out of order, is refused, naming the event", () => {
  const event = { atNs: 5, firstPage: 99, pages: 2, access: "write" as const };
  const outside = workloadOf([{ kind: "page-trace", name: "t.csv", events: [event] }]);
  expect(() => compileWorkload(outside, guestOf(100))).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: the workload's phases/0/components/0/events/0 (trace "t.csv") uses pages [99, 101), but the guest has only 100]`,
  );
  const unsorted = [
    { ...event, pages: 1 },
    { ...event, pages: 1, atNs: 4 },
  ];
  const backwards = workloadOf([{ kind: "page-trace", name: "t.csv", events: unsorted }]);
  expect(() => compileWorkload(backwards, guestOf(100))).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: the workload's phases/0/components/0/events/1 (trace "t.csv") is at 4 ns, before the event above it (5 ns); sort the trace by time]`,
  );
});

test("a phase for ever must be the last", () => {
  const phases = [
    { durationNs: null, components: [] },
    { durationNs: 1, components: [] },
  ];
  expect(() => compileWorkload(workloadOf([], { phases }), guestOf(1))).toThrow("phases/0/durationNs is null");
});

test("memory that is no whole number of pages is refused", () => {
  expect(() => compileWorkload(workloadOf([]), guestOf(1, { memoryBytes: 5000 }))).toThrow(
    "multiple of its pageSizeBytes",
  );
});

test("more pages than can be counted are refused", () => {
  expect(() => compileWorkload(workloadOf([]), guestOf(2 ** 31 + 1))).toThrow("use larger pages");
});

test("more page ranges than memory can keep apart are refused", () => {
  const phases = Array.from({ length: 4097 }, (_, index) => ({
    durationNs: 1,
    components: [uniform({ firstPage: index, pages: 1, writes: 1 })],
  }));
  expect(() => compileWorkload(workloadOf([], { phases }), guestOf(5000))).toThrow(
    "more than 4096 distinct page ranges",
  );
});

test("the same pages in many phases are one range: a recorded dirty rate costs no memory", () => {
  const phases = Array.from({ length: 1000 }, (_, index) => ({
    durationNs: 1e9,
    components: [uniform({ pages: 50, writes: index }), sequential({ pages: 50, writes: 1, reads: 1 })],
  }));
  const program = compileWorkload(workloadOf([], { phases }), guestOf(100));
  expect(program.ranges.map(({ kind }) => kind)).toEqual(["write-sweep", "read-sweep", "random"]);
});

test.each([0.5, 1, 2.5])("zipf exponent %d: bands sum to one and agree with the sum over ranks", (exponent) => {
  const pages = 100_000;
  const bands = zipfBands(pages, exponent);
  expect(bands.reduce((sum, band) => sum + band.pages, 0)).toBe(pages);
  expect(bands.reduce((sum, band) => sum + band.pages * band.sharePerPage, 0)).toBeCloseTo(1, 12);
  let total = 0;
  for (let rank = 1; rank <= pages; rank++) total += rank ** -exponent;
  for (const band of bands) {
    let weight = 0;
    for (let rank = band.first + 1; rank <= band.first + band.pages; rank++) weight += rank ** -exponent;
    expect((band.sharePerPage * band.pages * total) / weight).toBeCloseTo(1, 7);
  }
});
