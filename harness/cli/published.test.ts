import { expect, test } from "vitest";
import { preCopy } from "../../engines/pre-copy/index.ts";
import type { LonghaulRecord } from "../contract/index.ts";
import { judge } from "../judge/index.ts";
import { virtualWorld } from "../world/virtual/index.ts";
import { planCells, runSuite } from "./run-suite.ts";

/** Verdict of each compared figure of a record, in the order of the figures. */
const verdicts = ({ findings }: LonghaulRecord) =>
  findings
    .filter(({ check }) => check.startsWith("published-"))
    .map(({ check, verdict }) => `${check.slice(10)} ${verdict}`);

test("every published row ends as noted: none fails, and what deviates is named", { timeout: 240_000 }, async () => {
  const { records, exitCode } = await runSuite({ suite: "published", out: null, jobs: 1 });
  const deviating = records.flatMap((record) => {
    const known = verdicts(record).filter((text) => !text.endsWith(" pass"));
    return known.map((text) => `${record.cell.link} ${record.cell.scenario}: ${text}`);
  });
  expect(deviating).toMatchInlineSnapshot(`
    [
      "published-uadk-2ch published-uadk-none: downtime expected-fail",
      "published-uadk-2ch published-uadk-zstd: downtime expected-fail",
      "published-uadk-4ch published-uadk-zstd: downtime expected-fail",
      "published-uadk-8ch published-uadk-zstd: downtime expected-fail",
      "published-qpl-4ch published-qpl-none: downtime expected-fail",
      "published-qpl-8ch published-qpl-none: downtime expected-fail",
      "published-qpl-2ch published-qpl-zstd: downtime expected-fail",
      "published-qpl-4ch published-qpl-zstd: downtime expected-fail",
      "published-dsa published-dsa-half: totalTime expected-fail",
      "published-dsa published-dsa-half: goodput expected-fail",
      "published-java-2013 published-java-2013: downtime expected-fail",
      "published-opnfv published-opnfv-idle-after: downtime expected-fail",
    ]
  `);
  expect(records.length).toBe(38);
  expect(exitCode).toBe(0);
});

test("a link that is a third slower than the one published turns rows into failures", { timeout: 60_000 }, () => {
  const cells = planCells({ suite: "published" }).filter(
    ({ identity }) => identity.link === "published-window-1.25mb-10ms",
  );
  expect(cells.length).toBe(1);
  const [cell] = cells;
  const slower = { ...cell, link: { ...cell.link, forward: { ...cell.link.forward, rateBitsPerSecond: 700_000_000 } } };
  const seen = [cell, slower].map((one) => {
    const trace = virtualWorld.run(one, preCopy);
    if ("then" in trace) throw new Error("the virtual world answers at once");
    return verdicts(judge(one, trace));
  });
  expect(seen).toEqual([["goodput pass"], ["goodput fail"]]);
});
