/** Measured figures against published ones, and what happened against what is said to have happened. */
import { formatMetric, formatShare } from "../base/format.ts";
import type { Convergence, Finding, LonghaulRecord, PublishedFigure } from "../contract/index.ts";

/** How far a measured figure may lie from the published one; null: the figure is shown, not compared. */
export const PUBLISHED_TOLERANCE = { "conditions-given": 0.1, described: 0.25, "verdict-only": null } as const;

/**
 * One finding per figure that is compared, in the order of the figures. A verdict is compared whatever its basis: a
 * migration either ended that way or it did not.
 */
export function judgePublished(
  figures: readonly PublishedFigure[],
  metrics: LonghaulRecord["metrics"],
  convergence: Convergence,
): Finding[] {
  return figures.flatMap((figure) => {
    if (figure.verdict !== undefined) return [judgeVerdict(figure, figure.verdict, convergence)];
    const tolerance = PUBLISHED_TOLERANCE[figure.basis];
    return tolerance === null ? [] : [judgeFigure(figure, tolerance, metrics)];
  });
}

function judgeVerdict(figure: PublishedFigure, published: Convergence, seen: Convergence): Finding {
  const requirement = `The migration ends as published (${figure.source}).`;
  const texts = { check: "published-convergence", requirement, expected: published as string, actual: seen as string };
  return withDeviation(texts, published === seen, figure.knownDeviation);
}

function judgeFigure(figure: PublishedFigure, tolerance: number, metrics: LonghaulRecord["metrics"]): Finding {
  const metric = metrics[figure.metric];
  const check = `published-${figure.metric}`;
  const requirement = `The measured ${figure.metric} is within ${formatShare(tolerance)} of the published figure (${figure.source}).`;
  if (metric === undefined) {
    const expected = `one of ${Object.keys(metrics).join(", ")}`;
    return { check, verdict: "error", requirement, expected, actual: `unknown metric "${figure.metric}"` };
  }
  const published = formatMetric(metric.unit, figure.value);
  if (metric.observed === null) {
    return { check, verdict: "fail", requirement, expected: published, actual: "not measured" };
  }
  const measured = formatMetric(metric.unit, metric.observed);
  const ratio = figure.value === 0 ? "" : `, ratio ${(metric.observed / figure.value).toFixed(2)}`;
  const actual = `${measured}${ratio}`;
  const inside = Math.abs(metric.observed - figure.value) <= Math.abs(figure.value) * tolerance;
  const texts = { expected: `${published} ± ${formatShare(tolerance)}`, actual };
  return withDeviation({ check, requirement, ...texts }, inside, figure.knownDeviation);
}

/** A deviation that is understood is expected, and must be there: a note that outlives its cause is a failure. */
function withDeviation(texts: Omit<Finding, "verdict">, inside: boolean, knownDeviation: string | null): Finding {
  if (knownDeviation === null) return { ...texts, verdict: inside ? "pass" : "fail" };
  if (!inside) return { ...texts, verdict: "expected-fail", actual: `${texts.actual}: ${knownDeviation}` };
  const actual = `${texts.actual}, inside although a deviation is noted ("${knownDeviation}"): remove the note`;
  return { ...texts, verdict: "fail", actual };
}
