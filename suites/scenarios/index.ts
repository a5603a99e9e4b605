import type { Scenario } from "../../harness/contract/schemas/scenario.ts";
import type { Source } from "../collection.ts";
import { buildScenario, type Parts, type ScenarioRecipe } from "./parts.ts";

const recipes: readonly ScenarioRecipe[] = [
  { id: "hot-256m", title: "256 MiB with a hot tenth; small, for tests", guest: "vm-256m", workload: "hot-cold" },
  { id: "idle-256m", title: "256 MiB, idle; small, for tests", guest: "vm-256m", workload: "idle" },
  { id: "idle-1g", title: "1 GiB, idle", guest: "vm-1g", workload: "idle" },
  { id: "sequential-1g", title: "1 GiB, a sweep through half of memory", guest: "vm-1g", workload: "sequential" },
  { id: "idle-4g", title: "4 GiB, idle", guest: "vm-4g", workload: "idle" },
  { id: "web-4g", title: "4 GiB, a web server under moderate load", guest: "vm-4g", workload: "web" },
  { id: "database-4g", title: "4 GiB, a database", guest: "vm-4g", workload: "database" },
  {
    id: "busy-4g",
    title: "4 GiB, dirties memory faster than most WAN links carry it",
    guest: "vm-4g",
    workload: "busy",
  },
  { id: "uniform-4g", title: "4 GiB, writes spread over a quarter of memory", guest: "vm-4g", workload: "uniform" },
  { id: "hot-cold-4g", title: "4 GiB, a hot tenth and a cold half", guest: "vm-4g", workload: "hot-cold" },
  { id: "zipf-4g", title: "4 GiB, Zipf over half of memory", guest: "vm-4g", workload: "zipf" },
  { id: "bursts-4g", title: "4 GiB, a second of load in five", guest: "vm-4g", workload: "bursts" },
  { id: "phases-4g", title: "4 GiB, load, a backup, quiet, in turns of 20 s", guest: "vm-4g", workload: "phases" },
  { id: "read-mostly-4g", title: "4 GiB, reads far more than it writes", guest: "vm-4g", workload: "read-mostly" },
  {
    id: "pre-paging-4g",
    title: "4 GiB, reads far more than it writes; 32 pages sent along around a fault",
    guest: "vm-4g",
    workload: "read-mostly",
    prePagingPages: 32,
  },
  {
    id: "zstd-4g",
    title: "4 GiB, a database, pages compressed with zstd",
    guest: "vm-4g",
    workload: "database",
    transfer: { compression: "zstd" },
  },
  {
    id: "delta-4g",
    title: "4 GiB, a database, delta encoding against a cache of 64 MiB (QEMU's default for XBZRLE)",
    guest: "vm-4g",
    workload: "database",
    transfer: { deltaCacheBytes: 64 * 1024 * 1024 },
  },
  { id: "web-16g", title: "16 GiB, a web server under moderate load", guest: "vm-16g", workload: "web" },
  { id: "huge-pages-2m", title: "16 GiB in pages of 2 MiB, idle", guest: "huge-2m-16g", workload: "idle" },
];

export const scenarioSources = (parts: Parts): Source<Scenario>[] =>
  recipes.map((recipe) => ({ name: recipe.id, build: () => buildScenario(recipe, parts) }));
