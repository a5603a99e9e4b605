/** What the emulator tells while it runs: one JSON object per line. Times are on the link's clock. */
import type { LinkEvent } from "../../../contract/index.ts";
import type { Action } from "./commands.ts";
import type { ConnectionEnd } from "./connection.ts";
import type { DirectionName } from "./direction.ts";
import type { PipeTap } from "./pipe.ts";

export interface Totals {
  readonly sentBytes: number;
  readonly deliveredBytes: number;
}

export interface DirectionSummary extends Totals {
  readonly goodputCeilingBytesPerSecond: number;
  /** Most bytes that one connection held in this direction. */
  readonly peakHeldBytes: number;
  readonly lostPackets: number;
  readonly resentBytes: number;
  readonly timeouts: number;
}

/** How late bytes were handed over, measured against the model. */
export interface LatenessSummary {
  readonly count: number;
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

export interface LinkSummary {
  readonly durationNs: number;
  readonly connections: number;
  readonly forward: DirectionSummary;
  readonly reverse: DirectionSummary;
  /** Times that any canary was seen. */
  readonly canaries: number;
  /** Of the last byte under way on a connection, for which somebody may be waiting. */
  readonly lateness: LatenessSummary;
  /** Of every portion handed over, those within a bulk transfer included. */
  readonly portionLateness: LatenessSummary;
  readonly cpuNs: number;
}

export type Notice =
  | {
      readonly event: "ready";
      readonly version: 1;
      readonly link: string;
      readonly linkHash: string;
      readonly host: string;
      readonly port: number;
      readonly target: string;
      readonly roundTripNs: number;
      readonly bandwidthDelayBytes: number;
      readonly forwardCeilingBytesPerSecond: number;
      readonly reverseCeilingBytesPerSecond: number;
    }
  /** `hostNs`: time 0 of the link on the monotonic clock of the host. */
  | { readonly event: "clock-started"; readonly hostNs: number }
  | { readonly event: "connected"; readonly atNs: number; readonly connection: number; readonly from: string }
  | { readonly event: "established"; readonly atNs: number; readonly connection: number }
  | { readonly event: "refused"; readonly atNs: number; readonly connection: number; readonly message: string }
  | {
      readonly event: "closed";
      readonly atNs: number;
      readonly connection: number;
      readonly how: ConnectionEnd;
      readonly forward: PipeTap;
      readonly reverse: PipeTap;
    }
  /** Totals so far of a connection that has moved since the last one. */
  | {
      readonly event: "traffic";
      readonly atNs: number;
      readonly connection: number;
      readonly forward: Totals;
      readonly reverse: Totals;
    }
  | {
      readonly event: "canary";
      readonly atNs: number;
      readonly connection: number;
      readonly direction: DirectionName;
      /** Which of the canaries, counted from 0 as they were given. */
      readonly canary: number;
      readonly offset: number;
    }
  /** An event of the link document has begun. */
  | { readonly event: "link-event"; readonly atNs: number; readonly what: LinkEvent }
  /** A command was carried out; `planned`: it will be, at its time. */
  | {
      readonly event: "done" | "planned";
      readonly atNs: number;
      readonly id: string | number | null;
      readonly command: Action["command"];
      /** Processor time of the emulator so far. */
      readonly cpuNs: number;
    }
  | {
      readonly event: "not-done";
      readonly atNs: number;
      readonly id: string | number | null;
      readonly message: string;
    }
  | { readonly event: "too-many-connections"; readonly atNs: number; readonly limit: number }
  | ({ readonly event: "summary"; readonly reason: string } & LinkSummary);
