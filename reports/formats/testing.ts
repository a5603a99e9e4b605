/** Hand-made records for the tests of the formats: one of every verdict. */
import type { Finding, LonghaulRecord, RunInfo, Verdict } from "../../harness/contract/index.ts";

export const metric = (unit: "ns" | "bytes" | "count" | "share" | "bytes-per-second", observed: number | null) => ({
  unit,
  better: "lower" as const,
  exact: true,
  observed,
  claimed: null,
  ceiling: null,
  samples: observed === null ? [] : [observed],
});

export const finding = (verdict: Verdict, change: Partial<Finding> = {}): Finding => ({
  check: "memory-intact",
  verdict,
  requirement: "Every page MUST arrive.",
  expected: "65536 pages intact",
  actual: verdict === "pass" ? "none damaged" : "1 page stale",
  ...change,
});

export function record(verdict: Verdict, cell: Partial<LonghaulRecord["cell"]>, change: Partial<LonghaulRecord> = {}) {
  const identity = {
    id: `${cell.engine ?? "pre-copy"}~lan-1g~idle-1g~qemu~s${cell.seed ?? 1}`,
    suite: "default",
    engine: "pre-copy",
    link: "lan-1g",
    linkSpec: "rate=1Gbps",
    linkHash: "1a2b3c4d",
    scenario: "idle-1g",
    scenarioHash: "0",
    policy: "qemu",
    policyHash: "0",
    world: "virtual" as const,
    seed: 1,
    repeat: 0,
    ...cell,
  };
  const built: LonghaulRecord = {
    version: 1,
    cell: identity,
    verdict,
    outcome: { kind: "completed", reason: "done", convergence: "converged" },
    findings: [finding(verdict)],
    metrics: {
      totalTime: metric("ns", 9.48e9),
      downtime: metric("ns", 60e6),
      brownout: metric("ns", 0),
      rounds: metric("count", 3),
      bytes: metric("bytes", 1_100_004_096),
      goodput: metric("bytes-per-second", 116_279_070),
      goodputShare: metric("share", 0.9896),
    },
    rounds: [],
    published: [],
    reproduce: `npx longhaul run --engine ${identity.engine} --link lan-1g --scenario idle-1g --policy qemu --seed ${identity.seed}`,
    marks: [],
    ...change,
  };
  return built;
}

const notRun = (verdict: Verdict, reason: string): Partial<LonghaulRecord> => ({
  outcome: { kind: "not-run", reason, convergence: "not-applicable" },
  metrics: {},
  findings: [
    finding(verdict, { check: "harness", requirement: "The cell runs.", expected: "a trace", actual: reason }),
  ],
});

/** One of every verdict, over two links. */
export const everyVerdict: LonghaulRecord[] = [
  record("pass", { engine: "stop-copy" }),
  record("fail", { engine: "pre-copy" }),
  record("error", { engine: "post-copy" }, notRun("error", "TypeError: no such page")),
  record("unsupported", { engine: "hybrid" }, notRun("unsupported", "delta")),
  record(
    "inconclusive",
    { engine: "pre-copy", link: "transatlantic-1g", linkSpec: "rate=1Gbps,rtt=84ms,loss=0.01%", linkHash: "2" },
    { outcome: { kind: "gave-up", reason: "limit", convergence: "gave-up" }, marks: ["unverified-source"] },
  ),
  record("expected-fail", {
    engine: "post-copy",
    link: "transatlantic-1g",
    linkSpec: "rate=1Gbps,rtt=84ms,loss=0.01%",
    linkHash: "2",
  }),
];

export const run: RunInfo = {
  version: 1,
  id: "2026-11-22T10-54-07",
  state: "finished",
  longhaul: "0.1.0",
  node: "v20.20.2",
  platform: "linux-x64",
  cores: 2,
  startedAt: "2026-11-22T10:54:07.000Z",
  endedAt: "2026-11-22T10:54:12.000Z",
  options: {},
  plannedCells: 6,
  doneCells: 6,
  verdicts: { pass: 1, fail: 1, error: 1, unsupported: 1, "expected-fail": 1, inconclusive: 1 },
  exitCode: 70,
};
