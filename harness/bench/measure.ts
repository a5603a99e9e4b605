/** Runs what is measured, each in a process of its own, and says what it cost. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExecaError, execa } from "execa";
import { type BenchCase, cases } from "./cases.ts";
import { GIB } from "./cells.ts";

/** One line of the table. */
export interface Measurement {
  readonly id: string;
  readonly title: string;
  /** Every sample; empty when the case failed. */
  readonly seconds: readonly number[];
  /** Null where nothing was promised. */
  readonly goalSeconds: number | null;
  /** Null where it was not measured. */
  readonly maxRssBytes: number | null;
  readonly goalBytes: number | null;
  readonly checked: string;
  /** Why the case's own check of its result failed. */
  readonly failure: string | null;
}

export interface Subject {
  readonly id: string;
  measure(): Promise<Measurement>;
}

const DEFAULT_RUN_REPEATS = 3;
const COLD_START_REPEATS = 5;
/** A case that takes longer has lost its way. */
const PATIENCE_MS = 900_000;

/** All that can be measured, in the order of the table. */
export const subjects: readonly Subject[] = [
  { id: "default-run", measure: measureDefaultRun },
  { id: "cold-start", measure: measureColdStart },
  { id: "cells", measure: measureCells },
  ...cases.map((subject) => ({ id: subject.id, measure: () => measureCase(subject) })),
];

const compiled = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function node(...args: string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, args, { timeout: PATIENCE_MS });
  return stdout;
}

/** The figures of a process that prints them, or why it has none. */
async function attempt(empty: Measurement, run: () => Promise<Partial<Measurement>>): Promise<Measurement> {
  try {
    return { ...empty, ...(await run()) };
  } catch (error) {
    const text = error instanceof ExecaError ? error.stderr || error.shortMessage : String(error);
    const lines = String(text).split("\n");
    return { ...empty, failure: (lines.find((line) => /error/i.test(line)) ?? lines[0]).trim() };
  }
}

function measureCase({ id, title, goalSeconds, goalBytes }: BenchCase): Promise<Measurement> {
  const empty = { id, title, seconds: [], goalSeconds, maxRssBytes: null, goalBytes, checked: "", failure: null };
  return attempt(empty, async () => JSON.parse(await node(compiled("./child.js"), id)) as Partial<Measurement>);
}

/** 10,000 small cells in a minute are promised; fewer are run, and the time is scaled up to that number. */
function measureCells(): Promise<Measurement> {
  const empty = {
    id: "cells",
    title: "10,000 cells of 256 MiB guests, two threads",
    seconds: [],
    goalSeconds: 60,
    maxRssBytes: null,
    goalBytes: GIB,
    checked: "",
    failure: null,
  };
  return attempt(empty, async () => JSON.parse(await node(compiled("./throughput.js"))) as Partial<Measurement>);
}

async function measureDefaultRun(): Promise<Measurement> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-bench-"));
  const empty = wholeProcess("default-run", "longhaul run: the default suite, start included", 10);
  try {
    return await attempt(empty, async () => {
      const main = compiled("../cli/main.js");
      const seconds = await repeat(DEFAULT_RUN_REPEATS, () => node(main, "run", "--out", directory));
      return { seconds, checked: "exit code 0: every cell passed" };
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function measureColdStart(): Promise<Measurement> {
  return attempt(wholeProcess("cold-start", "longhaul --version", null), async () => {
    const seconds = await repeat(COLD_START_REPEATS, () => node(compiled("../cli/main.js"), "--version"));
    return { seconds, checked: "exit code 0" };
  });
}

const wholeProcess = (id: string, title: string, goalSeconds: number | null): Measurement => ({
  id,
  title,
  seconds: [],
  goalSeconds,
  maxRssBytes: null,
  goalBytes: null,
  checked: "",
  failure: null,
});

async function repeat(times: number, run: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let sample = 0; sample < times; sample++) {
    const startMs = performance.now();
    await run();
    seconds.push((performance.now() - startMs) / 1000);
  }
  return seconds;
}
