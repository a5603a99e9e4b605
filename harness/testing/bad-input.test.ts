/** Bad input to the real process: one line that says what to do, the right exit code, and earlier results stay. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalogue } from "../../suites/index.ts";
import { longhaul, main } from "./built.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-bad-input-"));
  const policy = catalogue.policies.get("default");
  const unbounded = {
    ...policy,
    id: "unbounded",
    switchover: { downtimeLimitNs: null, remainingPages: null, downtimeSteps: null },
    rounds: { max: null, maxMemoryFactor: null, onLimit: "give-up" },
    time: { totalLimitNs: null, perGiBLimitNs: null, progressLimitNs: null, onLimit: "give-up" },
    postCopy: null,
  };
  const files = {
    "unbounded.json": JSON.stringify(unbounded),
    "misspelt.json": JSON.stringify({ ...policy, throtle: { kind: "none" } }),
    "cut.json": JSON.stringify(policy).slice(0, 30),
    "bad.trace": "1\n2\nx3\n",
    "empty.trace": "",
    "a-file": "mine",
    "no-records.ndjson": "",
    "other.ndjson": "root:x:0:0\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** "2: longhaul: …", from a process that has printed nothing else. */
async function told(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await longhaul(args, { cwd: directory });
  return `${exitCode}: ${stderr}${stdout === "" ? "" : ` AND ON STDOUT ${stdout}`}`;
}

/** In twos, as there may be no more cores. */
async function tellAll(mistakes: readonly (readonly string[])[]): Promise<string> {
  const lines: string[] = [];
  for (let next = 0; next < mistakes.length; next += 2) {
    const pair = mistakes.slice(next, next + 2);
    const answers = await Promise.all(pair.map(told));
    lines.push(...pair.map((args, index) => `${args.join(" ")} → ${answers[index]}`));
  }
  return lines.join("\n");
}

test("unknown names of every kind, with the nearest", async () => {
  const mistakes = [
    ["run", "--suite", "publishd"],
    ["run", "--engine", "post-coppy"],
    ["run", "--link", "transatlantic-1"],
    ["run", "--link", "rate=1Gbps,rt=5ms"],
    ["run", "--link", "rate=1Gbps,cc=cubik"],
    ["run", "--scenario", "idle1g"],
    ["run", "--policy", "qemuu"],
    ["run", "--policy", "misspelt.json"],
    ["report", "latest", "--format", "jsn"],
    ["list", "links", "--jsn"],
  ];
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "run --suite publishd → 2: longhaul: unknown suite "publishd"; did you mean "published"?
    run --engine post-coppy → 2: longhaul: unknown engine "post-coppy"; did you mean "post-copy"?
    run --link transatlantic-1 → 2: longhaul: unknown link "transatlantic-1"; did you mean "transatlantic-1g"?
    run --link rate=1Gbps,rt=5ms → 2: longhaul: unknown link key "rt"; did you mean "rtt"?
    run --link rate=1Gbps,cc=cubik → 2: longhaul: link key "cc": unknown congestion control "cubik"; did you mean "cubic"?
    run --scenario idle1g → 2: longhaul: unknown scenario "idle1g"; did you mean "idle-1g"?
    run --policy qemuu → 2: longhaul: unknown policy "qemuu"; did you mean "qemu"?
    run --policy misspelt.json → 2: longhaul: misspelt.json: not a valid policy: unknown property "throtle"; did you mean "throttle"?
    report latest --format jsn → 2: longhaul: unknown format "jsn"; did you mean "json"?
    list links --jsn → 2: longhaul: unknown option '--jsn' (Did you mean --json?); longhaul --help lists what there is"
  `);
});

test("impossible links", async () => {
  const link = (text: string) => ["run", "--link", text, "--suite", "smoke"];
  const mistakes = [
    "rate=0bps",
    "rate=1Gbps,delay=-5ms",
    "rate=1Gbps,rtt=5",
    "rate=1Gbps,loss=100%",
    "rate=1Gbps,loss=-1%",
    "rate=1Gbps,window=0",
    "",
    "trace=bad.trace",
    "trace=empty.trace",
    "trace=gone.trace",
  ].map(link);
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "run --link rate=0bps --suite smoke → 2: longhaul: up.rate is 0 bit/s; a link needs a rate from 1bps to 1000Tbps
    run --link rate=1Gbps,delay=-5ms --suite smoke → 2: longhaul: link key "delay": "-5ms" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)
    run --link rate=1Gbps,rtt=5 --suite smoke → 2: longhaul: link key "rtt": "5" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)
    run --link rate=1Gbps,loss=100% --suite smoke → 2: longhaul: up.loss is 1; a link that loses everything is an outage, use less than 1
    run --link rate=1Gbps,loss=-1% --suite smoke → 2: longhaul: link key "loss": "-1%" is not a share; write for example 0.01% or 0.0001 (0 to 1)
    run --link rate=1Gbps,window=0 --suite smoke → 2: longhaul: window is 0; it must be a whole number from 1500 to 9000000000000000
    run --link  --suite smoke → 2: longhaul: --link is empty; name something, or leave the option out
    run --link trace=bad.trace --suite smoke → 2: longhaul: link key "trace": bad.trace:3: "x3" is not a millisecond; write one whole number per line
    run --link trace=empty.trace --suite smoke → 2: longhaul: link key "trace": empty.trace: no delivery opportunity; the link would never send
    run --link trace=gone.trace --suite smoke → 2: longhaul: link key "trace": cannot read gone.trace: there is no such file or directory"
  `);
});

test("documents that are cut short or without a bound", async () => {
  const mistakes = ["unbounded.json", "cut.json", "gone.json", "a-file.json"].map((file) => ["run", "--policy", file]);
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "run --policy unbounded.json → 2: longhaul: unbounded.json: not a valid policy: nothing can ever end the iteration: set switchover.downtimeLimitNs or switchover.remainingPages, rounds.max or rounds.maxMemoryFactor, or a limit under time
    run --policy cut.json → 2: longhaul: cut.json:1:29: not JSON: expected a string that is closed, found "\\""
    run --policy gone.json → 2: longhaul: cannot read gone.json: there is no such file or directory
    run --policy a-file.json → 2: longhaul: cannot read a-file.json: there is no such file or directory"
  `);
});

test("requests for nothing, for too much, and for two things at once", async () => {
  const mistakes = [
    ["run", "--suite", "smoke", "--shard", "1/900"],
    ["run", "--engine", ""],
    ["run", "--seeds", "1000000000"],
    ["run", "--seeds", "1e3"],
    ["run", "--seed", "99999999999999999999"],
    ["run", "--repeat", "0"],
    ["run", "--jobs", "0"],
    ["run", "--jobs"],
    ["run", "extra"],
    ["run", "--world", "live"],
    ["report", "latest", "--json", "--format", "markdown"],
  ];
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "run --suite smoke --shard 1/900 → 2: longhaul: shard 1/900 of 8 cells is empty; use fewer shards
    run --engine  → 2: longhaul: --engine is empty; name something, or leave the option out
    run --seeds 1000000000 → 2: longhaul: --seeds 1000000000 times --repeat 1 is more than 1000000 cells; ask for fewer
    run --seeds 1e3 → 2: longhaul: --seeds is "1e3"; expected a whole number of at least 1
    run --seed 99999999999999999999 → 2: longhaul: --seed is "99999999999999999999"; expected a whole number of at least 0
    run --repeat 0 → 2: longhaul: --repeat is "0"; expected a whole number of at least 1
    run --jobs 0 → 2: longhaul: --jobs is "0"; expected a whole number of at least 1
    run --jobs → 2: longhaul: option '--jobs <number>' argument missing; longhaul --help lists what there is
    run extra → 2: longhaul: too many arguments for 'run'. Expected 0 arguments but got 1.; longhaul --help lists what there is
    run --world live → 2: longhaul: the live world is not part of this version; known: virtual
    report latest --json --format markdown → 2: longhaul: --json and --format are given both; --format json,… names several formats"
  `);
});

test("places that cannot be written; none of them makes it wait", async () => {
  const mistakes = ["a-file", "a-file/below", "/proc/longhaul", "/dev/null"].map((out) => [
    "run",
    "--suite",
    "smoke",
    "--out",
    out,
  ]);
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "run --suite smoke --out a-file → 2: longhaul: cannot create a-file: it exists already and is no directory; choose another place with --out
    run --suite smoke --out a-file/below → 2: longhaul: cannot create a-file/below: a part of the path is not a directory; choose another place with --out
    run --suite smoke --out /proc/longhaul → 2: longhaul: cannot create /proc/longhaul: there is no such file or directory; choose another place with --out
    run --suite smoke --out /dev/null → 2: longhaul: cannot create /dev/null: it exists already and is no directory; choose another place with --out"
  `);
  expect(readFileSync(join(directory, "a-file"), "utf8")).toBe("mine");
});

test("results that are none", async () => {
  const mistakes = ["no-records.ndjson", "other.ndjson", ".", "gone"].map((run) => ["report", run]);
  expect(await tellAll(mistakes)).toMatchInlineSnapshot(`
    "report no-records.ndjson → 2: longhaul: no-records.ndjson holds no records
    report other.ndjson → 2: longhaul: other.ndjson:1: not JSON: "root:x:0:0"
    report . → 2: longhaul: cannot read cells.ndjson: there is no such file or directory
    report gone → 2: longhaul: no run "gone": neither gone nor longhaul-results/gone exists; longhaul run makes one"
  `);
});

test("nothing of all this has left a result", () => {
  expect(existsSync(join(directory, "longhaul-results"))).toBe(false);
});

test("a full disk under the output ends the process with its exit code, not with a stack", async () => {
  const commands = [
    ["list", "links", "--json"],
    ["run", "--suite", "smoke", "--engine", "stop-copy", "--json", "--out", "full"],
  ];
  for (const args of commands) {
    const script = 'node "$0" "$@" > /dev/full';
    const { exitCode, stderr } = await execa("bash", ["-c", script, main, ...args], { cwd: directory, reject: false });
    expect([exitCode, stderr]).toEqual([2, "longhaul: cannot write the output: no space left on the disk"]);
  }
  // The run itself was finished, and is there.
  expect(readdirSync(join(directory, "full", "latest"))).toContain("cells.ndjson");
});

test("what no engine of the request supports is inconclusive: exit code 3, and said", async () => {
  const args = ["run", "--suite", "smoke", "--engine", "stop-copy", "--scenario", "delta-4g", "--out", "unsupported"];
  const { exitCode, stdout } = await longhaul(args, { cwd: directory });
  expect(exitCode).toBe(3);
  expect(stdout).toContain("2 cells: 2 unsupported\n");
});
