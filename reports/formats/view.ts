/** What the views for people have in common: groups by link, rows, headings, counts. */
import {
  formatBitsPerSecond,
  formatBytes,
  formatBytesPerSecond,
  formatCount,
  formatDuration,
  formatMetric,
  formatShare,
} from "../../harness/base/format.ts";
import { type Link, type LonghaulRecord, VERDICTS, type Verdict } from "../../harness/contract/index.ts";
import { bandwidthDelayBytes, parseLink, roundTripNs } from "../../harness/link/index.ts";
import { quantile } from "../stats/quantile.ts";
import type { Report } from "./reporter.ts";

const NOTHING = "-";

export const VERDICT_SIGNS: Record<Verdict, string> = {
  pass: "✓",
  fail: "✗",
  error: "‼",
  unsupported: "∅",
  "expected-fail": "≈",
  inconclusive: "?",
};

/** Records of one link, in the order in which they came. */
export interface LinkGroup {
  readonly link: string;
  readonly heading: string;
  readonly records: LonghaulRecord[];
}

export function groupByLink(records: readonly LonghaulRecord[]): LinkGroup[] {
  const groups = new Map<string, LinkGroup>();
  for (const record of records) {
    const { link, linkHash, linkSpec } = record.cell;
    const key = `${link} ${linkHash}`;
    const group = groups.get(key) ?? { link, heading: linkHeading(link, linkSpec), records: [] };
    groups.set(key, group);
    group.records.push(record);
  }
  return [...groups.values()];
}

/** "1 Gb/s · 93.8 ms round trip · BDP 11.7 MB", and what else the link's canonical form says. */
function linkHeading(name: string, spec: string): string {
  let link: Link;
  try {
    link = parseLink(spec);
  } catch {
    // A link that follows a trace cannot be rebuilt from its canonical form; the form itself says what it is.
    return name === spec ? "" : spec;
  }
  const { forward, reverse } = link;
  const back =
    reverse.rateBitsPerSecond === forward.rateBitsPerSecond
      ? ""
      : ` (back ${formatBitsPerSecond(reverse.rateBitsPerSecond)})`;
  const extra = spec.split(",").filter((part) => !/^((up|down)\.)?(rate|rtt|delay)=/.test(part));
  return [
    `${formatBitsPerSecond(forward.rateBitsPerSecond)}${back}`,
    `${formatDuration(roundTripNs(link))} round trip`,
    `BDP ${formatBytes(bandwidthDelayBytes(link))}`,
    ...(extra.length > 0 ? [extra.join(",")] : []),
  ].join(" · ");
}

export function countVerdicts(records: readonly LonghaulRecord[]): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const record of records) counts[record.verdict]++;
  return counts;
}

/** "72 cells: 70 pass, 2 fail" */
export function summaryLine(records: readonly LonghaulRecord[]): string {
  const counts = countVerdicts(records);
  const parts = VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdict}`);
  const cells = records.length === 1 ? "1 cell" : `${formatCount(records.length)} cells`;
  return parts.length === 0 ? `${cells}: nothing ran` : `${cells}: ${parts.join(", ")}`;
}

/** "default" or "seeds 1 to 50"; what the records have in common. */
export function runLine({ records, run }: Report): string {
  const suites = [...new Set(records.map((record) => record.cell.suite))];
  const seeds = [...new Set(records.map((record) => record.cell.seed))].sort((a, b) => a - b);
  const range = seeds.length > 1 ? `seeds ${seeds[0]} to ${seeds[seeds.length - 1]}` : `seed ${seeds[0] ?? NOTHING}`;
  const parts = [`suite ${suites.join(", ") || NOTHING}`, range];
  if (run) parts.unshift(`longhaul ${run.longhaul}`);
  if (run && run.state !== "finished")
    parts.push(`${run.state.toUpperCase()} after ${run.doneCells} of ${run.plannedCells} cells`);
  return parts.join(" · ");
}

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  text(record: LonghaulRecord): string;
}

function shown(record: LonghaulRecord, metric: string): string {
  const value = record.metrics[metric];
  return value === undefined || value.observed === null ? NOTHING : formatMetric(value.unit, value.observed);
}

function goodputText(record: LonghaulRecord): string {
  const { goodput, goodputShare } = record.metrics;
  if (goodput?.observed == null || goodputShare?.observed == null) return NOTHING;
  return `${formatBytesPerSecond(goodput.observed)} ${formatShare(goodputShare.observed).padStart(7)}`;
}

export function convergenceText(record: LonghaulRecord): string {
  const { kind } = record.outcome;
  // The longest of the words would make every table wider than 120 columns.
  const convergence =
    record.outcome.convergence === "switched-to-post-copy" ? "to post-copy" : record.outcome.convergence;
  if (kind === "completed") return convergence === "not-applicable" ? NOTHING : convergence;
  return kind === convergence || convergence === "not-applicable" ? kind : `${kind} (${convergence})`;
}

/** The columns of a table of single cells. Policy and seed are shown where they differ. */
export function cellColumns(records: readonly LonghaulRecord[]): Column[] {
  const varies = (pick: (record: LonghaulRecord) => unknown) => new Set(records.map(pick)).size > 1;
  const left = (title: string, text: Column["text"]): Column => ({ title, align: "left", text });
  const right = (title: string, text: Column["text"]): Column => ({ title, align: "right", text });
  const { cell } = {
    cell: (pick: keyof LonghaulRecord["cell"]) => (record: LonghaulRecord) => String(record.cell[pick]),
  };
  return [
    left("engine", cell("engine")),
    left("scenario", cell("scenario")),
    ...(varies((record) => record.cell.policyHash) ? [left("policy", cell("policy"))] : []),
    ...(varies((record) => record.cell.seed) ? [right("seed", cell("seed"))] : []),
    ...(varies((record) => record.cell.repeat) ? [right("repeat", cell("repeat"))] : []),
    left("convergence", convergenceText),
    right("total", (record) => shown(record, "totalTime")),
    right("downtime", (record) => shown(record, "downtime")),
    right("brownout", (record) => shown(record, "brownout")),
    right("rounds", (record) => shown(record, "rounds")),
    right("on link", (record) => shown(record, "bytes")),
    right("goodput  of ceiling", goodputText),
    left("verdict", (record) => `${VERDICT_SIGNS[record.verdict]} ${record.verdict}`),
  ];
}

/** Cells that differ only in seed and repeat. */
export interface Distribution {
  readonly first: LonghaulRecord;
  readonly records: LonghaulRecord[];
}

export function distributions(records: readonly LonghaulRecord[]): Distribution[] {
  const groups = new Map<string, Distribution>();
  for (const record of records) {
    const { engine, linkHash, scenarioHash, policyHash, world, link, scenario, policy } = record.cell;
    const key = JSON.stringify([engine, link, linkHash, scenario, scenarioHash, policy, policyHash, world]);
    const group = groups.get(key) ?? { first: record, records: [] };
    groups.set(key, group);
    group.records.push(record);
  }
  return [...groups.values()];
}

/** "1.02 s [0.98 .. 1.31]": the median, and what nine in ten lie between. */
export function spread(records: readonly LonghaulRecord[], metric: string): string {
  const values = records.map((record) => record.metrics[metric]?.observed).filter((value) => value != null);
  const unit = records.find((record) => record.metrics[metric])?.metrics[metric].unit;
  if (values.length === 0 || unit === undefined) return NOTHING;
  const [median, low, high] = [0.5, 0.05, 0.95].map((p) => formatMetric(unit, quantile(values, p)));
  if (low === high) return median;
  const unitOf = (text: string) => text.slice(text.lastIndexOf(" "));
  const alike = [low, high].every((text) => unitOf(text) === unitOf(median) && text.split(" ").length === 2);
  const [from, to] = [low, high].map((text) => (alike ? text.slice(0, text.lastIndexOf(" ")) : text));
  return `${median} [${from} .. ${to}]`;
}

/** The words in which a group of cells converged, most frequent first, with how often. */
export function convergenceSpread(records: readonly LonghaulRecord[]): string {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(convergenceText(record), (counts.get(convergenceText(record)) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([word, count]) => (sorted.length === 1 ? word : `${word} ${count}`)).join(", ");
}

/** One published figure beside what was measured. */
export interface PublishedRow {
  readonly record: LonghaulRecord;
  readonly figure: LonghaulRecord["published"][number];
  readonly measured: string;
  readonly published: string;
  readonly ratio: string;
  readonly verdict: Verdict | null;
}

export function publishedRows(records: readonly LonghaulRecord[]): PublishedRow[] {
  return records.flatMap((record) => {
    const findings = record.findings.filter(({ check }) => check.startsWith("published-"));
    return record.published.map((figure): PublishedRow => {
      // Findings and figures are in the same order; a figure that is only shown has no finding.
      const compared = figure.verdict !== undefined || figure.basis !== "verdict-only";
      const verdict = compared ? (findings.shift()?.verdict ?? null) : null;
      if (figure.verdict !== undefined) return verdictRow(record, figure, figure.verdict, verdict);
      const metric = record.metrics[figure.metric];
      const observed = metric?.observed ?? null;
      return {
        record,
        figure,
        measured: metric && observed !== null ? formatMetric(metric.unit, observed) : NOTHING,
        published: metric ? formatMetric(metric.unit, figure.value) : formatCount(figure.value),
        ratio: observed === null || figure.value === 0 ? NOTHING : (observed / figure.value).toFixed(2),
        verdict,
      };
    });
  });
}

/** How it went is a word, not a number. */
function verdictRow(
  record: LonghaulRecord,
  figure: PublishedRow["figure"],
  published: string,
  verdict: PublishedRow["verdict"],
): PublishedRow {
  return { record, figure, measured: record.outcome.convergence, published, ratio: NOTHING, verdict };
}

/** What has to be said of single figures: deviations that are understood. */
export function publishedNotes(rows: readonly PublishedRow[]): string[] {
  const notes = rows.flatMap(({ record, figure }) =>
    figure.knownDeviation === null
      ? []
      : [
          `${VERDICT_SIGNS["expected-fail"]} ${record.cell.link} ${record.cell.scenario} ${figure.metric}: ${figure.knownDeviation}`,
        ],
  );
  return [...new Set(notes)];
}

/** Records that a person has to look at. */
export const troubled = (records: readonly LonghaulRecord[]): LonghaulRecord[] =>
  records.filter((record) => record.verdict !== "pass" && record.verdict !== "expected-fail");

/** The findings that made it so. */
export const troubles = (record: LonghaulRecord): LonghaulRecord["findings"] =>
  record.findings.filter((finding) => finding.verdict !== "pass" && finding.verdict !== "expected-fail");
