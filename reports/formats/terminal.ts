/** The view that `longhaul run` prints: understood at a glance, without colour as well as with it. */
import type { LonghaulRecord, Verdict } from "../../harness/contract/index.ts";
import { plain } from "./escape.ts";
import type { Report, Reporter, ReportStyle } from "./reporter.ts";
import { displayWidth, type TextColumn, textTable } from "./table.ts";
import {
  cellColumns,
  convergenceSpread,
  convergenceText,
  countVerdicts,
  type Distribution,
  distributions,
  groupByLink,
  publishedNotes,
  publishedRows,
  runLine,
  spread,
  summaryLine,
  troubled,
  troubles,
  VERDICT_SIGNS,
} from "./view.ts";

/** More failures than this are counted, not listed: the report file and the results hold them all. */
const LISTED_FAILURES = 20;

const INDENT = "  ";

const COLOURS: Record<Verdict | "bold" | "dim", string> = {
  pass: "32",
  fail: "31",
  error: "35",
  unsupported: "33",
  "expected-fail": "33",
  inconclusive: "33",
  bold: "1",
  dim: "2",
};
type Paint = (text: string, colour: keyof typeof COLOURS) => string;

const painter = (colour: boolean): Paint =>
  colour ? (text, name) => `\u001b[${COLOURS[name]}m${text}\u001b[0m` : (text) => text;

/** The verdict is the last column of every table, so that colour never disturbs the widths. */
function paintVerdict(line: string, verdict: Verdict, paint: Paint): string {
  const word = `${VERDICT_SIGNS[verdict]} ${verdict}`;
  return line.endsWith(word) ? line.slice(0, -word.length) + paint(word, verdict) : line;
}

/** Title line and rows of one table over all records, so that the columns stand in line from one link to the next. */
interface Lines {
  readonly titles: string;
  readonly rows: readonly string[];
  /** Columns for which there is no room. */
  readonly leftOut: readonly string[];
}

/** What a narrow terminal does without, in this order; the report file has all of it. */
const DISPENSABLE = ["goodput  of ceiling", "rounds", "on link", "brownout", "policy"];

function cellLines(records: readonly LonghaulRecord[], paint: Paint, width: number): Lines {
  let columns = cellColumns(records);
  const layOut = () =>
    textTable(
      columns,
      records.map((record) => columns.map((column) => plain(column.text(record)))),
    );
  let table = layOut();
  const leftOut: string[] = [];
  for (const title of DISPENSABLE) {
    if (table.every((line) => displayWidth(line) + INDENT.length <= width)) break;
    if (!columns.some((column) => column.title === title)) continue;
    columns = columns.filter((column) => column.title !== title);
    leftOut.push(title.replace(/\s+/g, " "));
    table = layOut();
  }
  const [titles, ...lines] = table;
  return { titles, leftOut, rows: lines.map((line, index) => paintVerdict(line, records[index].verdict, paint)) };
}

const distributionColumns = (policies: boolean): TextColumn[] => [
  { title: "engine", align: "left" },
  { title: "scenario", align: "left" },
  ...(policies ? [{ title: "policy", align: "left" as const }] : []),
  { title: "cells", align: "right" },
  { title: "convergence", align: "left" },
  { title: "median total [p5 .. p95]", align: "left" },
  { title: "downtime", align: "left" },
  { title: "brownout", align: "left" },
  { title: "passed", align: "right" },
];

/** The policy is shown where it differs, as in the tables of single cells. */
function distributionLines(groups: readonly Distribution[]): Lines {
  const policies = new Set(groups.map(({ first }) => first.cell.policyHash)).size > 1;
  const rows = groups.map(({ first, records }) =>
    [
      first.cell.engine,
      first.cell.scenario,
      ...(policies ? [first.cell.policy] : []),
      String(records.length),
      convergenceSpread(records),
      spread(records, "totalTime"),
      spread(records, "downtime"),
      spread(records, "brownout"),
      `${countVerdicts(records).pass}/${records.length}`,
    ].map(plain),
  );
  const [titles, ...lines] = textTable(distributionColumns(policies), rows);
  return { titles, rows: lines, leftOut: [] };
}

/** The rows below their link's heading. With several seeds, a row stands for all cells that differ only in those. */
function linkSections(records: readonly LonghaulRecord[], paint: Paint, width: number): string[] {
  const links = groupByLink(records);
  // The lines are laid out in the order in which the groups print them.
  const perLink = links.map((group) => distributions(group.records));
  const many = perLink.some((groups) => groups.some((group) => group.records.length > 1));
  const ordered = links.flatMap((group) => group.records);
  const { titles, rows, leftOut } = many ? distributionLines(perLink.flat()) : cellLines(ordered, paint, width);
  const note = `no room for ${leftOut.join(", ")}: a wider terminal or report.md shows them`;
  let next = 0;
  const sections = links.flatMap((group, index) => {
    const count = many ? perLink[index].length : group.records.length;
    const lines = rows.slice(next, next + count).map((line) => `${INDENT}${line}`);
    next += count;
    const heading = `${paint(plain(group.link), "bold")}  ${plain(group.heading)}`.trimEnd();
    return [heading, `${INDENT}${paint(titles, "dim")}`, ...lines, ""];
  });
  return leftOut.length === 0 ? sections : [...sections, note, ""];
}

const PUBLISHED_COLUMNS: readonly TextColumn[] = [
  { title: "engine", align: "left" },
  { title: "link", align: "left" },
  { title: "scenario", align: "left" },
  { title: "policy", align: "left" },
  { title: "convergence", align: "left" },
  { title: "metric", align: "left" },
  { title: "measured", align: "right" },
  { title: "published", align: "right" },
  { title: "ratio", align: "right" },
  { title: "basis", align: "left" },
  { title: "verdict", align: "left" },
];

function publishedTable(records: readonly LonghaulRecord[], paint: Paint): string[] {
  const rows = publishedRows(records);
  if (rows.length === 0) return [];
  const cells = rows.map(({ record, figure, measured, published, ratio, verdict }) =>
    [
      record.cell.engine,
      record.cell.link,
      record.cell.scenario,
      record.cell.policy,
      convergenceText(record),
      figure.metric,
      measured,
      published,
      ratio,
      figure.basis,
      verdict === null ? "shown only" : `${VERDICT_SIGNS[verdict]} ${verdict}`,
    ].map(plain),
  );
  const [titles, ...lines] = textTable(PUBLISHED_COLUMNS, cells);
  const painted = lines.map((line, index) => {
    const { verdict } = rows[index];
    return `  ${verdict === null ? line : paintVerdict(line, verdict, paint)}`;
  });
  const notes = publishedNotes(rows).map((note) => `  ${plain(note)}`);
  return [paint("measured against published", "bold"), `  ${paint(titles, "dim")}`, ...painted, ...notes, ""];
}

function failure(record: LonghaulRecord, paint: Paint): string[] {
  const { verdict } = record;
  return [
    `${paint(`${VERDICT_SIGNS[verdict]} ${verdict}`, verdict)}  ${plain(record.cell.id)}`,
    ...troubles(record).flatMap((finding) => [
      `    ${plain(finding.check)}: ${plain(finding.requirement)}`,
      `      expected  ${plain(finding.expected)}`,
      `      actual    ${plain(finding.actual)}`,
    ]),
    `    reproduce: ${plain(record.reproduce)}`,
  ];
}

function failures(records: readonly LonghaulRecord[], paint: Paint): string[] {
  const all = troubled(records);
  const lines = all.slice(0, LISTED_FAILURES).flatMap((record) => [...failure(record, paint), ""]);
  if (all.length > LISTED_FAILURES) lines.push(`and ${all.length - LISTED_FAILURES} more`, "");
  return lines;
}

function render(report: Report, style: ReportStyle = {}): string {
  const paint = painter(style.colour ?? false);
  const { records } = report;
  const lines = [paint(plain(runLine(report)), "bold"), ""];
  // Where every cell has a published figure, the table of those says it all.
  if (!records.every((record) => record.published.length > 0) || records.length === 0)
    lines.push(...linkSections(records, paint, style.columns ?? Number.POSITIVE_INFINITY));
  lines.push(...publishedTable(records, paint), ...failures(records, paint));
  lines.push(paint(summaryLine(records), "bold"), ...marks(records));
  return `${lines.join("\n")}\n`;
}

/** What changes how the figures are to be read. */
function marks(records: readonly LonghaulRecord[]): string[] {
  const unverified = records.filter((record) => record.marks.includes("unverified-source")).length;
  const sampled = records.filter((record) => record.marks.includes("sampled-integrity")).length;
  const lines: string[] = [];
  if (unverified > 0)
    lines.push(`${unverified} with figures that were not read in their source (UNVERIFIED in longhaul list)`);
  if (sampled > 0) lines.push(`${sampled} with memory checked by samples`);
  return lines;
}

export const terminal: Reporter = {
  id: "terminal",
  title: "tables for a terminal, as run prints them",
  extension: "txt",
  render,
};
