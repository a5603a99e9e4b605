/** The sending side that all engines share: takes pages out of a set and puts them on the streams, in rounds. */
import { type PageSet, type PageSpan, type Process, type SourcePorts, wait } from "../../harness/contract/index.ts";
import { Encoder } from "./encoding.ts";
import type { RateLimit } from "./rate-limit.ts";

/** How long a batch should take: long enough to be worth its trouble, short enough that its content is fresh when it leaves. */
const BATCH_NS = 4_000_000;
const LEAST_BATCH_BYTES = 65_536;
/** No finer than this share of a guest, so that large guests do not drown in small batches. */
const MOST_BATCHES = 1024;
/** Batches are so much finer where the guest may wait for one: for a page in it, or for its state behind it. */
const FINER_WHEN_AWAITED = 4;
/** The last pages of a pass go in batches that are so much finer. */
const FINER_AT_THE_END = 8;
/** All streams together have at most one in so many of the remaining pages in their hands. */
const BATCHES_OF_REST = 8;
/** Near the number of pages that decides, all streams together have at most one in so many of it in their hands. */
const GRAINS = 16;
/** Near: so many times that number; the bandwidth that decides must have been measured on the fine batches. */
const GRAINS_FROM = 12;

export interface SendOptions {
  /** Asked before each batch; true ends the pass with the rest of the set unsent. */
  readonly until: () => boolean;
  readonly limit: RateLimit;
  /** Leave out pages that the guest has dirtied again since the last sync: they would be sent once more anyway. */
  readonly skipDirtied: boolean;
  /** No batch larger than this. @default as large as the world advises */
  readonly mostBatchBytes?: number;
  /** So many remaining pages would end the pass; near that, batches are fine. @default nothing does */
  readonly decisivePages?: () => number;
  /** The guest may come to wait for a batch of this pass: under post-copy, and before a switch to it. @default false */
  readonly awaited?: boolean;
}

export class Sender {
  readonly encoder: Encoder;
  /** Pages and encoded bytes handed to the streams so far. */
  pagesSent = 0;
  bytesSent = 0;
  batchesSent = 0;
  /** Batches that found nothing on their stream: the line had been waiting for the processor. */
  batchesAwaited = 0;
  round = 0;
  #cursor = 0;
  #roundPages = 0;
  #roundBytes = 0;

  constructor(
    readonly ports: SourcePorts,
    readonly toSend: PageSet,
  ) {
    const { parameters, guest, processor } = ports;
    this.encoder = new Encoder(parameters.transfer, parameters.host, guest.memory.pageSizeBytes, processor);
  }

  /** Bytes accepted by the streams that have not yet left this host. */
  backlogBytes(): number {
    let bytes = 0;
    for (const stream of this.ports.channels.pages) bytes += stream.backlogBytes();
    return bytes;
  }

  /** One pass over the set on all streams at once. Pages that turn dirty behind or ahead of the cursor wait for the next sync. */
  *sendPass(options: SendOptions): Process<void> {
    this.encoder.beginRound(this.round);
    const { channels, tasks } = this.ports;
    if (channels.pages.length === 1) yield* this.#feed(0, options);
    else yield* wait(tasks.all(channels.pages.map((_, stream) => this.#feed(stream, options))));
  }

  *#feed(stream: number, options: SendOptions): Process<void> {
    const { clock } = this.ports;
    const most = this.#mostPages(options);
    const least = Math.min(most, this.#leastPages(options));
    // Small batches first: nobody knows yet how fast this path is.
    let pages = least;
    while (!options.until()) {
      const span = this.#nextSpan(Math.min(pages, this.#grainPages(options)), options.skipDirtied);
      if (span === null) return;
      const startNs = clock.nowNs();
      yield* this.sendSpan(span, stream, options.limit);
      this.ports.report.remaining(this.toSend.size);
      const tookNs = clock.nowNs() - startNs;
      if (tookNs > 2 * BATCH_NS) pages = Math.max(least, pages >>> 1);
      else if (tookNs < BATCH_NS) pages = Math.min(most, pages * 2);
    }
  }

  /** The world's advice, and under a cap no more than the cap allows in a batch's time. */
  #mostPages({ limit, mostBatchBytes = Infinity, awaited = false }: SendOptions): number {
    const { channels, guest } = this.ports;
    const share = Math.floor(guest.memory.pageCount / (MOST_BATCHES * FINER_WHEN_AWAITED));
    const fine = Math.max(share, Math.floor(channels.batchPages / FINER_WHEN_AWAITED));
    const advised = awaited ? Math.min(fine, channels.batchPages) : channels.batchPages;
    const cappedBytes = limit.bytesPerSecond === null ? Infinity : (limit.bytesPerSecond * BATCH_NS) / 1e9;
    const pages = Math.floor(Math.min(cappedBytes, mostBatchBytes) / guest.memory.pageSizeBytes);
    return Math.max(1, Math.min(advised, pages));
  }

  #leastPages({ awaited = false }: SendOptions): number {
    const { channels, guest } = this.ports;
    const { pageCount, pageSizeBytes } = guest.memory;
    const share = Math.floor(pageCount / (awaited ? MOST_BATCHES * FINER_WHEN_AWAITED : MOST_BATCHES));
    return Math.max(1, Math.ceil(LEAST_BATCH_BYTES / pageSizeBytes), share, channels.leastBatchPages ?? 1);
  }

  /**
   * What the streams hold in their hands nobody counts as remaining: together never more than a small share of the rest,
   * and still less once the rest is near what decides.
   */
  #grainPages(options: SendOptions): number {
    const { channels, guest } = this.ports;
    const streams = channels.pages.length;
    const least = Math.ceil(LEAST_BATCH_BYTES / guest.memory.pageSizeBytes);
    const decisive = options.decisivePages?.() ?? 0;
    if (decisive > 0 && this.toSend.size <= GRAINS_FROM * decisive) {
      return Math.max(least, Math.ceil(decisive / (GRAINS * streams)));
    }
    const coarse = Math.max(least, Math.ceil(this.#leastPages(options) / FINER_AT_THE_END));
    return Math.max(coarse, Math.ceil(this.toSend.size / (BATCHES_OF_REST * streams)));
  }

  /** Reads a span as it is now and sends it on one page stream. */
  *sendSpan(span: PageSpan, stream: number, limit: RateLimit): Process<void> {
    const batch = this.ports.guest.memory.read(span);
    yield* this.encoder.encode(batch, stream);
    yield* limit.book(batch.encodedBytes);
    if (this.ports.channels.pages[stream].backlogBytes() === 0) this.batchesAwaited++;
    const bytes = yield* wait(this.ports.channels.pages[stream].send({ kind: "pages", batch }));
    this.batchesSent++;
    this.count(batch.pages, bytes);
  }

  count(pages: number, bytes: number): void {
    this.pagesSent += pages;
    this.bytesSent += bytes;
    this.#roundPages += pages;
    this.#roundBytes += bytes;
  }

  #nextSpan(maxPages: number, skipDirtied: boolean): PageSpan | null {
    for (;;) {
      let span = this.toSend.takeSpan(this.#cursor, maxPages);
      if (span === null && this.#cursor > 0) {
        this.#cursor = 0;
        span = this.toSend.takeSpan(0, maxPages);
      }
      if (span === null) return null;
      this.#cursor = span.first + span.count;
      if (!skipDirtied) return span;
      const clean = this.ports.guest.memory.withoutDirtied(span);
      if (clean !== null) return clean;
    }
  }

  /** Marks the end of a round on every page stream, so that nothing sent later overtakes what was sent before. */
  *markRound(): Process<void> {
    const frame = { kind: "end-of-round", round: this.round } as const;
    for (const stream of this.ports.channels.pages) yield* wait(stream.send(frame));
  }

  *endRound(): Process<void> {
    yield* this.markRound();
    this.ports.report.round(this.round, {
      pages: this.#roundPages,
      bytes: this.#roundBytes,
      remainingPages: this.toSend.size,
    });
    this.round++;
    this.#roundPages = 0;
    this.#roundBytes = 0;
  }
}
