/** The contents of pages as they travel through the virtual world: versions instead of bytes. */
import type { DeviceState, PageBatch, PageSpan } from "../contract/index.ts";
import type { CapturedVersions } from "./versions.ts";

/** What a `PageBatch` holds: whose pages they are, and their versions. */
export class CapturedPages {
  constructor(
    readonly span: PageSpan,
    /** For each chunk that the span touches, from the first on; null: none of its pages was written, or it is not sampled. */
    readonly parts: readonly (CapturedVersions | null)[],
    readonly corrupt = false,
  ) {}

  /** Whether these contents belong to exactly the pages of `span`. */
  matches(span: PageSpan): boolean {
    const own = this.span;
    if (own.first !== span.first || own.count !== span.count || own.pages !== span.pages) return false;
    if (own.mask === span.mask) return true;
    if (own.mask === null || span.mask === null || own.mask.length !== span.mask.length) return false;
    const { mask } = span;
    return own.mask.every((word, index) => word === mask[index]);
  }
}

export class CapturedState {
  constructor(
    /** How long the guest had run on the source: its state is another one after every instant of running. */
    readonly ranNs: number,
    readonly corrupt = false,
  ) {}
}

/** The batch with its contents damaged on the way: its pages are corrupt wherever they are installed. */
export function corrupted(batch: PageBatch): PageBatch {
  const { content } = batch;
  if (!(content instanceof CapturedPages)) throw new TypeError("this batch was not read from a simulated guest");
  return { ...batch, content: new CapturedPages(content.span, content.parts, true) };
}

/** The device state damaged on the way: the destination cannot use it. */
export function corruptedState(state: DeviceState): DeviceState {
  const { content } = state;
  if (!(content instanceof CapturedState)) throw new TypeError("this state was not captured from a simulated guest");
  return { ...state, content: new CapturedState(content.ranNs, true) };
}
