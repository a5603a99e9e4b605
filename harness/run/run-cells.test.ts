import { expect, test } from "vitest";
import type { Cell } from "../contract/index.ts";
import { judge } from "../judge/index.ts";
import { exampleCell, goodTrace } from "../judge/testing.ts";
import { createRunCell, type RunCell } from "./run-cell.ts";
import { runCells, shuffledOrder } from "./run-cells.ts";

const cellNumber = (number: number): Cell => {
  const cell = exampleCell();
  return { ...cell, identity: { ...cell.identity, id: `cell-${number}`, seed: number } };
};
const cells = Array.from({ length: 5 }, (_, index) => cellNumber(index));
const runCell: RunCell = async (cell) => ({ record: judge(cell, goodTrace()), trace: goodTrace() });
const here = { jobs: 1, runCell, workerUrl: new URL("file:///never-loaded"), keep: "none" } as const;

async function idsOf(results: AsyncIterable<{ record: { cell: { id: string } } }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { record } of results) ids.push(record.cell.id);
  return ids;
}
const planned = cells.map(({ identity }) => identity.id);

test("results come in plan order whatever the order of execution", async () => {
  const started: string[] = [];
  const order = shuffledOrder(cells.length, 7);
  const watched: RunCell = (cell) => {
    started.push(cell.identity.id);
    return runCell(cell);
  };
  expect(await idsOf(runCells(cells, { ...here, runCell: watched, order }))).toEqual(planned);
  expect(started).toEqual(order.map((index) => planned[index]));
  expect(started).not.toEqual(planned);
});

test("a shuffled order is a permutation and depends on the seed alone", () => {
  expect([...shuffledOrder(100, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(shuffledOrder(100, 3)).toEqual(shuffledOrder(100, 3));
  expect(shuffledOrder(100, 3)).not.toEqual(shuffledOrder(100, 4));
});

test("a cell that throws becomes an error, and the others go on", async () => {
  const world = {
    name: "virtual" as const,
    run(cell: Cell) {
      if (cell.identity.seed === 2) throw new TypeError("no such page");
      return goodTrace();
    },
  };
  const engine = {
    manifest: {
      version: 1 as const,
      name: "pre-copy",
      title: "",
      description: "",
      worlds: ["virtual" as const],
      capabilities: [],
    },
    source: () => {
      throw new Error("the world above runs no engine");
    },
    destination: () => {
      throw new Error("the world above runs no engine");
    },
  };
  const verdicts: string[] = [];
  const run = createRunCell({ engines: [engine], world });
  for await (const { record } of runCells(cells, { ...here, runCell: run })) {
    verdicts.push(`${record.verdict} ${record.outcome.reason}`);
  }
  const good = "pass the remaining pages fit the downtime limit";
  expect(verdicts).toEqual([good, good, expect.stringMatching(/^error TypeError: no such page/), good, good]);
});

test("an abort keeps what is finished and ends early", async () => {
  const controller = new AbortController();
  const stopping: RunCell = (cell) => {
    if (cell.identity.seed === 2) controller.abort();
    return runCell(cell);
  };
  const ids = await idsOf(runCells(cells, { ...here, runCell: stopping, signal: controller.signal }));
  expect(ids).toEqual(planned.slice(0, 3));
});

test("an abort in shuffled order keeps the plan's order", async () => {
  const controller = new AbortController();
  let started = 0;
  const stopping: RunCell = (cell) => {
    if (++started === 3) controller.abort();
    return runCell(cell);
  };
  const options = { ...here, runCell: stopping, signal: controller.signal, order: [4, 2, 3, 0, 1] };
  expect(await idsOf(runCells(cells, options))).toEqual(["cell-2", "cell-3", "cell-4"]);
});

test("traces are kept as asked", async () => {
  const failing: RunCell = async (cell) => {
    const trace = goodTrace();
    if (cell.identity.seed === 1) trace.memory.stalePages = 1;
    return { record: judge(cell, trace), trace };
  };
  const kept = async (keep: "all" | "failed" | "none") => {
    const ids: string[] = [];
    for await (const { record, trace } of runCells(cells, { ...here, runCell: failing, keep })) {
      if (trace !== null) ids.push(record.cell.id);
    }
    return ids;
  };
  expect(await kept("all")).toEqual(planned);
  expect(await kept("failed")).toEqual(["cell-1"]);
  expect(await kept("none")).toEqual([]);
});
