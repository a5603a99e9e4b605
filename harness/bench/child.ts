/** Runs one case and prints what it cost, as JSON: `node child.js CASE`. A process of its own, so that memory is its own. */
import { Bench } from "tinybench";
import { cases } from "./cases.ts";

const found = cases.find(({ id }) => id === process.argv[2]);
if (found === undefined) throw new Error(`no case ${process.argv[2]}`);

let facts = { description: "", checked: "" };
// The first run pays for compiling the code, as a user's run does: it is counted.
const bench = new Bench({ time: 0, iterations: found.repeats, warmup: false, throws: true, retainSamples: true });
bench.add(
  found.id,
  () => {
    facts = found.run();
  },
  { async: false },
);
bench.runSync();
const { result } = bench.tasks[0];
if (!("latency" in result)) throw new Error(`the case did not run: ${result.state}`);
const seconds = result.latency.samples?.map((ms) => ms / 1000) ?? [result.latency.mean / 1000];
process.stdout.write(`${JSON.stringify({ seconds, maxRssBytes: process.resourceUsage().maxRSS * 1024, ...facts })}\n`);
