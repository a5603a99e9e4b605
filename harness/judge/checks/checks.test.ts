import { describe, expect, test } from "vitest";
import type { Finding, Trace, TraceEvent } from "../../contract/index.ts";
import { judge } from "../judge.ts";
import { exampleCell, gaveUpTrace, goodTrace } from "../testing.ts";
import { type Check, checks } from "./index.ts";

const findingsOf = (trace: Trace): Finding[] => judge(exampleCell(), trace).findings;
const failing = (trace: Trace) => findingsOf(trace).filter((finding) => finding.verdict !== "pass");
const insert = (trace: Trace, ...events: TraceEvent[]) => {
  trace.events.push(...events);
  trace.events.sort((a, b) => a.atNs - b.atNs);
};
const without = (trace: Trace, unwanted: (event: TraceEvent) => boolean) => {
  trace.events = trace.events.filter((event) => !unwanted(event));
};

test("a healthy migration passes every check that applies", () => {
  expect(findingsOf(goodTrace()).map(({ check, verdict, actual }) => [check, verdict, actual])).toMatchInlineSnapshot(`
    [
      [
        "memory-intact",
        "pass",
        "262144 pages checked (exact), none damaged",
      ],
      [
        "one-side-runs",
        "pass",
        "the destination runs in the end",
      ],
      [
        "gave-up-within-limits",
        "pass",
        "ended after 9.48 s",
      ],
      [
        "downtime-within-limit",
        "pass",
        "the guest ran nowhere for 60 ms",
      ],
      [
        "bandwidth-respected",
        "pass",
        "up to 936 Mb/s in pre-copy",
      ],
      [
        "bytes-accounted",
        "pass",
        "claimed 1.10 GB",
      ],
      [
        "truthful-state",
        "pass",
        ""completed" claimed; the guest ran on the destination",
      ],
      [
        "truthful-downtime",
        "pass",
        "claimed 60 ms",
      ],
      [
        "convergence-honest",
        "pass",
        "claimed converged",
      ],
    ]
  `);
});

test("a migration that gave up cleanly passes every check that applies", () => {
  expect(findingsOf(gaveUpTrace()).map(({ check, verdict }) => [check, verdict])).toMatchInlineSnapshot(`
    [
      [
        "memory-intact",
        "pass",
      ],
      [
        "one-side-runs",
        "pass",
      ],
      [
        "source-survives",
        "pass",
      ],
      [
        "gave-up-within-limits",
        "pass",
      ],
      [
        "bandwidth-respected",
        "pass",
      ],
      [
        "bytes-accounted",
        "pass",
      ],
      [
        "truthful-state",
        "pass",
      ],
      [
        "convergence-honest",
        "pass",
      ],
    ]
  `);
});

interface Breakage {
  readonly what: string;
  readonly check: string;
  readonly start?: () => Trace;
  readonly break: (trace: Trace) => void;
  readonly actual: string;
}

/** Each breaks one thing, and only the check named may see it. */
const breakages: readonly Breakage[] = [
  {
    what: "a lost page",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { missingPages: 1, firstDamagedPage: 77 }),
    actual: "1 page missing, first damaged page 77",
  },
  {
    what: "a stale page",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { stalePages: 2 }),
    actual: "2 pages stale",
  },
  {
    what: "a flipped byte",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { corruptPages: 1 }),
    actual: "1 page corrupt",
  },
  {
    what: "a page that replaced a newer one",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { overwrittenPages: 1 }),
    actual: "1 page overwritten after the guest ran on them",
  },
  {
    what: "device state from before the last stop",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { deviceState: "stale" }),
    actual: "device state stale",
  },
  {
    what: "an audit that looked at nothing",
    check: "memory-intact",
    break: (trace) => Object.assign(trace.memory, { checkedPages: 0 }),
    actual: "no page could be checked",
  },
  {
    what: "a destination that starts before the source stops",
    check: "one-side-runs",
    break: (trace) => {
      without(trace, (event) => event.kind === "guest-stopped");
      insert(trace, { atNs: 9_461e6, by: "witness", kind: "guest-stopped", side: "source" });
      trace.claims.downtimeNs = 0;
    },
    actual: "both sides ran for 1 ms, first at 9.46 s",
  },
  {
    what: "a source that starts again after the move",
    check: "one-side-runs",
    break: (trace) => insert(trace, { atNs: 9_480e6, by: "witness", kind: "guest-running", side: "source" }),
    actual: "both sides run in the end",
  },
  {
    what: "a guest that stops after the move",
    check: "one-side-runs",
    break: (trace) => insert(trace, { atNs: 9_480e6, by: "witness", kind: "guest-stopped", side: "destination" }),
    actual: "the guest runs nowhere in the end",
  },
  {
    what: "a source left throttled after giving up",
    check: "source-survives",
    start: gaveUpTrace,
    break: (trace) => insert(trace, { atNs: 9_000e6, by: "witness", kind: "throttle", share: 0.5 }),
    actual: "the source still runs throttled by 50 %",
  },
  {
    what: "a migration that gives up long after its policy's limit",
    check: "gave-up-within-limits",
    start: gaveUpTrace,
    break: (trace) => {
      trace.conditions.policyLimitNs = 30_000e6;
    },
    actual: "ended after 60.0 s",
  },
  {
    what: "a migration that completes after the harness's limit",
    check: "gave-up-within-limits",
    break: (trace) => {
      trace.conditions.giveUpNs = 5_000e6;
    },
    actual: "ended after 9.48 s",
  },
  {
    what: "a blackout over the limit",
    check: "downtime-within-limit",
    break: (trace) => {
      trace.conditions.downtimeLimitNs = 30e6;
    },
    actual: "the guest ran nowhere for 60 ms",
  },
  {
    what: "a cap that is not kept",
    check: "bandwidth-respected",
    break: (trace) => {
      trace.conditions.preCopyBytesPerSecond = 100e6;
    },
    actual: "up to 936 Mb/s in pre-copy",
  },
  {
    what: "post-copy that ignores its cap",
    check: "bandwidth-respected",
    break: (trace) => {
      trace.conditions.postCopyBytesPerSecond = 10e6;
      trace.link.maxPostCopyBytesPerSecond = 210e6;
    },
    actual: "up to 1.68 Gb/s in post-copy",
  },
  {
    what: "pages that never crossed the link",
    check: "bytes-accounted",
    break: (trace) => {
      trace.link.pageBytes = 1_200_000_000;
    },
    actual: "1.10 GB on the link",
  },
  {
    what: "bytes that the engine does not count",
    check: "bytes-accounted",
    break: (trace) => {
      trace.claims.bytes = 900_000_000;
    },
    actual: "claimed 900 MB",
  },
  {
    what: "bytes that the engine invents",
    check: "bytes-accounted",
    break: (trace) => {
      trace.claims.bytes = 1_200_000_000;
    },
    actual: "claimed 1.20 GB",
  },
  {
    what: "a blackout that the engine plays down",
    check: "truthful-downtime",
    break: (trace) => {
      trace.claims.downtimeNs = 24e6;
    },
    actual: "claimed 24 ms",
  },
  {
    what: "a blackout that the engine overstates",
    check: "truthful-downtime",
    break: (trace) => {
      trace.claims.downtimeNs = 80e6;
    },
    actual: "claimed 80 ms",
  },
  {
    what: "a completion that did not happen",
    check: "truthful-state",
    start: gaveUpTrace,
    break: (trace) => {
      trace.outcome.kind = "completed";
      trace.outcome.convergence = "not-applicable";
      trace.claims.downtimeNs = 0;
    },
    actual: '"completed" claimed; the guest never ran on the destination',
  },
  {
    what: "giving up after the guest has moved",
    check: "truthful-state",
    break: (trace) => {
      trace.outcome.kind = "gave-up";
    },
    actual: '"gave-up" claimed; the guest ran on the destination',
  },
  {
    what: "throttling that is not named",
    check: "convergence-honest",
    break: (trace) => insert(trace, { atNs: 5_000e6, by: "witness", kind: "throttle", share: 0.2 }),
    actual: "claimed converged",
  },
  {
    what: "post-copy that is not named",
    check: "convergence-honest",
    break: (trace) => {
      without(trace, (event) => event.kind === "last-page");
      insert(trace, { atNs: 9_475e6, by: "witness", kind: "last-page", side: "destination", pages: 262_144 });
    },
    actual: "claimed converged",
  },
];

describe("only the check named sees", () => {
  test.each(breakages)("$what ($check)", ({ check, start, break: spoil, actual }) => {
    const trace = (start ?? goodTrace)();
    spoil(trace);
    expect(failing(trace).map((finding) => [finding.check, finding.verdict, finding.actual])).toEqual([
      [check, "fail", actual],
    ]);
  });
});

test("a source that stays stopped after giving up is lost on two counts", () => {
  const trace = gaveUpTrace();
  insert(trace, { atNs: 9_000e6, by: "witness", kind: "guest-stopped", side: "source" });
  expect(failing(trace).map(({ check }) => check)).toEqual(["one-side-runs", "source-survives"]);
});

test("every check has a breakage that it alone sees", () => {
  expect(new Set(breakages.map(({ check }) => check))).toEqual(new Set(checks.map(({ id }) => id)));
});

test("every requirement is one sentence with a MUST", () => {
  for (const { requirement } of checks) expect(requirement).toMatch(/^[^.]* MUST [^.]*(0\.\d+[^.]*)?\.$/);
});

test("a guest that died with its only host is nobody's fault", () => {
  const trace = gaveUpTrace();
  trace.outcome = { kind: "failed", reason: "connection lost", convergence: "not-applicable" };
  Object.assign(trace.memory, { owner: "none", missingPages: 262_144 });
  insert(
    trace,
    { atNs: 9_000e6, by: "witness", kind: "fault-injected", side: "source", text: "kill" },
    { atNs: 9_000e6, by: "witness", kind: "guest-stopped", side: "source" },
  );
  expect(failing(trace)).toEqual([]);
});

test("a guest that is lost with the destination is a failure, and says what was lost", () => {
  const trace = goodTrace();
  Object.assign(trace.memory, { owner: "none", missingPages: 262_144 });
  insert(
    trace,
    { atNs: 9_470e6, by: "witness", kind: "fault-injected", side: "destination", text: "kill" },
    { atNs: 9_470e6, by: "witness", kind: "guest-stopped", side: "destination" },
  );
  expect(failing(trace).map(({ check, actual }) => [check, actual])).toEqual([
    ["memory-intact", "no side runs the guest, 262144 pages missing"],
    ["one-side-runs", "the guest runs nowhere in the end"],
  ]);
});

test("a check that throws is an error of that check alone", () => {
  const broken: Check = {
    id: "broken",
    level: "MUST",
    requirement: "It MUST work.",
    judge() {
      throw new Error("no such event");
    },
  };
  const record = judge(exampleCell(), goodTrace(), [broken, ...checks]);
  expect(record.verdict).toBe("error");
  expect(record.findings[0]).toMatchObject({ verdict: "error", actual: "the check itself failed: no such event" });
  expect(record.findings.slice(1).every(({ verdict }) => verdict === "pass")).toBe(true);
});
