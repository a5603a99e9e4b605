/**
 * `npm run bench [-- CASE… --json]`: measures, prints, and compares with the goals. Slow is not a failure (exit code 0);
 * a case whose own check of its result fails is (1), and so is a name that nobody knows (2).
 */
import { parseArgs } from "node:util";
import { UsageError, unknownName } from "../base/errors.ts";
import { type BenchRow, linkBench } from "../world/live/link/bench.ts";
import { type Measurement, type Subject, subjects } from "./measure.ts";
import { renderCurve, renderLink, renderTable } from "./table.ts";

const LINK = "link";

/** The subjects named, or all; and whether the live link is among them. */
function choose(names: readonly string[]): { chosen: readonly Subject[]; link: boolean } {
  const known = [...subjects.map(({ id }) => id), LINK];
  for (const name of names) if (!known.includes(name)) throw unknownName("bench case", name, known);
  if (names.length === 0) return { chosen: subjects, link: true };
  return { chosen: subjects.filter(({ id }) => names.includes(id)), link: names.includes(LINK) };
}

async function measureLink(): Promise<{ rows: BenchRow[]; failure: string | null }> {
  try {
    return { rows: await linkBench(), failure: null };
  } catch (error) {
    return { rows: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false } },
  });
  const { chosen, link } = choose(positionals);
  const measurements: Measurement[] = [];
  for (const subject of chosen) {
    process.stderr.write(`measuring ${subject.id} …\n`);
    measurements.push(await subject.measure());
  }
  if (link) process.stderr.write("measuring the live link …\n");
  const live = link ? await measureLink() : null;
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ version: 1, node: process.version, measurements, link: live })}\n`);
  } else {
    const sections = [measurements.length > 0 ? renderTable(measurements) : null, renderCurve(measurements)];
    if (live !== null) sections.push(live.failure === null ? renderLink(live.rows) : `live link: ${live.failure}`);
    process.stdout.write(`${sections.filter((section) => section !== null).join("\n\n")}\n`);
  }
  return measurements.some(({ failure }) => failure !== null) || (live !== null && live.failure !== null) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!usage) throw error;
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
