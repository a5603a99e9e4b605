import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../suites/index.ts";

/** The built command line: what is tested here is the process, so `npm run build` comes first. */
const main = fileURLToPath(new URL("../../dist/harness/cli/main.js", import.meta.url));

let directory: string;
beforeAll(() => {
  if (!existsSync(main)) throw new Error("dist/ is missing: npm run build");
  directory = mkdtempSync(join(tmpdir(), "longhaul-cli-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const start = (args: readonly string[], env: Record<string, string> = {}) =>
  execa("node", [main, ...args], { cwd: directory, reject: false, env });

/** Exit code and the one line on stderr. */
async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stderr, stdout } = await start(args);
  return `${exitCode}: ${stderr}${stdout === "" ? "" : ` AND ON STDOUT ${stdout}`}`.replaceAll(directory, "DIR");
}

/** A cell that finishes at once and passes. */
const quick = ["--suite", "smoke", "--engine", "stop-copy", "--link", "lan-10g"];
const cellsOf = (out: string) => readFileSync(join(directory, out, "latest", "cells.ndjson"), "utf8");
const runOf = (out: string) => JSON.parse(readFileSync(join(directory, out, "latest", "run.json"), "utf8"));

test("the version, by option and by command", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect((await start(["--version"])).stdout).toBe(version);
  expect((await start(["version"])).stdout).toBe(version);
});

test("every mistake is one line and exit code 2", async () => {
  const mistakes = [
    ["rnu"],
    ["run", "--engin", "pre-copy"],
    ["run", "--engine", "precopy"],
    ["run", "--suite", "defualt"],
    ["run", "--link", "rate=0bps"],
    ["run", "--scenario", "gone.json"],
    ["run", "--seed", "-1"],
    ["run", "--seed", "one"],
    ["run", "--jobs", "0"],
    ["run", "--shard", "3/2"],
    ["run", "--world", "live"],
    ["run", "--world", "virtul"],
    ["run", "--traces", "some"],
    ["run", "--format", "markdwon"],
    ["list", "engine"],
    ["list"],
    ["report", "yesterday"],
  ];
  const told = await Promise.all(mistakes.map((args) => refusal(...args)));
  expect(mistakes.map((args, index) => `${args.join(" ")} → ${told[index]}`).join("\n")).toMatchInlineSnapshot(`
    "rnu → 2: longhaul: unknown command 'rnu' (Did you mean run?); longhaul --help lists what there is
    run --engin pre-copy → 2: longhaul: unknown option '--engin' (Did you mean --engine?); longhaul --help lists what there is
    run --engine precopy → 2: longhaul: unknown engine "precopy"; did you mean "pre-copy"?
    run --suite defualt → 2: longhaul: unknown suite "defualt"; did you mean "default"?
    run --link rate=0bps → 2: longhaul: up.rate is 0 bit/s; a link needs a rate from 1bps to 1000Tbps
    run --scenario gone.json → 2: longhaul: cannot read gone.json: there is no such file or directory
    run --seed -1 → 2: longhaul: --seed is "-1"; expected a whole number of at least 0
    run --seed one → 2: longhaul: --seed is "one"; expected a whole number of at least 0
    run --jobs 0 → 2: longhaul: --jobs is "0"; expected a whole number of at least 1
    run --shard 3/2 → 2: longhaul: --shard is "3/2"; write i/n with i from 1 to n, for example 1/4
    run --world live → 2: longhaul: the live world is not part of this version; known: virtual
    run --world virtul → 2: longhaul: unknown value of --world "virtul"; did you mean "virtual"?
    run --traces some → 2: longhaul: unknown value of --traces "some"; did you mean "none"?
    run --format markdwon → 2: longhaul: unknown format "markdwon"; did you mean "markdown"?
    list engine → 2: longhaul: unknown list "engine"; did you mean "engines"?
    list → 2: longhaul: missing required argument 'what'; longhaul --help lists what there is
    report yesterday → 2: longhaul: no run "yesterday": neither yesterday nor longhaul-results/yesterday exists; longhaul run makes one"
  `);
  expect(existsSync(join(directory, "longhaul-results"))).toBe(false);
});

test("without a command the help is shown, and it is not green", async () => {
  const { exitCode, stderr, stdout } = await start([]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Usage: longhaul");
});

test("a passing run is green, says where its results are, and writes them", async () => {
  const { exitCode, stdout, stderr } = await start(["run", ...quick, "--out", "passing"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const id = readlinkSync(join(directory, "passing", "latest"));
  expect(stdout).toMatch(
    /✓ pass\n\n1 cell: 1 pass\n(.*\n)?took .* · results in passing\/20\d\d-\d\d-\d\dT\d\d-\d\d-\d\d$/,
  );
  expect(readdirSync(join(directory, "passing")).sort()).toEqual([id, "latest"]);
  expect(readdirSync(join(directory, "passing", id)).sort()).toEqual([
    "cells.ndjson",
    "report.md",
    "run.json",
    "traces",
  ]);
  expect(runOf("passing")).toMatchObject({ version: 1, state: "finished", plannedCells: 1, doneCells: 1, exitCode: 0 });
});

/** A guest that is lost: its destination is killed before it holds all pages. No engine can pass this. */
function scenarioWithKill(): string {
  const scenario = { ...catalogue.scenarios.get("hot-256m"), id: "killed" };
  const when = { phase: "post-copy", afterNs: 50_000_000 };
  const text = JSON.stringify({ ...scenario, faults: [{ version: 1, kind: "kill", side: "destination", when }] });
  writeFileSync(join(directory, "killed.json"), text);
  return "killed.json";
}

test("a failing run exits with 1 and tells the failure with a line that reproduces it", async () => {
  const args = ["run", "--suite", "smoke", "--engine", "post-copy,stop-copy", "--link", "lan-10g"];
  const { exitCode, stdout } = await start([...args, "--scenario", scenarioWithKill(), "--out", "failing"]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("✗ fail\n");
  expect(stdout).toMatch(
    / {4}memory-intact: .*MUST.*\n {6}expected {2}all 65536 pages .*\n {6}actual {4}no side runs the guest, /,
  );
  expect(stdout).toContain("\n2 cells: 1 pass, 1 fail\n");
  const record = JSON.parse(
    cellsOf("failing")
      .split("\n")
      .find((line) => line.includes('"verdict":"fail","outcome"')) ?? "",
  );
  const [npx, name, ...again] = record.reproduce.split(" ");
  expect([npx, name, stdout.includes(`reproduce: ${record.reproduce}\n`)]).toEqual(["npx", "longhaul", true]);
  await start([...again, "--out", "again"]);
  expect(JSON.parse(cellsOf("again"))).toEqual(record);
});

test("what should never happen is told in one line, with exit code 70; where, only when asked", async () => {
  // An installation without the worker's file: the pool cannot start, and that is nobody's mistake but ours.
  const broken = join(directory, "broken");
  cpSync(fileURLToPath(new URL("../../dist", import.meta.url)), join(broken, "dist"), { recursive: true });
  cpSync(fileURLToPath(new URL("../../package.json", import.meta.url)), join(broken, "package.json"));
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(broken, "node_modules"));
  rmSync(join(broken, "dist/harness/cli/worker.js"));
  const run = (env: Record<string, string>) =>
    execa("node", [join(broken, "dist/harness/cli/main.js"), "run", "--suite", "smoke", "--jobs", "2"], {
      cwd: broken,
      reject: false,
      env,
    });
  const { exitCode, stdout, stderr } = await run({});
  expect([exitCode, stdout]).toEqual([70, ""]);
  expect(stderr).toMatch(/^longhaul: a bug in Longhaul: a worker did not start: .*; please report it [^\n]*$/);
  expect((await run({ LONGHAUL_DEBUG: "1" })).stderr).toMatch(/\n {4}at /);
});

test("the published suite prints measured, published and their ratio", async () => {
  const args = ["run", "--suite", "published", "--engine", "hybrid", "--out", "published"];
  const { stdout } = await start(args);
  expect(stdout).toMatch(
    /measured against published\n +engine .* metric +measured +published +ratio +basis +verdict\n/,
  );
});

test("--json is one document on stdout and nothing else", async () => {
  const { stdout, stderr } = await start(["run", ...quick, "--json", "--out", "json"]);
  const document = JSON.parse(stdout);
  expect([document.version, document.cells, document.records.length, stderr]).toEqual([1, 1, 1, ""]);
});

test("--dry-run lists the cells and writes nothing", async () => {
  const { exitCode, stdout } = await start(["run", "--suite", "smoke", "--dry-run", "--out", "dry"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\n\n8 cells, nothing was run$/);
  expect(JSON.parse((await start(["run", "--suite", "smoke", "--dry-run", "--json"])).stdout).cells).toHaveLength(8);
  expect(existsSync(join(directory, "dry"))).toBe(false);
});

test("--seeds prints one row per group of cells", async () => {
  const { stdout } = await start(["run", ...quick, "--seeds", "3", "--out", "seeds"]);
  expect(stdout).toMatch(/median total \[p5 \.\. p95\]/);
  expect(stdout).toMatch(/stop-copy +hot-256m +3 .* 3\/3\n/);
});

test("colour is for terminals: a pipe gets none", async () => {
  const { stdout } = await start(["run", ...quick, "--out", "colour"], { FORCE_COLOR: "1" });
  expect(stdout).not.toContain("\u001b");
});

describe("the same seed gives the same bytes", () => {
  const smoke = ["run", "--suite", "smoke", "--traces", "none"];
  test("run twice, on one thread and on two, in plan order and shuffled", async () => {
    const ways = {
      once: ["--jobs", "1"],
      twice: ["--jobs", "1"],
      two: ["--jobs", "2"],
      shuffled: ["--jobs", "1", "--shuffle", "5"],
    };
    await Promise.all([
      start([...smoke, ...ways.once, "--out", "once"]),
      start([...smoke, ...ways.two, "--out", "two"]),
    ]);
    await Promise.all([
      start([...smoke, ...ways.twice, "--out", "twice"]),
      start([...smoke, ...ways.shuffled, "--out", "shuffled"]),
    ]);
    const bytes = cellsOf("once");
    expect(bytes.split("\n")).toHaveLength(9);
    expect(cellsOf("twice")).toBe(bytes);
    expect(cellsOf("two")).toBe(bytes);
    expect(cellsOf("shuffled")).toBe(bytes);
  });

  test("another seed gives others", async () => {
    await start(["run", ...quick, "--out", "seed1"]);
    await start(["run", ...quick, "--seed", "2", "--out", "seed2"]);
    expect(cellsOf("seed2")).not.toBe(cellsOf("seed1"));
  });
});

describe("Ctrl-C", () => {
  test.each(["1", "2"])("with %s threads: what is done is kept, marked, and not green", async (jobs) => {
    const out = `stopped-${jobs}`;
    const args = ["run", "--suite", "smoke", "--seeds", "300", "--jobs", jobs, "--traces", "none", "--out", out];
    const running = start(args);
    const parent = join(directory, out);
    const lines = () => {
      const id = existsSync(parent) ? readdirSync(parent)[0] : undefined;
      const file = join(parent, id ?? "", "cells.ndjson");
      return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
    };
    while (lines() < 3) await sleep(20);
    running.kill("SIGINT");
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    const info = runOf(out);
    expect(info).toMatchObject({ state: "interrupted", plannedCells: 2400, exitCode: 130 });
    const records = cellsOf(out)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.length).toBe(info.doneCells);
    expect(records.length).toBeLessThan(2400);
    expect(stdout.split("\n")[0]).toContain(`INTERRUPTED after ${info.doneCells} of 2400 cells`);
  });
});

describe("bad places", () => {
  test("output to a full disk", async () => {
    const { exitCode, stderr } = await execa("bash", ["-c", 'node "$0" list links > /dev/full', main], {
      reject: false,
    });
    expect([exitCode, stderr]).toEqual([2, "longhaul: cannot write the output: no space left on the disk"]);
  });

  test("a parent that is a file", async () => {
    writeFileSync(join(directory, "a-file"), "mine");
    expect(await refusal("run", ...quick, "--out", "a-file")).toMatchInlineSnapshot(
      `"2: longhaul: cannot create a-file: it exists already and is no directory; choose another place with --out"`,
    );
    expect(readFileSync(join(directory, "a-file"), "utf8")).toBe("mine");
  });

  test("a disk that fills up: whole records are kept, earlier results and latest stay as they were", async () => {
    await start(["run", ...quick, "--out", "full"]);
    const before = { latest: readlinkSync(join(directory, "full", "latest")), cells: cellsOf("full") };
    // A limit on the size of files stands for the end of the disk: writes are cut short and refused the same way.
    const script = `ulimit -f 12; exec node "$0" run --suite smoke --traces none --jobs 1 --out full`;
    const { exitCode, stderr, stdout } = await execa("bash", ["-c", script, main], { cwd: directory, reject: false });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^longhaul: cannot write full\/\S+\/cells\.ndjson: the file would be larger than is allowed here; the \d cells before it are kept$/,
    );
    const { latest } = before;
    expect(readlinkSync(join(directory, "full", "latest"))).toBe(latest);
    expect(cellsOf("full")).toBe(before.cells);
    const other = readdirSync(join(directory, "full")).find((name) => name !== "latest" && name !== latest) ?? "";
    const kept = readFileSync(join(directory, "full", other, "cells.ndjson"), "utf8");
    expect(kept.endsWith("\n")).toBe(true);
    for (const line of kept.trimEnd().split("\n")) expect(JSON.parse(line).version).toBe(1);
    expect(JSON.parse(readFileSync(join(directory, "full", other, "run.json"), "utf8")).state).toBe("failed");
  });

  test("a latest that is not a link is left alone, and said", async () => {
    mkdirSync(join(directory, "taken", "latest"), { recursive: true });
    const { exitCode, stderr } = await start(["run", ...quick, "--out", "taken"]);
    expect([exitCode, stderr]).toEqual([0, 'longhaul: "latest" in taken is not a link and was left alone']);
  });
});

describe("report", () => {
  test("shows a run again, as it was shown and in every format", async () => {
    const { stdout: shown } = await start(["run", ...quick, "--out", "shown"]);
    const { stdout: again } = await start(["report", "latest", "--out", "shown"]);
    expect(shown.startsWith(again.trimEnd())).toBe(true);
    expect((await start(["report", "shown/latest", "--format", "ndjson"])).stdout).toBe(cellsOf("shown").trimEnd());
    expect((await start(["report", "shown/latest/cells.ndjson", "--format", "markdown"])).stdout).toContain(
      "# Longhaul report",
    );
    expect(JSON.parse((await start(["report", "shown/latest", "--json"])).stdout).run.state).toBe("finished");
  });

  test("writes several formats as files", async () => {
    await start(["run", ...quick, "--out", "several"]);
    const { stdout } = await start(["report", "latest", "--out", "several", "--format", "json,markdown,terminal"]);
    expect(stdout.split("\n").map((file) => file.replace(/^.*\//, ""))).toEqual([
      "report.json",
      "report.md",
      "report.txt",
    ]);
  });

  test("a truncated file is refused with its line", async () => {
    await start(["run", ...quick, "--seeds", "2", "--out", "cut"]);
    writeFileSync(join(directory, "cut.ndjson"), cellsOf("cut").slice(0, -100));
    expect(await refusal("report", "cut.ndjson")).toMatchInlineSnapshot(
      `"2: longhaul: cut.ndjson:2: the file is truncated here, after 1 whole records; remove this line to read those"`,
    );
  });
});

describe("list", () => {
  test.each([
    "engines",
    "suites",
    "cases",
    "links",
    "guests",
    "workloads",
    "scenarios",
    "policies",
    "metrics",
    "formats",
  ])("%s: as a table and as JSON, the same names", async (what) => {
    const [table, json] = await Promise.all([start(["list", what]), start(["list", what, "--json"])]);
    const entries = JSON.parse(json.stdout)[what];
    expect(entries.length).toBeGreaterThan(0);
    const [, ...rows] = table.stdout.split("\n");
    expect(rows.map((row) => row.split(/,? +/)[0])).toEqual(entries.map(({ name }: { name: string }) => name));
  });

  test("figures that were not read in their source are marked", async () => {
    const { stdout } = await start(["list", "links", "--json"]);
    const unverified = JSON.parse(stdout).links.filter((link: { verified?: boolean }) => link.verified === false);
    expect(unverified.length).toBeGreaterThan(0);
    const table = (await start(["list", "links"])).stdout.split("\n");
    expect(table.filter((row) => row.includes("UNVERIFIED: "))).toHaveLength(unverified.length);
  });

  test("a reader that has seen enough is no error", async () => {
    const script = `node "$0" list links | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await execa("bash", ["-c", script, main], { cwd: directory });
    expect([stdout.split("\n")[1], stderr]).toEqual(["0", ""]);
  });
});

test("doctor looks and reports, and is green", async () => {
  const { exitCode, stdout } = await start(["doctor", "--json"]);
  const { findings } = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(findings.map(({ what }: { what: string }) => what)).toEqual([
    "node",
    "cores",
    "memory",
    "build",
    "virtual world",
    "live world",
    "qemu",
    "kvm",
  ]);
  expect((await start(["doctor"])).stdout).toContain("✓ virtual world");
});
