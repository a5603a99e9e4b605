/** Hand-made traces for the tests of the checks: one healthy pre-copy migration, to be broken in one place. */
import type { Cell, Link, Scenario, Trace, TraceEvent } from "../contract/index.ts";

const ms = 1e6;

/**
 * 1 GiB over 1 Gb/s with 1 ms of round trip: two rounds while the guest runs, 60 ms of blackout, limit 300 ms.
 * A function, so that every test may break its own.
 */
export function goodTrace(): Trace {
  return {
    version: 1,
    world: "virtual",
    conditions: {
      memoryBytes: 2 ** 30,
      pageSizeBytes: 4096,
      downtimeLimitNs: 300 * ms,
      maxRounds: null,
      preCopyBytesPerSecond: 134_217_728,
      postCopyBytesPerSecond: null,
      giveUpNs: 600_000 * ms,
      policyLimitNs: null,
      goodputCeilingBytesPerSecond: 117_500_000,
      roundTripNs: ms,
      bandwidthDelayBytes: 125_000,
      faults: [],
      remainingPages: null,
      deviceStateBytes: 1_048_576,
      resumeNs: 5 * ms,
    },
    outcome: { kind: "completed", reason: "the remaining pages fit the downtime limit", convergence: "converged" },
    events: goodEvents(),
    series: {
      stepNs: 1000 * ms,
      remainingBytes: [],
      dirtyBytesPerSecond: [],
      goodputBytesPerSecond: [],
      throttleShare: [],
      faults: [],
    },
    memory: {
      owner: "destination",
      mode: "exact",
      pages: 262_144,
      checkedPages: 262_144,
      missingPages: 0,
      stalePages: 0,
      corruptPages: 0,
      overwrittenPages: 0,
      deviceState: "intact",
      firstDamagedPage: null,
    },
    guest: {
      workWanted: 10_000,
      workDone: 9_900,
      pausedNs: 60 * ms,
      throttledNs: 0,
      stalledNs: 0,
      faults: 0,
      faultLatencyNs: { mean: 0, p50: 0, p99: 0, max: 0 },
    },
    link: {
      forwardBytes: 1_100_000_000,
      reverseBytes: 4_096,
      pageBytes: 1_090_000_000,
      lostPackets: 0,
      timeouts: 0,
      peakQueueBytes: 0,
      maxPreCopyBytesPerSecond: 117_000_000,
      maxPostCopyBytesPerSecond: 0,
    },
    claims: { totalTimeNs: 9_480 * ms, downtimeNs: 60 * ms, bytes: 1_099_900_000, rounds: 3, pages: 268_000 },
  };
}

function goodEvents(): TraceEvent[] {
  const witness = "witness" as const;
  const engine = "engine" as const;
  return [
    { atNs: 0, by: witness, kind: "asked" },
    { atNs: 0, by: engine, kind: "phase", phase: "setup" },
    { atNs: 20 * ms, by: engine, kind: "phase", phase: "pre-copy" },
    { atNs: 20 * ms, by: witness, kind: "sync", pages: 40 },
    { atNs: 9_200 * ms, by: witness, kind: "sync", pages: 5_000 },
    { atNs: 9_200 * ms, by: engine, kind: "round", round: 1, pages: 262_144, bytes: 1_076_000_000 },
    { atNs: 9_400 * ms, by: witness, kind: "sync", pages: 850 },
    { atNs: 9_400 * ms, by: engine, kind: "round", round: 2, pages: 5_000, bytes: 20_520_000 },
    { atNs: 9_400 * ms, by: engine, kind: "phase", phase: "switchover" },
    { atNs: 9_400 * ms, by: witness, kind: "guest-stopped", side: "source" },
    { atNs: 9_400 * ms, by: witness, kind: "sync", pages: 6 },
    { atNs: 9_440 * ms, by: engine, kind: "round", round: 3, pages: 856, bytes: 3_480_000 },
    { atNs: 9_445 * ms, by: witness, kind: "last-page", side: "destination", pages: 262_144 },
    { atNs: 9_460 * ms, by: witness, kind: "guest-running", side: "destination" },
    { atNs: 9_480 * ms, by: witness, kind: "ended" },
  ];
}

/** A trace of a migration that gave up after its limit; the guest never left the source. */
export function gaveUpTrace(): Trace {
  const good = goodTrace();
  return {
    ...good,
    conditions: { ...good.conditions, policyLimitNs: 60_000 * ms },
    outcome: { kind: "gave-up", reason: "no progress", convergence: "gave-up" },
    memory: { ...good.memory, owner: "source" },
    claims: { totalTimeNs: 60_010 * ms, downtimeNs: null, bytes: 1_100_000_000, rounds: 2, pages: 267_144 },
    events: [
      ...good.events.filter((event) => event.atNs <= 9_200 * ms),
      { atNs: 60_010 * ms, by: "witness", kind: "ended" },
    ],
  };
}

const provenance = { source: "made up for tests", verified: true };

function exampleLink(): Link {
  const direction = {
    rateBitsPerSecond: 1e9,
    oneWayDelayNs: 500_000,
    jitterNs: 0,
    loss: { model: "none" as const },
    queueBytes: 1_500_000,
    mtuBytes: 1500,
    crossTraffic: { rateBitsPerSecond: 0, flows: 0 },
    trace: null,
  };
  return {
    version: 1,
    ...provenance,
    forward: direction,
    reverse: direction,
    transport: {
      congestionControl: "cubic",
      streams: 1,
      windowBytes: 6_291_456,
      sendBufferBytes: 4_194_304,
      initialWindowSegments: 10,
      minRetransmitTimeoutNs: 200 * ms,
    },
    events: [],
  };
}

function exampleScenario(): Scenario {
  return {
    version: 1,
    ...provenance,
    guest: {
      version: 1,
      memoryBytes: 2 ** 30,
      pageSizeBytes: 4096,
      vcpus: 1,
      deviceStateBytes: 1_048_576,
      fill: { zero: 0, duplicate: 0, compressible: 0, compressedShare: 0.5 },
    },
    workload: {
      version: 1,
      phases: [{ durationNs: null, components: [] }],
      repeat: false,
      changedBytesPerWrite: 64,
      writtenFill: "random",
    },
    transfer: { zeroPages: "header", duplicatePages: "send", deltaCacheBytes: 0, compression: "none" },
    host: {
      scanBytesPerSecond: 21.5e9,
      sendBytesPerSecondPerThread: 4.2e9,
      compressBytesPerSecondPerThread: 0.4e9,
      setupNs: 20 * ms,
      resumeNs: 5 * ms,
    },
    prePagingPages: 0,
    warmUpNs: 0,
    giveUpNs: 600_000 * ms,
    faults: [],
  };
}

/** The cell that the traces above would come from. */
export function exampleCell(): Cell {
  return {
    identity: {
      id: "pre-copy~lan~idle-1g~qemu~s1",
      suite: "default",
      engine: "pre-copy",
      link: "rate=1Gbps,rtt=1ms",
      linkSpec: "rate=1Gbps,rtt=1ms",
      linkHash: "00000000",
      scenario: "idle-1g",
      scenarioHash: "00000000",
      policy: "qemu",
      policyHash: "00000000",
      world: "virtual",
      seed: 1,
      repeat: 0,
    },
    link: exampleLink(),
    scenario: exampleScenario(),
    policy: {
      version: 1,
      ...provenance,
      bandwidth: { preCopyBytesPerSecond: 134_217_728, postCopyBytesPerSecond: null },
      switchover: { downtimeLimitNs: 300 * ms, remainingPages: null, downtimeSteps: null },
      rounds: { max: null, maxMemoryFactor: null, onLimit: "switchover" },
      time: { totalLimitNs: null, perGiBLimitNs: null, progressLimitNs: null, onLimit: "give-up" },
      throttle: { kind: "none" },
      postCopy: null,
    },
    integrity: "exact",
    published: [],
  };
}
