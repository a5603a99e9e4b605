/** The sending side that all engines share: takes pages out of a set and puts them on the streams, in rounds. */
import { type PageSet, type PageSpan, type Process, type SourcePorts, wait } from "../../harness/contract/index.ts";
import { Encoder } from "./encoding.ts";
import type { RateLimit } from "./rate-limit.ts";

/** How long a batch should take: long enough to be worth its trouble, short enough that its content is fresh when it leaves. */
const BATCH_NS = 4_000_000;
const LEAST_BATCH_BYTES = 65_536;
/** No finer than this share of a guest, so that large guests do not drown in small batches. */
const MOST_BATCHES = 4096;
/** All streams together have at most one in so many of the remaining pages in their hands. */
const BATCHES_OF_REST = 8;

export interface SendOptions {
  /** Asked before each batch; true ends the pass with the rest of the set unsent. */
  readonly until: () => boolean;
  readonly limit: RateLimit;
  /** Leave out pages that the guest has dirtied again since the last sync: they would be sent once more anyway. */
  readonly skipDirtied: boolean;
}

export class Sender {
  readonly encoder: Encoder;
  /** Pages and encoded bytes handed to the streams so far. */
  pagesSent = 0;
  bytesSent = 0;
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
    const most = this.#mostPages(options.limit);
    const least = Math.min(most, this.#leastPages());
    // Small batches first: nobody knows yet how fast this path is.
    let pages = least;
    while (!options.until()) {
      const span = this.#nextSpan(Math.min(pages, this.#pagesOfRest()), options.skipDirtied);
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
  #mostPages(limit: RateLimit): number {
    const { channels, guest } = this.ports;
    if (limit.bytesPerSecond === null) return channels.batchPages;
    const capped = Math.floor((limit.bytesPerSecond * BATCH_NS) / 1e9 / guest.memory.pageSizeBytes);
    return Math.max(1, Math.min(channels.batchPages, capped));
  }

  #leastPages(): number {
    const { pageCount, pageSizeBytes } = this.ports.guest.memory;
    return Math.max(1, Math.ceil(LEAST_BATCH_BYTES / pageSizeBytes), Math.floor(pageCount / MOST_BATCHES));
  }

  /**
   * What the streams hold in their hands nobody counts as remaining: together never more than a small share of the rest,
   * so that whoever looks at the rest sees it.
   */
  #pagesOfRest(): number {
    const { channels, guest } = this.ports;
    const least = Math.max(1, Math.ceil(LEAST_BATCH_BYTES / guest.memory.pageSizeBytes));
    return Math.max(least, Math.ceil(this.toSend.size / (BATCHES_OF_REST * channels.pages.length)));
  }

  /** Reads a span as it is now and sends it on one page stream. */
  *sendSpan(span: PageSpan, stream: number, limit: RateLimit): Process<void> {
    const batch = this.ports.guest.memory.read(span);
    yield* this.encoder.encode(batch, stream);
    yield* limit.book(batch.encodedBytes);
    const bytes = yield* wait(this.ports.channels.pages[stream].send({ kind: "pages", batch }));
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
