/**
 * Links with published rates and round trips. Where a source gives a range of round trips, the middle is taken and the
 * range is in the title. Everything else (windows, queue, congestion control) is the default of harness/link/spec.ts.
 */
import { RTT_SOURCE } from "./rtt-inter-region-2026-08.ts";

export interface PublishedLink {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Canonical string. */
  readonly spec: string;
  readonly source: string;
  readonly verified: boolean;
}

const SAME_ZONE =
  "IBM Cloud VPC documentation: 0.07 to 0.11 ms round trip within a zone; the rate is the network card's";
const MEMORY = "from memory: usual round trips and losses of such paths";

const lan = (id: string, rate: string): PublishedLink => ({
  id,
  aliases: [],
  title: `One zone, ${rate}, RTT 0.1 ms (measured 0.07 to 0.11 ms)`,
  spec: `rate=${rate},rtt=0.1ms`,
  source: SAME_ZONE,
  verified: true,
});

const ranged = (id: string, aliases: string[], rate: string, rtt: string, range: string): PublishedLink => ({
  id,
  aliases,
  title: `${rate}, RTT ${rtt} (middle of ${range})`,
  spec: `rate=${rate},rtt=${rtt}`,
  source: `${RTT_SOURCE}; the rate is assumed`,
  verified: true,
});

/** Loss: the middle of 0.1 to 1 %. */
const radio = (id: string, aliases: string[], rate: string, rtt: string, what: string): PublishedLink => ({
  id,
  aliases,
  title: `${what}: ${rate} (assumed), RTT ${rtt}, 0.55 % loss (middle of 0.1 to 1 %)`,
  spec: `rate=${rate},rtt=${rtt},loss=0.55%`,
  source: MEMORY,
  verified: false,
});

export const publishedLinks: readonly PublishedLink[] = [
  lan("lan-1g", "1Gbps"),
  lan("lan-10g", "10Gbps"),
  lan("lan-25g", "25Gbps"),
  lan("lan-100g", "100Gbps"),
  {
    id: "az-10g",
    aliases: [],
    title: "Two zones of one region, 10 Gb/s, RTT 2.0 ms (measured 0.13 to 2.4 ms; near the upper end)",
    spec: "rate=10Gbps,rtt=2ms",
    source: "IBM Cloud VPC documentation: 0.13 to 2.4 ms round trip between zones; the rate is assumed",
    verified: true,
  },
  {
    id: "metro-1g",
    aliases: [],
    title: "Metropolitan ring, 1 Gb/s, 20 miles, RTT 1.7 ms",
    spec: "rate=1Gbps,rtt=1.7ms",
    source: "Metro vMotion field test in Dallas, 20 miles, 1 Gb/s, 1.7 ms",
    verified: true,
  },
  {
    id: "vmotion-2009",
    aliases: [],
    title: "VMotion over OC-12, 622 Mb/s, 200 km, RTT 5 ms",
    spec: "rate=622Mbps,rtt=5ms",
    source: "5 ms and 200 km: ipspace.net 2011-09-30, techworld 3200967 (2009); 622 Mb/s: from memory",
    verified: false,
  },
  {
    id: "metro-vmotion",
    aliases: [],
    title: "The least link of Metro vMotion, 250 Mb/s, RTT 10 ms",
    spec: "rate=250Mbps,rtt=10ms",
    source: "VMware vSphere 5.0: round trip up to 10 ms, at least 250 Mb/s per migration",
    verified: true,
  },
  {
    id: "long-distance-vmotion",
    aliases: [],
    title: "The least link of long-distance vMotion, 250 Mb/s, RTT 150 ms",
    spec: "rate=250Mbps,rtt=150ms",
    source: "VMware vSphere 6.0 to 6.7 manuals, KB 336244: round trip up to 150 ms, 250 Mb/s per concurrent migration",
    verified: true,
  },
  ranged("continental-1g", ["continental"], "1Gbps", "27ms", "19 to 35 ms"),
  ranged("continental-10g", [], "10Gbps", "27ms", "19 to 35 ms"),
  {
    id: "us-coasts-10g",
    aliases: ["us-coasts"],
    title: "Coast to coast in the United States, 10 Gb/s, RTT 71 ms",
    spec: "rate=10Gbps,rtt=71ms",
    source: "published coast-to-coast round trip of 71 ms at 10 Gb/s (read; the page is not on record)",
    verified: true,
  },
  ranged("transatlantic-1g", ["transatlantic"], "1Gbps", "84.5ms", "76 to 93 ms"),
  ranged("transatlantic-10g", [], "10Gbps", "84.5ms", "76 to 93 ms"),
  ranged("transpacific-1g", ["transpacific"], "1Gbps", "126.5ms", "101 to 152 ms"),
  ranged("transpacific-10g", [], "10Gbps", "126.5ms", "101 to 152 ms"),
  ranged("europe-asia-1g", ["europe-asia"], "1Gbps", "244.5ms", "228 to 261 ms; outside every vendor's limit"),
  radio("satellite-geo", ["satellite"], "50Mbps", "600ms", "Geostationary satellite"),
  radio("satellite-leo", [], "100Mbps", "37.5ms", "Satellites in low orbit, RTT 25 to 50 ms"),
  radio("lte", [], "50Mbps", "50ms", "Mobile network, RTT 40 to 60 ms"),
];
