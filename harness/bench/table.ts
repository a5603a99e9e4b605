/** What was measured as text: one line each, the goal beside the figure, and how the cost grows. */
import { formatBytes, formatShare } from "../base/format.ts";
import type { BenchRow } from "../world/live/link/bench.ts";
import type { Measurement } from "./measure.ts";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const HEADER = ["case", "median s (min..max)", "goal s", "of goal", "peak memory", "goal", "what was checked"];

export function renderTable(measurements: readonly Measurement[]): string {
  return columns([HEADER, ...measurements.map(cellsOf)]);
}

function cellsOf(measurement: Measurement): string[] {
  const { id, seconds, goalSeconds, maxRssBytes, goalBytes, checked, failure } = measurement;
  const goals = [goalSeconds === null ? "-" : String(goalSeconds)];
  if (failure !== null) return [id, "failed", ...goals, "-", "-", "-", failure];
  const middle = median(seconds);
  const spread = seconds.length > 1 ? ` (${figure(Math.min(...seconds))}..${figure(Math.max(...seconds))})` : "";
  return [
    id,
    `${figure(middle)}${spread}`,
    ...goals,
    goalSeconds === null ? "-" : formatShare(middle / goalSeconds),
    maxRssBytes === null ? "-" : formatBytes(maxRssBytes),
    goalBytes === null ? "-" : formatBytes(goalBytes),
    checked,
  ];
}

const figure = (seconds: number): string => (seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1));

/** The curve: each step doubles the guest, so a ratio of 2 is linear. Null when less than two points were measured. */
export function renderCurve(measurements: readonly Measurement[]): string | null {
  const points = measurements.filter(({ id, failure }) => /^(curve-|tib-exact$)/.test(id) && failure === null);
  const named = points.map(({ id, seconds }) => ({
    gib: id === "tib-exact" ? 1024 : Number(id.slice("curve-".length)),
    seconds: median(seconds),
  }));
  named.sort((a, b) => a.gib - b.gib);
  const rows = named.slice(1).flatMap((point, index) => {
    const before = named[index];
    if (point.gib !== before.gib * 2) return [];
    return [[`${before.gib} -> ${point.gib} GiB`, `x ${(point.seconds / before.seconds).toFixed(2)}`]];
  });
  return rows.length === 0 ? null : columns([["growth with the guest (x 2 is linear)", "time"], ...rows]);
}

export function renderLink(rows: readonly BenchRow[]): string {
  const lines = rows.map(({ name, value, unit, goal, met }) => {
    return [name, `${value.toPrecision(3)} ${unit}`, goal ?? "-", met === null ? "-" : met ? "met" : "not met"];
  });
  return columns([["live link", "measured", "goal", ""], ...lines]);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
