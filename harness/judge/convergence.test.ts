import { expect, test } from "vitest";
import type { Trace, TraceEvent } from "../contract/index.ts";
import { allowedDowntimeNs, classifyConvergence } from "./convergence.ts";
import { gaveUpTrace, goodTrace } from "./testing.ts";

const insert = (trace: Trace, ...events: TraceEvent[]) => {
  trace.events.push(...events);
  trace.events.sort((a, b) => a.atNs - b.atNs);
  return trace;
};

test("a switchover whose remainder fits the limit has converged", () => {
  expect(classifyConvergence(goodTrace())).toBe("converged");
});

test("the allowed blackout is the limit and a quarter, two round trips, resume and device state", () => {
  const stateNs = (1_048_576 / 117_500_000) * 1e9;
  expect(allowedDowntimeNs(goodTrace())).toBe(300e6 * 1.25 + 2 * 1e6 + 5e6 + stateNs);
});

test("a switchover that breaks the limit was forced", () => {
  const trace = goodTrace();
  trace.conditions.downtimeLimitNs = 10e6;
  expect(classifyConvergence(trace)).toBe("forced");
});

test("without any rule for the switchover every switchover is forced", () => {
  const trace = goodTrace();
  trace.conditions.downtimeLimitNs = null;
  expect(classifyConvergence(trace)).toBe("forced");
});

test("few enough pages remaining also count as converged", () => {
  const trace = goodTrace();
  trace.conditions.downtimeLimitNs = null;
  trace.conditions.remainingPages = 850;
  expect(classifyConvergence(trace)).toBe("converged");
  trace.conditions.remainingPages = 849;
  expect(classifyConvergence(trace)).toBe("forced");
});

test("throttling before the switchover is named", () => {
  const trace = insert(goodTrace(), { atNs: 100e6, by: "witness", kind: "throttle", share: 0.2 });
  expect(classifyConvergence(trace)).toBe("throttled");
});

test("running before the last page has come is post-copy", () => {
  const trace = goodTrace();
  trace.events = trace.events.filter((event) => event.kind !== "last-page");
  expect(classifyConvergence(insert(trace, { atNs: 9_470e6, by: "witness", kind: "last-page" }))).toBe(
    "switched-to-post-copy",
  );
});

test("without a round while the guest ran there was nothing to converge", () => {
  const trace = goodTrace();
  trace.events = trace.events.filter((event) => event.kind !== "round");
  expect(classifyConvergence(trace)).toBe("not-applicable");
});

test("a load that outran the link and then all but stopped is what ended the migration", () => {
  const trace = goodTrace();
  const rounds = [100_000, 100_000, 10].flatMap((dirty, index): TraceEvent[] => [
    { atNs: (index + 1) * 1e9, by: "witness", kind: "sync", pages: dirty },
    { atNs: (index + 1) * 1e9, by: "engine", kind: "round", round: index + 1, pages: 28_000, bytes: 117e6 },
  ]);
  const rest = trace.events.filter((event) => event.atNs > 9_400e6 || event.kind === "guest-stopped");
  trace.events = [...rounds, ...rest];
  expect(classifyConvergence(trace)).toBe("load-stopped");
});

test("giving up, stalling and an operator's cancel are told apart", () => {
  const trace = gaveUpTrace();
  const seen = (kind: Trace["outcome"]["kind"], faults: string[]) => {
    trace.outcome.kind = kind;
    trace.conditions.faults = faults;
    return classifyConvergence(trace);
  };
  expect(seen("gave-up", [])).toBe("gave-up");
  expect(seen("stalled", [])).toBe("stalled");
  expect(seen("cancelled", [])).toBe("gave-up");
  expect(seen("cancelled", ["cancel"])).toBe("not-applicable");
  expect(seen("failed", ["reset"])).toBe("not-applicable");
});

test("a short last round with the guest stopped is not a load that stopped", () => {
  const trace = goodTrace();
  trace.conditions.goodputCeilingBytesPerSecond = 2e6;
  trace.conditions.downtimeLimitNs = 300e6;
  expect(classifyConvergence(trace)).toBe("converged");
});
