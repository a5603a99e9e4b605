/** Measured figures against published ones. */
import { formatMetric, formatShare } from "../base/format.ts";
import type { Finding, LonghaulRecord, PublishedFigure } from "../contract/index.ts";

/** How far a measured figure may lie from the published one. A figure that is only a verdict is shown, not compared. */
export const PUBLISHED_TOLERANCE = { "conditions-given": 0.1, described: 0.25, "verdict-only": null } as const;

/** One finding per figure that is compared. */
export function judgePublished(figures: readonly PublishedFigure[], metrics: LonghaulRecord["metrics"]): Finding[] {
  return figures.flatMap((figure) => {
    const tolerance = PUBLISHED_TOLERANCE[figure.basis];
    return tolerance === null ? [] : [judgeFigure(figure, tolerance, metrics)];
  });
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
  const inside = Math.abs(metric.observed - figure.value) <= Math.abs(figure.value) * tolerance;
  const measured = formatMetric(metric.unit, metric.observed);
  const ratio = figure.value === 0 ? "" : `, ratio ${(metric.observed / figure.value).toFixed(2)}`;
  const texts = { expected: `${published} ± ${formatShare(tolerance)}`, actual: `${measured}${ratio}` };
  if (figure.knownDeviation === null) return { check, verdict: inside ? "pass" : "fail", requirement, ...texts };
  if (!inside) {
    return {
      check,
      verdict: "expected-fail",
      requirement,
      ...texts,
      actual: `${texts.actual}: ${figure.knownDeviation}`,
    };
  }
  const actual = `${texts.actual}, inside although a deviation is noted ("${figure.knownDeviation}"): remove the note`;
  return { check, verdict: "fail", requirement, ...texts, actual };
}
