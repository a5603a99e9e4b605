import { expect, test } from "vitest";
import type { PublishedFigure } from "../contract/index.ts";
import { errorRecord, judge, overallVerdict, unsupportedRecord } from "./judge.ts";
import { reproduceLine } from "./reproduce.ts";
import { exampleCell, goodTrace } from "./testing.ts";

const metricsOf = (trace = goodTrace()) =>
  Object.fromEntries(
    Object.entries(judge(exampleCell(), trace).metrics).map(([id, { observed, claimed, ceiling }]) => [
      id,
      [observed, claimed, ceiling],
    ]),
  );

test("metrics of a healthy migration: observed, claimed, ceiling", () => {
  expect(metricsOf()).toMatchInlineSnapshot(`
    {
      "brownout": [
        0,
        null,
        null,
      ],
      "bytes": [
        1100004096,
        1099900000,
        null,
      ],
      "dirtyRateFirst": [
        2230936.819172113,
        null,
        null,
      ],
      "dirtyRateHighest": [
        17408000,
        null,
        null,
      ],
      "downtime": [
        60000000,
        60000000,
        null,
      ],
      "faultLatency": [
        null,
        null,
        1000000,
      ],
      "faultLatencyP99": [
        null,
        null,
        1000000,
      ],
      "faults": [
        0,
        null,
        null,
      ],
      "goodput": [
        116279069.76744185,
        null,
        117500000,
      ],
      "goodputShare": [
        0.9896091044037605,
        null,
        1,
      ],
      "pagesSent": [
        268000,
        268000,
        null,
      ],
      "rounds": [
        3,
        3,
        null,
      ],
      "totalTime": [
        9480000000,
        9480000000,
        null,
      ],
      "workLost": [
        0.010000000000000009,
        null,
        null,
      ],
    }
  `);
});

test("rounds are rows with their own dirty pages", () => {
  expect(judge(exampleCell(), goodTrace()).rounds).toMatchInlineSnapshot(`
    [
      {
        "bytes": 1076000000,
        "dirtyPages": 5000,
        "durationNs": 9180000000,
        "pages": 262144,
        "round": 1,
        "startNs": 20000000,
      },
      {
        "bytes": 20520000,
        "dirtyPages": 850,
        "durationNs": 200000000,
        "pages": 5000,
        "round": 2,
        "startNs": 9200000000,
      },
      {
        "bytes": 3480000,
        "dirtyPages": 6,
        "durationNs": 40000000,
        "pages": 856,
        "round": 3,
        "startNs": 9400000000,
      },
    ]
  `);
});

test("brownout is throttled time plus time without all pages", () => {
  const trace = goodTrace();
  trace.events = trace.events.filter((event) => event.kind !== "last-page");
  trace.events.push({ atNs: 9_475e6, by: "witness", kind: "last-page" });
  trace.events.push({ atNs: 9_300e6, by: "witness", kind: "throttle", share: 0.2 });
  trace.events.sort((a, b) => a.atNs - b.atNs);
  expect(judge(exampleCell(), trace).metrics.brownout).toMatchObject({ observed: 115e6, samples: [100e6, 15e6] });
});

test("several gaps are one downtime and keep their samples", () => {
  const trace = goodTrace();
  trace.events.push(
    { atNs: 1_000e6, by: "witness", kind: "guest-stopped", side: "source" },
    { atNs: 1_010e6, by: "witness", kind: "guest-running", side: "source" },
  );
  trace.events.sort((a, b) => a.atNs - b.atNs);
  expect(judge(exampleCell(), trace).metrics.downtime).toMatchObject({ observed: 70e6, samples: [10e6, 60e6] });
});

test("judging twice gives the same bytes", () => {
  const text = () => JSON.stringify(judge(exampleCell(), goodTrace()));
  expect(text()).toBe(text());
});

test("the worst finding decides; no finding at all is not a pass", () => {
  const finding = (verdict: "pass" | "fail" | "error" | "inconclusive") => ({
    check: "x",
    verdict,
    requirement: "",
    expected: "",
    actual: "",
  });
  expect(overallVerdict([finding("pass"), finding("error"), finding("fail")])).toBe("error");
  expect(overallVerdict([finding("pass"), finding("inconclusive"), finding("fail")])).toBe("fail");
  expect(overallVerdict([finding("pass"), finding("inconclusive")])).toBe("inconclusive");
  expect(overallVerdict([finding("pass")])).toBe("pass");
  expect(overallVerdict([])).toBe("inconclusive");
});

function published(change: Partial<PublishedFigure>) {
  const figure: PublishedFigure = {
    metric: "totalTime",
    value: 9_000e6,
    basis: "conditions-given",
    source: "somebody 2024",
    note: "",
    knownDeviation: null,
    ...change,
  };
  const record = judge({ ...exampleCell(), published: [figure] }, goodTrace());
  const finding = record.findings.find(({ check }) => check.startsWith("published-"));
  return [record.verdict, finding?.actual ?? null];
}

test("published figures: tolerance by basis, known deviations, unexpected passes, unknown metrics", () => {
  expect({
    inside: published({}),
    outside: published({ value: 8_000e6 }),
    described: published({ value: 8_000e6, basis: "described" }),
    shown: published({ value: 1, basis: "verdict-only" }),
    known: published({ value: 8_000e6, knownDeviation: "the source had two hops" }),
    unexpected: published({ knownDeviation: "the source had two hops" }),
    unknown: published({ metric: "totaltime" }),
    unmeasured: published({ metric: "faultLatency" }),
    asPublished: published({ metric: "convergence", basis: "verdict-only", verdict: "converged" }),
    otherwise: published({ metric: "convergence", basis: "verdict-only", verdict: "gave-up" }),
  }).toMatchInlineSnapshot(`
    {
      "asPublished": [
        "pass",
        "converged",
      ],
      "described": [
        "pass",
        "9.48 s, ratio 1.19",
      ],
      "inside": [
        "pass",
        "9.48 s, ratio 1.05",
      ],
      "known": [
        "expected-fail",
        "9.48 s, ratio 1.19: the source had two hops",
      ],
      "otherwise": [
        "fail",
        "converged",
      ],
      "outside": [
        "fail",
        "9.48 s, ratio 1.19",
      ],
      "shown": [
        "pass",
        null,
      ],
      "unexpected": [
        "fail",
        "9.48 s, ratio 1.05, inside although a deviation is noted ("the source had two hops"): remove the note",
      ],
      "unknown": [
        "error",
        "unknown metric "totaltime"",
      ],
      "unmeasured": [
        "fail",
        "not measured",
      ],
    }
  `);
});

test("the reproduce line quotes what a shell would take apart", () => {
  const cell = exampleCell();
  expect(reproduceLine(cell)).toMatchInlineSnapshot(
    `"npx longhaul run --engine pre-copy --link rate=1Gbps,rtt=1ms --scenario idle-1g --policy qemu --seed 1"`,
  );
  const identity = { ...cell.identity, suite: "published", link: "rate=1Gbps,loss=ge(0.1%,20%,0%,50%)" };
  expect(reproduceLine({ ...cell, identity, integrity: "sampled" })).toMatchInlineSnapshot(
    `"npx longhaul run --suite published --engine pre-copy --link 'rate=1Gbps,loss=ge(0.1%,20%,0%,50%)' --scenario idle-1g --policy qemu --seed 1 --integrity sampled"`,
  );
});

test("a cell that could not run is a record all the same", () => {
  expect(errorRecord(exampleCell(), "out of memory")).toMatchObject({
    verdict: "error",
    outcome: { kind: "not-run", reason: "out of memory" },
  });
  expect(unsupportedRecord(exampleCell(), "delta")).toMatchObject({
    verdict: "unsupported",
    findings: [{ expected: "delta" }],
  });
});
