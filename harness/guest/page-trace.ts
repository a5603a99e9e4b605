/** A recorded page trace, compiled: columns instead of objects. */
import { UsageError } from "../base/errors.ts";
import type { WorkloadComponent } from "../contract/index.ts";

export interface PageTrace {
  readonly length: number;
  /** Never decreasing. */
  readonly atNs: Float64Array;
  readonly firstPage: Float64Array;
  readonly pages: Float64Array;
  readonly isWrite: Uint8Array;
  /** Accesses made by the events before the one of this index; one longer than the events. */
  readonly accessesBefore: Float64Array;
  /** Mean over the trace's length, for the dirty limit. */
  readonly writesPerNs: number;
}

export function compileTrace(
  component: Extract<WorkloadComponent, { kind: "page-trace" }>,
  pageCount: number,
  pointer: string,
): PageTrace {
  const { events, name } = component;
  const accessesBefore = new Float64Array(events.length + 1);
  let written = 0;
  events.forEach(({ atNs, firstPage, pages, access }, index) => {
    const where = `the workload's ${pointer}/events/${index} (trace "${name}")`;
    if (firstPage + pages > pageCount) {
      throw new UsageError(
        `${where} uses pages [${firstPage}, ${firstPage + pages}), but the guest has only ${pageCount}`,
      );
    }
    if (index > 0 && atNs < events[index - 1].atNs) {
      throw new UsageError(
        `${where} is at ${atNs} ns, before the event above it (${events[index - 1].atNs} ns); sort the trace by time`,
      );
    }
    accessesBefore[index + 1] = accessesBefore[index] + pages;
    if (access === "write") written += pages;
  });
  const spanNs = events[events.length - 1].atNs;
  return {
    length: events.length,
    atNs: Float64Array.from(events, (event) => event.atNs),
    firstPage: Float64Array.from(events, (event) => event.firstPage),
    pages: Float64Array.from(events, (event) => event.pages),
    isWrite: Uint8Array.from(events, (event) => (event.access === "write" ? 1 : 0)),
    accessesBefore,
    writesPerNs: spanNs > 0 ? written / spanNs : 0,
  };
}

/** Number of events before `timeNs`: a guest that has not run has made no access, not even one at time 0. */
export function eventsBefore(trace: PageTrace, timeNs: number): number {
  let low = 0;
  let high = trace.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (trace.atNs[middle] < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
