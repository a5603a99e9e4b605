import { describe, expect, test } from "vitest";
import type { Host, PageBatch, PageClasses, Processor, Transfer } from "../../harness/contract/index.ts";
import { Encoder } from "./encoding.ts";

const host: Host = {
  scanBytesPerSecond: 20e9,
  sendBytesPerSecondPerThread: 4e9,
  compressBytesPerSecondPerThread: 0.4e9,
  setupNs: 0,
  resumeNs: 0,
};
const plain: Transfer = { zeroPages: "header", duplicatePages: "header", deltaCacheBytes: 0, compression: "none" };

/** 100 pages: 40 zero, 10 duplicate, 30 compressible to a third, 20 random. */
const classes: PageClasses = {
  zero: 40,
  duplicate: 10,
  compressible: 30,
  random: 20,
  compressedShare: 1 / 3,
  changedBytesPerPage: 200,
};
const batch = (first = 0): PageBatch => ({
  first,
  count: 100,
  mask: null,
  pages: 100,
  classes,
  encodedBytes: 0,
  content: null,
});

function encoder(transfer: Partial<Transfer>, work: [number, number][] = []): Encoder {
  const processor: Processor = {
    work: (thread, durationNs) => ({
      start: (resume) => {
        work.push([thread, durationNs]);
        resume();
        return () => {};
      },
    }),
  };
  return new Encoder({ ...plain, ...transfer }, host, 4096, processor);
}

function sized(transfer: Partial<Transfer>): number {
  const it = batch();
  encoder(transfer).size(it);
  return it.encodedBytes;
}

describe("the size of a batch on the wire", () => {
  const page = 4096 + 8;
  test("zero and duplicate pages as headers", () => expect(sized({})).toBe(40 * 8 + 10 * 9 + 50 * page));
  test("zero pages left out altogether", () => expect(sized({ zeroPages: "skip" })).toBe(10 * 9 + 50 * page));
  test("everything as it is", () => expect(sized({ zeroPages: "send", duplicatePages: "send" })).toBe(100 * page));
  test("compressed", () => {
    expect(sized({ compression: "zstd" })).toBe(Math.ceil(40 * 8 + 10 * 9 + 20 * page + 30 * (8 + 4096 / 3)));
  });
  test("pages in the cache travel as the bytes that changed", () => {
    const it = batch();
    const delta = encoder({ deltaCacheBytes: 128 * 4096 });
    for (const round of [1, 2]) {
      delta.beginRound(round);
      delta.size(it);
    }
    expect(it.encodedBytes).toBe(40 * 8 + 10 * 9 + 50 * (8 + 208));
  });
});

describe("what it costs the threads", () => {
  test("scanning pages of equal bytes on the first, copying and compressing on the stream's own", () => {
    const work: [number, number][] = [];
    const it = batch();
    const steps = encoder({ compression: "zstd" }, work).encode(it, 2);
    for (let next = steps.next(); !next.done; next = steps.next())
      next.value.start(
        () => {},
        () => {},
      );
    expect(work).toEqual([
      [0, (50 * 4096 * 1e9) / 20e9],
      [3, (50 * 4096 * 1e9) / 0.4e9 + (it.encodedBytes * 1e9) / 4e9],
    ]);
  });
});
