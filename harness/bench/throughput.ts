/** How many small cells two threads run in a minute: the engines and links of the default suite, with a small guest. */
import { engines } from "../../engines/index.ts";
import { catalogue } from "../../suites/index.ts";
import { plan } from "../plan/index.ts";
import { createRunCell, runCells } from "../run/index.ts";
import { virtualWorld } from "../world/virtual/index.ts";

const SEEDS = 20;
const THREADS = 2;
const CELLS_PROMISED = 10_000;

const manifests = engines.map(({ manifest }) => manifest);
const readFile = (path: string): never => {
  throw new Error(`the bench reads no files, but ${path} was asked for`);
};
const cells = plan({ readFile, scenarios: ["hot-256m"], seeds: SEEDS }, catalogue, manifests);
const verdicts = new Map<string, number>();
const startMs = performance.now();
const results = runCells(cells, {
  jobs: THREADS,
  runCell: createRunCell({ engines, world: virtualWorld }),
  workerUrl: new URL("../cli/worker.js", import.meta.url),
  keep: "none",
});
for await (const { record } of results) verdicts.set(record.verdict, (verdicts.get(record.verdict) ?? 0) + 1);
const seconds = (performance.now() - startMs) / 1000;
const passed = verdicts.get("pass") ?? 0;
if (passed !== cells.length) throw new Error(`${passed} of ${cells.length} cells passed`);
process.stdout.write(
  `${JSON.stringify({
    seconds: [(seconds / cells.length) * CELLS_PROMISED],
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
    checked: `${cells.length} cells run, all pass; ${Math.round((cells.length / seconds) * 60)} per minute`,
  })}\n`,
);
