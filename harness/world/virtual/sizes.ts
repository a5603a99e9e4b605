/** What frames weigh on the wire: the world's own arithmetic, so that no engine sizes its own frames but for its pages. */
import { FRAME_HEADER_BYTES, type Frame, type PageBatch, type Transfer } from "../../contract/index.ts";

export function frameBytes(frame: Frame): number {
  switch (frame.kind) {
    case "hello":
      return FRAME_HEADER_BYTES + 16;
    case "pages":
      return FRAME_HEADER_BYTES + frame.batch.encodedBytes;
    case "discard":
      return FRAME_HEADER_BYTES + 16 + Math.ceil(frame.span.count / 8);
    case "device-state":
      return FRAME_HEADER_BYTES + 16 + frame.state.bytes;
    case "refuse":
    case "cancel":
      return FRAME_HEADER_BYTES + frame.reason.length;
    case "request":
    case "end-of-round":
      return FRAME_HEADER_BYTES + 8;
    default:
      return FRAME_HEADER_BYTES;
  }
}

/** The least that the contents of a batch can weigh, given what the migration was told to do to them. */
export function leastPageBytes(batch: PageBatch, transfer: Transfer, pageSizeBytes: number): number {
  const { classes } = batch;
  if (transfer.deltaCacheBytes > 0) return 0;
  const share = transfer.compression === "none" ? 1 : classes.compressedShare;
  return Math.floor(classes.random * pageSizeBytes + classes.compressible * pageSizeBytes * share);
}
