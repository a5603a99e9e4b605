/**
 * The post-copy phase, source side (Hines, Deshpande, Gopalan: "Post-Copy Live Migration of Virtual Machines", SIGOPS
 * OSR 2009): pages asked for go out at once, on their own channel and with their neighbours (pre-paging); the rest is
 * pushed in the background. Each page is sent exactly once: a request for a page that is already under way is ignored.
 */
import {
  ConnectionLost,
  type Frame,
  type PageSet,
  type PageSpan,
  type Process,
  type SourcePorts,
  wait,
} from "../../harness/contract/index.ts";
import { RateLimit } from "../transfer/rate-limit.ts";
import type { Sender } from "../transfer/sender.ts";

/**
 * Where demand pages share the stream, QEMU looks for requests before each page it sends (get_queued_page in
 * migration/ram.c); behind a large batch a request would wait for pages that QEMU has not sent yet.
 */
const SHARED_STREAM_BATCH_BYTES = 512 * 1024;

/**
 * Serves requests and pushes the rest from the moment the state is on its way: the destination can fault as soon as it
 * runs, long before its word of that arrives.
 */
export function* pushRemaining(ports: SourcePorts, sender: Sender, onRunning: () => Process<void>): Process<void> {
  const { channels, clock, parameters, report, tasks } = ports;
  const limit = new RateLimit(clock, parameters.policy.bandwidth.postCopyBytesPerSecond);
  channels.faults.subscribe((frame) => answer(frame, ports, sender, limit));
  function* push(): Process<void> {
    report.phase("post-copy");
    // Pages pushed on other streams must not arrive before the discards and the state on the first.
    yield* sender.markRound();
    const shared = parameters.transfer.demandPages === "page-stream";
    const fine = shared ? { mostBatchBytes: SHARED_STREAM_BATCH_BYTES } : {};
    yield* sender.sendPass({ until: () => false, limit, skipDirtied: false, awaited: true, ...fine });
    yield* sender.endRound();
  }
  yield* wait(tasks.all([push(), onRunning()]));
  const word = yield* wait(channels.control.receive());
  if (word?.kind !== "complete")
    throw new ConnectionLost(`expected "complete", got ${word?.kind ?? "the end of the connection"}`);
}

/** Takes the page and those around it out of the set; null when the page is gone already. */
export function takeAround(toSend: PageSet, page: number, prePagingPages: number): PageSpan | null {
  if (!toSend.has(page)) return null;
  if (prePagingPages === 0) {
    toSend.remove(page);
    return { first: page, count: 1, mask: null, pages: 1 };
  }
  const first = Math.max(0, page - Math.floor(prePagingPages / 2));
  const end = Math.min(toSend.pageCount, first + prePagingPages + 1);
  const mask = new Uint32Array((end - first + 31) >>> 5);
  let pages = 0;
  for (let candidate = first; candidate < end; candidate++) {
    if (!toSend.remove(candidate)) continue;
    const bit = candidate - first;
    mask[bit >>> 5] |= 1 << (bit & 31);
    pages++;
  }
  return { first, count: end - first, mask, pages };
}

function answer(frame: Frame, ports: SourcePorts, sender: Sender, limit: RateLimit): void {
  if (frame.kind !== "request") return;
  const span = takeAround(sender.toSend, frame.page, ports.parameters.prePagingPages);
  if (span === null) return;
  const batch = ports.guest.memory.read(span);
  sender.encoder.size(batch);
  const shared = ports.parameters.transfer.demandPages === "page-stream";
  const stream = shared ? ports.channels.pages[0] : ports.channels.faults;
  const bytes = stream.post({ kind: "pages", batch });
  limit.charge(bytes);
  sender.count(batch.pages, bytes);
}
