/** Frames that the two sides of a reference engine exchange. The world sizes and carries them. */
import type { DeviceState, PageSpan } from "./ports.ts";

/** How the pages of a batch are encoded; the sizes were worked out by the transfer layer. */
export interface PageBatch extends PageSpan {
  /** How many pages of the batch hold what. */
  readonly classes: PageClasses;
  /** Bytes of the batch on the wire after encoding; 0 until encoded. */
  encodedBytes: number;
  /** The contents: versions in the virtual world, bytes in the live one. Opaque to engines. */
  readonly content: unknown;
}

export interface PageClasses {
  readonly zero: number;
  readonly duplicate: number;
  /** Compressible pages, untouched or written. */
  readonly compressible: number;
  readonly random: number;
  /** Size of one compressible page after compression, as a share of the page. */
  readonly compressedShare: number;
  /** Bytes by which a page sent before differs now, on average; for delta encoding. */
  readonly changedBytesPerPage: number;
}

export type Frame =
  | { readonly kind: "hello"; readonly protocol: 1; readonly pageCount: number; readonly pageSizeBytes: number }
  | { readonly kind: "accept" }
  | { readonly kind: "refuse"; readonly reason: string }
  | { readonly kind: "pages"; readonly batch: PageBatch }
  /** Ends a round on one page stream; pages of the next round may not overtake it on another stream. */
  | { readonly kind: "end-of-round"; readonly round: number }
  /** The pages of the span were sent, but have changed since: forget them before the guest runs (hybrid). */
  | { readonly kind: "discard"; readonly span: PageSpan }
  | { readonly kind: "device-state"; readonly state: DeviceState; readonly postCopy: boolean }
  | { readonly kind: "running" }
  | { readonly kind: "request"; readonly page: number }
  | { readonly kind: "complete" }
  | { readonly kind: "cancel"; readonly reason: string };

/** Bytes of a frame without its pages or state: type, length, checksum, stream offset. */
export const FRAME_HEADER_BYTES = 24;
/** Bytes that say which page follows and how it is encoded. */
export const PAGE_HEADER_BYTES = 8;
