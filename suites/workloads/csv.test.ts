import { describe, expect, it } from "vitest";
import { UsageError } from "../../harness/base/errors.ts";
import { oneMinusExpMinus } from "../../harness/base/math.ts";
import { validateDocument } from "../../harness/contract/validate.ts";
import { workloadFromCsv } from "./csv.ts";

const options = { file: "traces/load.csv", memoryBytes: 1024 * 4096 };

function refusal(text: string): string {
  try {
    workloadFromCsv(text, options);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("a dirty-rate CSV", () => {
  const text = "# recorded\ntime_s,pages_per_second\n0,100\n0.5, 200\r\n1.0,0\n\n";

  it("becomes one phase per sample, repeated after its end", () => {
    const workload = workloadFromCsv(text, options);
    expect(workload.phases.map((phase) => phase.durationNs)).toEqual([5e8, 5e8, 5e8]);
    expect([workload.repeat, workload.title]).toEqual([true, "recorded in load.csv"]);
  });
  it("is a valid workload", () => {
    expect(validateDocument("workload", workloadFromCsv(text, options))).toBeDefined();
  });
  it("dirties as many different pages per interval as were recorded", () => {
    const rates = workloadFromCsv(text, options).phases.map(({ components: [component] }) => {
      const writes = component.kind === "uniform" ? component.writesPerSecond * 0.5 : Number.NaN;
      return (1024 * oneMinusExpMinus(writes / 1024)) / 0.5;
    });
    for (const [index, recorded] of [100, 200, 0].entries()) expect(rates[index]).toBeCloseTo(recorded, 9);
  });
  it("takes a recorder's jitter as it is", () => {
    const { phases } = workloadFromCsv("time_s,pages_per_second\n0,1\n1,1\n2.4,1\n3,1\n", options);
    expect(phases.map((phase) => phase.durationNs)).toEqual([1e9, 1.4e9, 6e8, 1e9]);
  });
  it("may have a single sample, which holds for a second", () => {
    const { phases } = workloadFromCsv("time_s,pages_per_second\n0,5", options);
    expect(phases.map((phase) => phase.durationNs)).toEqual([1e9]);
  });
});

describe("a page-trace CSV", () => {
  const text = "time_s,first_page,pages,access\n0,0,10,write\n0.001,1000,24,read\n0.001,5,1,write\n";

  it("becomes events that play once", () => {
    const workload = workloadFromCsv(text, options);
    expect(workload.phases).toMatchInlineSnapshot(`
      [
        {
          "components": [
            {
              "events": [
                {
                  "access": "write",
                  "atNs": 0,
                  "firstPage": 0,
                  "pages": 10,
                },
                {
                  "access": "read",
                  "atNs": 1000000,
                  "firstPage": 1000,
                  "pages": 24,
                },
                {
                  "access": "write",
                  "atNs": 1000000,
                  "firstPage": 5,
                  "pages": 1,
                },
              ],
              "kind": "page-trace",
              "name": "load.csv",
            },
          ],
          "durationNs": null,
        },
      ]
    `);
    expect(workload.repeat).toBe(false);
  });
  it("is a valid workload", () => {
    expect(validateDocument("workload", workloadFromCsv(text, options))).toBeDefined();
  });
});

describe("a CSV that is refused", () => {
  it("says file, line and column", () => {
    const rate = "time_s,pages_per_second\n";
    const trace = "time_s,first_page,pages,access\n";
    const wrong = [
      "",
      "# nothing\n",
      "time,pages\n0,1\n",
      "time_s,pages_per_sec\n0,1\n",
      rate,
      `${rate}0,1\n1\n`,
      `${rate}0,1\n1,\n`,
      `${rate}0,1\n,2\n`,
      `${rate}0,1\n1,many\n`,
      `${rate}0,-1\n`,
      `${rate}0,NaN\n`,
      `${rate}0,1e999\n`,
      `${rate}1,1\n`,
      `${rate}0,1\n1,1\n1,1\n`,
      `${rate}0,1\n1,1\n# lost\n3,1\n`,
      `${rate}0,1024\n`,
      `${rate}0,1\n1e9,1\n`,
      `${trace}0,0,0,write\n`,
      `${trace}0,1.5,1,write\n`,
      `${trace}0,1020,5,write\n`,
      `${trace}0,1,1,wirte\n`,
      `${trace}2,1,1,read\n1,1,1,read\n`,
      rate + "0,1\n".repeat(100_001),
    ];
    expect(wrong.map(refusal).join("\n")).toMatchInlineSnapshot(`
      "traces/load.csv: empty; the first line must be "time_s,pages_per_second" or "time_s,first_page,pages,access"
      traces/load.csv: empty; the first line must be "time_s,pages_per_second" or "time_s,first_page,pages,access"
      unknown CSV header "time,pages" at traces/load.csv:1:1; known: time_s,pages_per_second, time_s,first_page,pages,access
      unknown CSV header "time_s,pages_per_sec" at traces/load.csv:1:1; did you mean "time_s,pages_per_second"?
      traces/load.csv: no rows after the header
      traces/load.csv:3:1: 1 fields, must be 2 (time_s,pages_per_second)
      traces/load.csv:3:3: pages_per_second is missing; a hole in a recording cannot be guessed
      traces/load.csv:3:1: time_s is missing; a hole in a recording cannot be guessed
      traces/load.csv:3:3: pages_per_second is "many", must be a number of at least 0
      traces/load.csv:2:3: pages_per_second is "-1", must be a number of at least 0
      traces/load.csv:2:3: pages_per_second is "NaN", must be a number of at least 0
      traces/load.csv:2:3: 1e999 pages per second dirty Infinity pages in 1 s, must be fewer than the guest's 1024
      traces/load.csv:2:1: the first time_s is 1, must be 0
      traces/load.csv:4:1: time_s is 1, must be greater than the one above
      traces/load.csv:5:1: a hole of 2 s before time_s 3, samples are 1 s apart; fill it or cut the recording
      traces/load.csv:2:3: 1024 pages per second dirty 1024 pages in 1 s, must be fewer than the guest's 1024
      traces/load.csv:3:1: time_s is 1e9, must be at most 9000000
      traces/load.csv:2:5: pages is 0, must be an integer of at least 1
      traces/load.csv:2:3: first_page is 1.5, must be an integer of at least 0
      traces/load.csv:2:3: pages 1020 to 1024 are outside the guest's 1024 pages
      unknown access "wirte" at traces/load.csv:2:7; did you mean "write"?
      traces/load.csv:3:1: time_s is 1, must not be less than the one above
      traces/load.csv: 100001 rows; at most 100000 are read"
    `);
  });
});
