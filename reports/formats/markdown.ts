/** A page for a pull request or a wiki. */
import type { LonghaulRecord } from "../../harness/contract/index.ts";
import { markdownCode, markdownText } from "./escape.ts";
import type { Report, Reporter } from "./reporter.ts";
import {
  cellColumns,
  convergenceSpread,
  countVerdicts,
  distributions,
  groupByLink,
  publishedRows,
  runLine,
  spread,
  summaryLine,
  troubled,
  troubles,
  VERDICT_SIGNS,
} from "./view.ts";

type Align = "left" | "right";

function table(columns: readonly (readonly [string, Align])[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(([, align]) => (align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(row.map(markdownText))),
    "",
  ];
}

function cells(records: readonly LonghaulRecord[], all: readonly LonghaulRecord[]): string[] {
  const columns = cellColumns(all);
  return table(
    columns.map(({ title, align }) => [title.replace(/\s+/g, " "), align]),
    records.map((record) => columns.map((column) => column.text(record).replace(/\s+/g, " "))),
  );
}

function distributionRows(records: readonly LonghaulRecord[]): string[] {
  return table(
    [
      ["engine", "left"],
      ["scenario", "left"],
      ["policy", "left"],
      ["cells", "right"],
      ["convergence", "left"],
      ["median total [p5 .. p95]", "right"],
      ["downtime", "right"],
      ["brownout", "right"],
      ["passed", "right"],
    ],
    distributions(records).map(({ first, records: all }) => [
      first.cell.engine,
      first.cell.scenario,
      first.cell.policy,
      String(all.length),
      convergenceSpread(all),
      spread(all, "totalTime"),
      spread(all, "downtime"),
      spread(all, "brownout"),
      `${countVerdicts(all).pass}/${all.length}`,
    ]),
  );
}

function published(records: readonly LonghaulRecord[]): string[] {
  const rows = publishedRows(records);
  if (rows.length === 0) return [];
  return [
    "## Measured against published",
    "",
    ...table(
      [
        ["engine", "left"],
        ["link", "left"],
        ["scenario", "left"],
        ["metric", "left"],
        ["measured", "right"],
        ["published", "right"],
        ["ratio", "right"],
        ["basis", "left"],
        ["verdict", "left"],
        ["source, assumptions, deviation", "left"],
      ],
      rows.map(({ record: { cell }, figure, measured, published, ratio, verdict }) => [
        cell.engine,
        cell.link,
        cell.scenario,
        figure.metric,
        measured,
        published,
        ratio,
        figure.basis,
        verdict === null ? "shown only" : `${VERDICT_SIGNS[verdict]} ${verdict}`,
        [figure.source, figure.note, figure.knownDeviation ?? ""].filter((text) => text !== "").join("; "),
      ]),
    ),
  ];
}

function failure(record: LonghaulRecord): string[] {
  const id = markdownCode(record.cell.id);
  return [
    `### ${VERDICT_SIGNS[record.verdict]} ${record.verdict}: ${id}`,
    "",
    ...troubles(record).flatMap((finding) => [
      `- **${markdownText(finding.check)}**: ${markdownText(finding.requirement)}`,
      `  - expected: ${markdownText(finding.expected)}`,
      `  - actual: ${markdownText(finding.actual)}`,
    ]),
    `- reproduce: ${markdownCode(record.reproduce)}`,
    "",
  ];
}

function render(report: Report): string {
  const { records } = report;
  const many = distributions(records).some((group) => group.records.length > 1);
  const lines = ["# Longhaul report", "", markdownText(runLine(report)), "", `**${summaryLine(records)}**`, ""];
  for (const group of groupByLink(records)) {
    lines.push(`## ${markdownText(group.link)}`, "");
    if (group.heading !== "") lines.push(markdownText(group.heading), "");
    lines.push(...(many ? distributionRows(group.records) : cells(group.records, records)));
  }
  lines.push(...published(records));
  const trouble = troubled(records);
  if (trouble.length > 0) lines.push("## Not passed", "", ...trouble.flatMap(failure));
  return `${lines.join("\n").trimEnd()}\n`;
}

export const markdown: Reporter = { id: "markdown", title: "a page of Markdown tables", extension: "md", render };
