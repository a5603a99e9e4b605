/** What a link has carried, over all its connections. */
import type { Connection } from "./connection.ts";
import { DIRECTIONS, type Direction, type DirectionName } from "./direction.ts";
import type { Lateness } from "./lateness.ts";
import type { DirectionSummary, LatenessSummary, LinkSummary } from "./notices.ts";

interface DirectionTotal {
  sentBytes: number;
  deliveredBytes: number;
  peakHeldBytes: number;
}

const zero = (): DirectionTotal => ({ sentBytes: 0, deliveredBytes: 0, peakHeldBytes: 0 });

/** Sums of the connections that have ended. */
export class Totalled {
  readonly forward = zero();
  readonly reverse = zero();

  add(connection: Connection): void {
    for (const name of DIRECTIONS) {
      const { tap, peakHeldBytes } = connection.pipe(name);
      const total = this[name];
      total.sentBytes += tap.sentBytes;
      total.deliveredBytes += tap.deliveredBytes;
      total.peakHeldBytes = Math.max(total.peakHeldBytes, peakHeldBytes);
    }
  }
}

export interface SummaryOptions {
  readonly durationNs: number;
  readonly connections: number;
  readonly directions: Readonly<Record<DirectionName, Direction>>;
  readonly totals: Totalled;
  readonly canaries: number;
  readonly lateness: Lateness;
  readonly portionLateness: Lateness;
}

export function summarise(options: SummaryOptions): LinkSummary {
  const { durationNs, connections, directions, totals, canaries, lateness, portionLateness } = options;
  const ofDirection = (name: DirectionName): DirectionSummary => {
    const { stats } = directions[name].model;
    return {
      ...totals[name],
      goodputCeilingBytesPerSecond: directions[name].goodputCeilingBytesPerSecond,
      lostPackets: stats.lostPackets,
      resentBytes: stats.resentBytes,
      timeouts: stats.timeouts,
    };
  };
  return {
    durationNs,
    connections,
    forward: ofDirection("forward"),
    reverse: ofDirection("reverse"),
    canaries,
    lateness: quantiles(lateness),
    portionLateness: quantiles(portionLateness),
    cpuNs: cpuNs(),
  };
}

const quantiles = (lateness: Lateness): LatenessSummary => ({
  count: lateness.count,
  medianNs: lateness.quantileNs(0.5),
  p99Ns: lateness.quantileNs(0.99),
  maxNs: lateness.maxNs,
});

/** Processor time of this process so far. */
export function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
