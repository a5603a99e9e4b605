/**
 * How pages become bytes, and what that costs a migration thread: zero and duplicate pages as headers, changed pages as
 * a delta against a page cache, the rest compressed or as they are.
 */
import {
  type Host,
  PAGE_HEADER_BYTES,
  type PageBatch,
  type Process,
  type Processor,
  type Transfer,
  wait,
} from "../../harness/contract/index.ts";
import { DeltaCache } from "./delta-cache.ts";

/** The thread that walks the dirty bitmap and looks for zero pages; the streams' own threads follow it. */
const SCANNER_THREAD = 0;
export const streamThread = (stream: number): number => 1 + stream;

/** A delta-encoded run of changed bytes costs two length fields beside the bytes (QEMU migration/xbzrle.c). */
const DELTA_OVERHEAD_BYTES = 8;

export class Encoder {
  #cache: DeltaCache | null;

  constructor(
    readonly transfer: Transfer,
    readonly host: Host,
    readonly pageSizeBytes: number,
    readonly processor: Processor,
  ) {
    this.#cache =
      transfer.deltaCacheBytes >= pageSizeBytes
        ? new DeltaCache(Math.floor(transfer.deltaCacheBytes / pageSizeBytes))
        : null;
  }

  /** Called at the start of each round; the page cache ages by rounds. */
  beginRound(round: number): void {
    this.#cache?.beginRound(round);
  }

  /** Sets `batch.encodedBytes`, and holds the threads for as long as the work takes. */
  *encode(batch: PageBatch, stream: number): Process<void> {
    const { transfer, host, pageSizeBytes, processor } = this;
    if (transfer.zeroPages !== "send") {
      // A page with data in it is told apart by its first bytes; only one of equal bytes is read to its end.
      const scannedBytes = (batch.classes.zero + batch.classes.duplicate) * pageSizeBytes;
      yield* wait(processor.work(SCANNER_THREAD, (scannedBytes * 1e9) / host.scanBytesPerSecond));
    }
    const compressedInputBytes = this.size(batch);
    const threadNs =
      (compressedInputBytes * 1e9) / host.compressBytesPerSecondPerThread +
      (batch.encodedBytes * 1e9) / host.sendBytesPerSecondPerThread;
    yield* wait(processor.work(streamThread(stream), threadNs));
  }

  /** Sets `batch.encodedBytes`; returns how many bytes the compressor has to read. */
  size(batch: PageBatch): number {
    const { transfer, pageSizeBytes } = this;
    const { classes } = batch;
    const wholePage = PAGE_HEADER_BYTES + pageSizeBytes;
    let bytes = 0;
    if (transfer.zeroPages === "send") bytes += classes.zero * wholePage;
    else if (transfer.zeroPages === "header") bytes += classes.zero * PAGE_HEADER_BYTES;
    bytes += classes.duplicate * (transfer.duplicatePages === "send" ? wholePage : PAGE_HEADER_BYTES + 1);

    let { random, compressible } = classes;
    const other = random + compressible;
    const hits = this.#cache === null ? 0 : Math.min(other, this.#cache.lookUp(batch));
    if (hits > 0) {
      const delta = Math.min(pageSizeBytes, classes.changedBytesPerPage + DELTA_OVERHEAD_BYTES);
      bytes += hits * (PAGE_HEADER_BYTES + delta);
      random -= Math.round((random * hits) / other);
      compressible = other - hits - random;
    }
    const compressed = transfer.compression !== "none";
    bytes += random * wholePage;
    bytes += compressible * (compressed ? PAGE_HEADER_BYTES + pageSizeBytes * classes.compressedShare : wholePage);
    batch.encodedBytes = Math.ceil(bytes);
    return compressed ? (random + compressible) * pageSizeBytes : 0;
  }
}
