/** One link for every ordered pair of regions: `region-dallas-tokyo` has the round trip measured from Dallas. */
import type { PublishedLink } from "./published.ts";
import { RTT_CSV, RTT_SOURCE } from "./rtt-inter-region-2026-08.ts";

const slug = (region: string): string => region.toLowerCase().replaceAll(" ", "-");

export function regionLinks(): PublishedLink[] {
  const [, ...rows] = RTT_CSV.trimEnd().split("\n");
  return rows.map((row) => {
    const [from, to, rtt] = row.split(",");
    return {
      id: `region-${slug(from)}-${slug(to)}`,
      aliases: [],
      title: `${from} to ${to}, RTT ${rtt} ms as measured from ${from}, 1 Gb/s (assumed), half of the RTT each way (assumed)`,
      spec: `rate=1Gbps,rtt=${rtt}ms`,
      source: `${RTT_SOURCE}; the rate of 1 Gb/s is assumed`,
      verified: true,
    };
  });
}
