/** Turns a trace into a record. Pure: the same cell and trace give the same record. */
import type { Cell, Finding, LonghaulRecord, Trace, Verdict } from "../contract/index.ts";
import { checks as allChecks, applyCheck, type Check } from "./checks/index.ts";
import { classifyConvergence } from "./convergence.ts";
import { metrics as allMetrics, metricValue } from "./metrics/index.ts";
import { judgePublished } from "./published.ts";
import { reproduceLine } from "./reproduce.ts";
import { roundsOf } from "./rounds.ts";

/** Worst first: what an error leaves open outweighs what was found. */
const SEVERITY: readonly Verdict[] = ["error", "fail", "inconclusive", "expected-fail", "pass"];

/** The verdict of a cell: the worst of its findings. Without a single finding nothing was asked, and nothing is known. */
export function overallVerdict(findings: readonly Finding[]): Verdict {
  return SEVERITY.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? "inconclusive";
}

export function judge(cell: Cell, seen: Trace, checks: readonly Check[] = allChecks): LonghaulRecord {
  const trace = withConditions(cell, seen);
  const metrics = Object.fromEntries(allMetrics.map((metric) => [metric.id, metricValue(metric, trace)]));
  const convergence = classifyConvergence(trace);
  const findings = [
    ...checks.map((check) => applyCheck(check, trace)).filter((finding) => finding !== null),
    ...judgePublished(cell.published, metrics, convergence),
  ];
  const { kind, reason } = trace.outcome;
  return {
    version: 1,
    cell: cell.identity,
    verdict: overallVerdict(findings),
    outcome: { kind, reason, convergence },
    findings,
    metrics,
    rounds: roundsOf(trace),
    published: [...cell.published],
    reproduce: reproduceLine(cell),
    marks: marksOf(cell, trace),
  };
}

/** Conditions that a trace may leave out are those of the cell that was asked for. */
function withConditions(cell: Cell, trace: Trace): Trace {
  const { policy, scenario } = cell;
  const asked = {
    remainingPages: policy.switchover.remainingPages,
    deviceStateBytes: scenario.guest.deviceStateBytes,
    resumeNs: scenario.host.resumeNs,
  };
  return { ...trace, conditions: { ...asked, ...trace.conditions } };
}

function marksOf(cell: Cell, trace: Trace): string[] {
  const marks: string[] = [];
  if (trace.memory.mode === "sampled") marks.push("sampled-integrity");
  const parts = [cell.link, cell.scenario, cell.scenario.workload, cell.policy];
  if (parts.some((part) => part.verified === false)) marks.push("unverified-source");
  return marks;
}

/** The record of a cell that could not be run or judged: the harness or the machine failed, not the engine. */
export function errorRecord(cell: Cell, message: string): LonghaulRecord {
  return notRun(cell, {
    check: "harness",
    verdict: "error",
    requirement: "The harness runs the cell and judges its trace.",
    expected: "a trace",
    actual: message,
  });
}

/** The record of a cell that asks for what the engine's manifest does not declare. */
export function unsupportedRecord(cell: Cell, missing: string): LonghaulRecord {
  return notRun(cell, {
    check: "manifest",
    verdict: "unsupported",
    requirement: "The engine declares what the cell needs.",
    expected: missing,
    actual: "not declared in the engine's manifest",
  });
}

function notRun(cell: Cell, finding: Finding): LonghaulRecord {
  return {
    version: 1,
    cell: cell.identity,
    verdict: finding.verdict,
    outcome: { kind: "not-run", reason: finding.actual, convergence: "not-applicable" },
    findings: [finding],
    metrics: {},
    rounds: [],
    published: [...cell.published],
    reproduce: reproduceLine(cell),
    marks: [],
  };
}
