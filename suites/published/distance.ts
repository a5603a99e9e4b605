/** What distance and queues do: window-bound streams, a metro field test, the latency of a demand fault. */
import type { Guest, PublishedFigure, Scenario } from "../../harness/contract/index.ts";
import {
  bareWorkload,
  figuresOf,
  GIB,
  guest,
  host,
  IDLE_NOTE,
  MS,
  type PublishedRow,
  policy,
  qemuUncapped,
  SECOND,
  SETUP_NOTE,
  scenario,
  workload,
} from "./row.ts";

const METRO = "yellow-bricks.com, Metro vMotion in vSphere 5.0, 2011-08-03";
const FIELD = "Metro vMotion field test, Dallas, 20 miles";
const PREEMPT = "qemu-devel, postcopy preempt, v7, 2022";

const vmotion = policy({
  id: "published-vmotion",
  title: "vMotion, switchover goal 1 s, stun during page send",
  source: "vSphere 5.0 documents; goal of a switchover under 1 s (secondary)",
  verified: false,
  notes: ["assumed: pages are dirtied at no more than 90 % of the rate of sending, vCPUs slowed by no more than 90 %"],
  downtimeLimitNs: SECOND,
  throttle: { kind: "stun-during-page-send", dirtyToSendRatio: 0.9, maxPercent: 90 },
});

const windowScenario = scenario({
  id: "published-window",
  title: "4 GiB without zero pages, idle",
  source: `${METRO}: the windows and round trips are given; the guest does not matter for the rate. ${IDLE_NOTE} ${SETUP_NOTE}`,
  verified: true,
  guest: guest(4 * GIB, 2, { zero: 0 }),
  workload: workload([]),
  host: host({}),
  giveUpNs: 600 * SECOND,
});

function window(
  name: string,
  canonical: string,
  bytesPerSecond: number,
  note: string,
  basis: PublishedFigure["basis"] = "conditions-given",
): PublishedRow {
  return {
    engine: "pre-copy",
    link: [name, canonical],
    scenario: windowScenario,
    policy: vmotion,
    published: [figuresOf(METRO)("goodput", bytesPerSecond, basis, note)],
  };
}

const windowRows: PublishedRow[] = [
  window(
    "published-window-0.5mb-5ms",
    "rate=1Gbps,rtt=5ms,window=0.5MB",
    125e6,
    "published: fills 1 Gb/s up to about 5 ms; W/RTT is 100 MB/s there",
    "described",
  ),
  window("published-window-0.5mb-10ms", "rate=1Gbps,rtt=10ms,window=0.5MB", 50e6, "0.5 MB / 10 ms"),
  window(
    "published-window-1.25mb-10ms",
    "rate=1Gbps,rtt=10ms,window=1.25MB",
    125e6,
    "1.25 MB / 10 ms; the framing of 1 GbE leaves 117.7 MB/s",
  ),
];

const database = {
  kind: "zipf",
  startBytes: 0,
  lengthBytes: 1 * GIB,
  writesPerSecond: 4_000,
  readsPerSecond: 20_000,
  exponent: 1,
} as const;

function fieldRow(): PublishedRow {
  const figure = figuresOf(FIELD);
  return {
    engine: "pre-copy",
    link: ["published-field-test", "rate=1Gbps,rtt=1.7ms"],
    scenario: scenario({
      id: "published-field-test",
      title: "Order-entry database over 20 miles",
      source: `${FIELD}: 1 Gb/s, 1.7 ms. Assumed, since not given: 4 GB of memory without zero pages, 2 vCPUs, 4,000 page writes/s over 1 GB (Zipf). ${SETUP_NOTE}`,
      verified: false,
      guest: guest(4 * GIB, 2, { zero: 0 }),
      workload: workload([database]),
      host: host({}),
      giveUpNs: 600 * SECOND,
    }),
    policy: vmotion,
    published: [
      figure(
        "totalTime",
        40 * SECOND,
        "verdict-only",
        "the guest's memory is not given; orders fell from 2,188 to 2,078 per minute",
      ),
      figure("downtime", 944 * MS, "verdict-only", "an upper bound: longest response 1,195 ms instead of 251 ms"),
    ],
  };
}

/**
 * A page that shares the stream waits for what was written before it: 4 MiB in the send buffer (Linux tcp_wmem) and 6 MiB
 * in the receive buffer (tcp_rmem), since the destination reads as fast as it places pages. Both lie on the connection,
 * not on the link, so both are written as send buffer here. 256 KiB is what TCP small queues leave below TCP
 * (tcp_limit_output_bytes before Linux 5.0): that, every page waits for.
 */
const PREEMPT_LINK = ["published-preempt", "rate=10Gbps,rtt=0.1ms,window=256KiB,sndbuf=10MiB"] as const;

/** userfaultfd and thread wake-ups on both hosts: what the row of 4 KiB on an own channel has beyond the network's 0.27 ms. */
const FAULT_HANDLING_NS = 300_000;

function preemptScenario(
  page: Guest["pageSizeBytes"],
  demandPages: "own-channel" | "page-stream",
  name: string,
): PublishedRow["scenario"] {
  const transfer: Scenario["transfer"] = {
    zeroPages: "header",
    duplicatePages: "send",
    deltaCacheBytes: 0,
    compression: "none",
    demandPages,
  };
  return scenario({
    id: `published-preempt-${name}`,
    title: `18 GB dirtied, pages of ${page / 1024} KiB, asked for on ${demandPages}`,
    source: `${PREEMPT}: 10 Gb/s, 18 GB dirtied. Assumed: 20 GiB of memory, one vCPU busy, uniform over the 18 GB; Linux' default socket buffers. Calibrated on the row of 4 KiB on an own channel: 0.3 ms to handle a fault. ${SETUP_NOTE}`,
    verified: false,
    guest: guest(20 * GIB, 1, { zero: 0 }, page),
    workload: bareWorkload(
      [{ kind: "uniform", startBytes: 0, lengthBytes: 18 * GIB, writesPerSecond: 1_000_000, readsPerSecond: 0 }],
      "random",
    ),
    transfer,
    host: host({ faultHandlingNs: FAULT_HANDLING_NS }),
    giveUpNs: 600 * SECOND,
  });
}

function preempt(
  page: Guest["pageSizeBytes"],
  demandPages: "own-channel" | "page-stream",
  latencyMs: number,
  note: string,
): PublishedRow {
  const name = `${page === 4096 ? "4k" : "2m"}-${demandPages}`;
  return {
    engine: "post-copy",
    link: PREEMPT_LINK,
    scenario: preemptScenario(page, demandPages, name),
    policy: qemuUncapped("published-preempt", 300 * MS, `${PREEMPT}; QEMU's defaults`, false),
    published: [figuresOf(PREEMPT)("faultLatency", Math.round(latencyMs * MS), "described", note)],
  };
}

export const distanceRows: readonly PublishedRow[] = [
  ...windowRows,
  fieldRow(),
  preempt(4096, "page-stream", 10.68, "10.5 MB of buffers at 1.177 GB/s, a round trip, 0.3 ms to handle the fault"),
  preempt(
    4096,
    "own-channel",
    0.57,
    "256 KiB below TCP and a round trip; the 0.3 ms to handle a fault are calibrated on this row, so it proves nothing",
  ),
  preempt(2097152, "page-stream", 10.58, "as the 4 KiB page, and 1.8 ms for the page"),
  preempt(2097152, "own-channel", 5.02, "1.8 ms for the page, twice that while it shares the line, and 0.3 ms"),
];
