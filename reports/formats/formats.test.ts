import { expect, test } from "vitest";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { ndjson } from "./ndjson.ts";
import { terminal } from "./terminal.ts";
import { everyVerdict, finding, metric, record, run } from "./testing.ts";

test("terminal: one of every verdict", () => {
  expect(terminal.render({ records: everyVerdict, run })).toMatchInlineSnapshot(`
    "longhaul 0.1.0 · suite default · seed 1

    lan-1g  1 Gb/s · 100 µs round trip · BDP 12.5 kB
      engine     scenario  convergence   total  downtime  brownout  rounds  on link  goodput  of ceiling  verdict
      stop-copy  idle-1g   converged    9.48 s     60 ms      0 ms       3  1.10 GB     930 Mb/s  99.0 %  ✓ pass
      pre-copy   idle-1g   converged    9.48 s     60 ms      0 ms       3  1.10 GB     930 Mb/s  99.0 %  ✗ fail
      post-copy  idle-1g   not-run           -         -         -       -        -                    -  ‼ error
      hybrid     idle-1g   not-run           -         -         -       -        -                    -  ∅ unsupported

    transatlantic-1g  1 Gb/s · 84 ms round trip · BDP 10.5 MB · loss=0.01%
      engine     scenario  convergence   total  downtime  brownout  rounds  on link  goodput  of ceiling  verdict
      pre-copy   idle-1g   gave-up      9.48 s     60 ms      0 ms       3  1.10 GB     930 Mb/s  99.0 %  ? inconclusive
      post-copy  idle-1g   converged    9.48 s     60 ms      0 ms       3  1.10 GB     930 Mb/s  99.0 %  ≈ expected-fail

    ✗ fail  pre-copy~lan-1g~idle-1g~qemu~s1
        memory-intact: Every page MUST arrive.
          expected  65536 pages intact
          actual    1 page stale
        reproduce: npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1

    ‼ error  post-copy~lan-1g~idle-1g~qemu~s1
        harness: The cell runs.
          expected  a trace
          actual    TypeError: no such page
        reproduce: npx longhaul run --engine post-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1

    ∅ unsupported  hybrid~lan-1g~idle-1g~qemu~s1
        harness: The cell runs.
          expected  a trace
          actual    delta
        reproduce: npx longhaul run --engine hybrid --link lan-1g --scenario idle-1g --policy qemu --seed 1

    ? inconclusive  pre-copy~lan-1g~idle-1g~qemu~s1
        memory-intact: Every page MUST arrive.
          expected  65536 pages intact
          actual    1 page stale
        reproduce: npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1

    6 cells: 1 pass, 1 fail, 1 error, 1 unsupported, 1 expected-fail, 1 inconclusive
    1 with figures that were not read in their source (UNVERIFIED in longhaul list)
    "
  `);
});

test("markdown: one of every verdict", () => {
  expect(markdown.render({ records: everyVerdict, run })).toMatchInlineSnapshot(`
    "# Longhaul report

    longhaul 0.1.0 · suite default · seed 1

    **6 cells: 1 pass, 1 fail, 1 error, 1 unsupported, 1 expected-fail, 1 inconclusive**

    ## lan-1g

    1 Gb/s · 100 µs round trip · BDP 12.5 kB

    | engine | scenario | convergence | total | downtime | brownout | rounds | on link | goodput of ceiling | verdict |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
    | stop-copy | idle-1g | converged | 9.48 s | 60 ms | 0 ms | 3 | 1.10 GB | 930 Mb/s 99.0 % | ✓ pass |
    | pre-copy | idle-1g | converged | 9.48 s | 60 ms | 0 ms | 3 | 1.10 GB | 930 Mb/s 99.0 % | ✗ fail |
    | post-copy | idle-1g | not-run | - | - | - | - | - | - | ‼ error |
    | hybrid | idle-1g | not-run | - | - | - | - | - | - | ∅ unsupported |

    ## transatlantic-1g

    1 Gb/s · 84 ms round trip · BDP 10.5 MB · loss=0.01%

    | engine | scenario | convergence | total | downtime | brownout | rounds | on link | goodput of ceiling | verdict |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
    | pre-copy | idle-1g | gave-up | 9.48 s | 60 ms | 0 ms | 3 | 1.10 GB | 930 Mb/s 99.0 % | ? inconclusive |
    | post-copy | idle-1g | converged | 9.48 s | 60 ms | 0 ms | 3 | 1.10 GB | 930 Mb/s 99.0 % | ≈ expected-fail |

    ## Not passed

    ### ✗ fail: \`pre-copy~lan-1g~idle-1g~qemu~s1\`

    - **memory-intact**: Every page MUST arrive.
      - expected: 65536 pages intact
      - actual: 1 page stale
    - reproduce: \`npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1\`

    ### ‼ error: \`post-copy~lan-1g~idle-1g~qemu~s1\`

    - **harness**: The cell runs.
      - expected: a trace
      - actual: TypeError: no such page
    - reproduce: \`npx longhaul run --engine post-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1\`

    ### ∅ unsupported: \`hybrid~lan-1g~idle-1g~qemu~s1\`

    - **harness**: The cell runs.
      - expected: a trace
      - actual: delta
    - reproduce: \`npx longhaul run --engine hybrid --link lan-1g --scenario idle-1g --policy qemu --seed 1\`

    ### ? inconclusive: \`pre-copy~lan-1g~idle-1g~qemu~s1\`

    - **memory-intact**: Every page MUST arrive.
      - expected: 65536 pages intact
      - actual: 1 page stale
    - reproduce: \`npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1\`
    "
  `);
});

test("terminal: colour changes no width", () => {
  const plainText = terminal.render({ records: everyVerdict, run });
  const colourful = terminal.render({ records: everyVerdict, run }, { colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  expect(colourful.replace(/\u001b\[\d+m/g, "")).toBe(plainText);
  expect(colourful).toContain("\u001b[32m✓ pass\u001b[0m");
  expect(colourful).toContain("\u001b[31m✗ fail\u001b[0m");
});

test("terminal: a narrow one gets fewer columns, and is told which", () => {
  const [first, second] = everyVerdict;
  const text = terminal.render({ records: [first, second], run: null }, { columns: 90 });
  expect(text).toMatchInlineSnapshot(`
    "suite default · seed 1

    lan-1g  1 Gb/s · 100 µs round trip · BDP 12.5 kB
      engine     scenario  convergence   total  downtime  brownout  rounds  on link  verdict
      stop-copy  idle-1g   converged    9.48 s     60 ms      0 ms       3  1.10 GB  ✓ pass
      pre-copy   idle-1g   converged    9.48 s     60 ms      0 ms       3  1.10 GB  ✗ fail

    no room for goodput of ceiling: a wider terminal or report.md shows them

    ✗ fail  pre-copy~lan-1g~idle-1g~qemu~s1
        memory-intact: Every page MUST arrive.
          expected  65536 pages intact
          actual    1 page stale
        reproduce: npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 1

    2 cells: 1 pass, 1 fail
    "
  `);
  const before = text.slice(0, text.indexOf("no room"));
  expect(before.split("\n").filter((line) => line.length > 90)).toEqual([]);
});

test("several seeds are one row with median and spread", () => {
  const records = [1, 2, 3].map((seed) =>
    record(
      seed === 3 ? "fail" : "pass",
      { seed },
      { metrics: { totalTime: metric("ns", seed * 1e9), downtime: metric("ns", 5e6) } },
    ),
  );
  expect(terminal.render({ records, run: null })).toMatchInlineSnapshot(`
    "suite default · seeds 1 to 3

    lan-1g  1 Gb/s · 100 µs round trip · BDP 12.5 kB
      engine    scenario  cells  convergence  median total [p5 .. p95]  downtime  brownout  passed
      pre-copy  idle-1g       3  converged    2 s [1.10 .. 2.90]        5 ms      -            2/3

    ✗ fail  pre-copy~lan-1g~idle-1g~qemu~s3
        memory-intact: Every page MUST arrive.
          expected  65536 pages intact
          actual    1 page stale
        reproduce: npx longhaul run --engine pre-copy --link lan-1g --scenario idle-1g --policy qemu --seed 3

    3 cells: 2 pass, 1 fail
    "
  `);
  expect(markdown.render({ records, run: null }).split("\n").slice(6, 12).join("\n")).toMatchInlineSnapshot(`
    "## lan-1g

    1 Gb/s · 100 µs round trip · BDP 12.5 kB

    | engine | scenario | policy | cells | convergence | median total [p5 .. p95] | downtime | brownout | passed |
    | --- | --- | --- | ---: | --- | ---: | ---: | ---: | ---: |"
  `);
});

const published = record(
  "expected-fail",
  { suite: "published" },
  {
    findings: [
      finding("pass"),
      finding("pass", { check: "published-totalTime" }),
      finding("fail", { check: "published-convergence" }),
      finding("expected-fail", { check: "published-downtime" }),
    ],
    published: [
      {
        metric: "totalTime",
        value: 9e9,
        basis: "conditions-given",
        source: "a list",
        note: "limit assumed",
        knownDeviation: null,
      },
      {
        metric: "convergence",
        value: 0,
        verdict: "gave-up",
        basis: "verdict-only",
        source: "a list",
        note: "never",
        knownDeviation: null,
      },
      { metric: "rounds", value: 4, basis: "verdict-only", source: "a list", note: "", knownDeviation: null },
      { metric: "downtime", value: 30e6, basis: "described", source: "a list", note: "", knownDeviation: "two hops" },
    ],
  },
);

test("published figures stand beside the measured ones, with their ratio", () => {
  expect(terminal.render({ records: [published], run: null })).toMatchInlineSnapshot(`
    "suite published · seed 1

    measured against published
      engine    link    scenario  policy  convergence  metric        measured  published  ratio  basis             verdict
      pre-copy  lan-1g  idle-1g   qemu    converged    totalTime       9.48 s        9 s   1.05  conditions-given  ✓ pass
      pre-copy  lan-1g  idle-1g   qemu    converged    convergence  converged    gave-up      -  verdict-only      ✗ fail
      pre-copy  lan-1g  idle-1g   qemu    converged    rounds               3          4   0.75  verdict-only      shown only
      pre-copy  lan-1g  idle-1g   qemu    converged    downtime         60 ms      30 ms   2.00  described         ≈ expected-fail
      ≈ lan-1g idle-1g downtime: two hops

    1 cell: 1 expected-fail
    "
  `);
  expect(markdown.render({ records: [published], run: null })).toContain("## Measured against published");
});

test("json: one document that parses back to the records", () => {
  const document = JSON.parse(json.render({ records: everyVerdict, run }));
  expect(document.records).toEqual(everyVerdict);
  expect({ ...document, records: null, run: null }).toMatchInlineSnapshot(`
    {
      "cells": 6,
      "records": null,
      "run": null,
      "verdicts": {
        "error": 1,
        "expected-fail": 1,
        "fail": 1,
        "inconclusive": 1,
        "pass": 1,
        "unsupported": 1,
      },
      "version": 1,
    }
  `);
});

test("ndjson: one line per record, as in the file of the run", () => {
  const lines = ndjson.render({ records: everyVerdict, run }).split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => JSON.parse(line))).toEqual(everyVerdict);
});

test("an interrupted run says so", () => {
  const report = { records: everyVerdict.slice(0, 1), run: { ...run, state: "interrupted" as const, doneCells: 1 } };
  expect(terminal.render(report).split("\n")[0]).toMatchInlineSnapshot(
    `"longhaul 0.1.0 · suite default · seed 1 · INTERRUPTED after 1 of 6 cells"`,
  );
  expect(markdown.render(report)).toContain("INTERRUPTED after 1 of 6 cells");
});

const hostile = record(
  "fail",
  {
    engine: "a|b`c",
    scenario: "\u001b[2J\u001b]0;title\u0007x\ny",
    link: "<script>alert(1)</script>",
    linkSpec: "nonsense",
  },
  {
    findings: [finding("fail", { actual: "line one\nline | two \u202e[x](y) `code` \u0000" })],
    reproduce: "npx longhaul run --link 'a`b|c'",
  },
);

test("terminal: hostile names bring no escape sequences, no lines, no reversed text", () => {
  const text = terminal.render({ records: [hostile], run: null });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  expect(text).toMatchInlineSnapshot(`
    "suite default · seed 1

    <script>alert(1)</script>  nonsense
      engine  scenario  convergence   total  downtime  brownout  rounds  on link  goodput  of ceiling  verdict
      a|b\`c   x y       converged    9.48 s     60 ms      0 ms       3  1.10 GB     930 Mb/s  99.0 %  ✗ fail

    ✗ fail  a|b\`c~lan-1g~idle-1g~qemu~s1
        memory-intact: Every page MUST arrive.
          expected  65536 pages intact
          actual    line one line | two  [x](y) \`code\`  
        reproduce: npx longhaul run --link 'a\`b|c'

    1 cell: 1 fail
    "
  `);
});

test("markdown: hostile names stay in their cell", () => {
  expect(markdown.render({ records: [hostile], run: null })).toMatchInlineSnapshot(`
    "# Longhaul report

    suite default · seed 1

    **1 cell: 1 fail**

    ## &lt;script\\>alert(1)&lt;/script\\>

    nonsense

    | engine | scenario | convergence | total | downtime | brownout | rounds | on link | goodput of ceiling | verdict |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
    | a\\|b\\\`c | x y | converged | 9.48 s | 60 ms | 0 ms | 3 | 1.10 GB | 930 Mb/s 99.0 % | ✗ fail |

    ## Not passed

    ### ✗ fail: \`\`a|b\`c~lan-1g~idle-1g~qemu~s1\`\`

    - **memory-intact**: Every page MUST arrive.
      - expected: 65536 pages intact
      - actual: line one line \\| two  \\[x\\](y) \\\`code\\\`  
    - reproduce: \`\`npx longhaul run --link 'a\`b|c'\`\`
    "
  `);
});

test("no records are never presented as a success", () => {
  expect(terminal.render({ records: [], run: null })).toMatchInlineSnapshot(`
    "suite - · seed -

    0 cells: nothing ran
    "
  `);
});
