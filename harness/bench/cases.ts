/** What the issue of speed asks of the virtual world, one function each; every case runs in a process of its own. */
import { engines } from "../../engines/index.ts";
import type { Engine, Trace } from "../contract/index.ts";
import { runTogether, virtualWorld } from "../world/virtual/index.ts";
import { benchCell, GIB, hotSet, MIB } from "./cells.ts";

/** What a case did, so that a fast wrong answer shows. */
export interface CaseFacts {
  readonly description: string;
  readonly checked: string;
}

export interface BenchCase {
  readonly id: string;
  readonly title: string;
  readonly goalSeconds: number;
  readonly goalBytes: number;
  readonly repeats: number;
  run(): CaseFacts;
}

function engine(name: string): Engine {
  const found = engines.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`no engine ${name}`);
  return found;
}

function factsOf(trace: Trace): CaseFacts {
  const { memory, outcome, guest } = trace;
  const damaged = memory.missingPages + memory.stalePages + memory.corruptPages + memory.overwrittenPages;
  if (outcome.kind !== "completed" || memory.owner !== "destination" || damaged > 0) {
    throw new Error(`the case did not end well: ${outcome.kind} (${outcome.reason}), ${damaged} damaged pages`);
  }
  const syncs = trace.events.filter((event) => event.kind === "sync").length;
  return {
    description: `${syncs} syncs, ${guest.faults} faults, ${(trace.link.forwardBytes / GIB).toFixed(1)} GiB sent`,
    checked: `${memory.checkedPages} of ${memory.pages} pages checked, none damaged`,
  };
}

const largeGuest = (memoryBytes: number, integrity: "exact" | "sampled") => () =>
  factsOf(
    virtualWorld.run(
      benchCell({
        memoryBytes,
        link: "rate=100Gbps,rtt=0.1ms",
        components: [hotSet(memoryBytes / 16, 500_000)],
        integrity,
      }),
      engine("pre-copy"),
    ) as Trace,
  );

function fleet(count: number): CaseFacts {
  const members = Array.from({ length: count }, (_, index) => ({
    cell: benchCell({
      memoryBytes: 4 * GIB,
      link: "rate=100Gbps,rtt=0.1ms",
      components: [hotSet(256 * MIB, 2000)],
      seed: index + 1,
      giveUpNs: 7_200_000_000_000,
    }),
    engine: engine("pre-copy"),
  }));
  const { traces } = runTogether(members);
  const facts = traces.map(factsOf);
  return { description: `${count} migrations; the first: ${facts[0].description}`, checked: facts[0].checked };
}

/** Pushing is held back, so that the guest itself has to ask for a million pages over a long path. */
function millionFaults(): CaseFacts {
  const memoryBytes = 5 * GIB;
  const trace = virtualWorld.run(
    benchCell({
      memoryBytes,
      vcpus: 64,
      link: "rate=10Gbps,rtt=75ms",
      components: [hotSet(memoryBytes, 1_000_000, 1_000_000)],
      postCopyBytesPerSecond: 200_000,
      giveUpNs: 360_000_000_000_000,
    }),
    engine("post-copy"),
  ) as Trace;
  if (trace.guest.faults < 1_000_000) throw new Error(`only ${trace.guest.faults} faults`);
  return factsOf(trace);
}

const curve = [64, 128, 256, 512].map(
  (gib): BenchCase => ({
    id: `curve-${gib}`,
    title: `growth: ${gib} GiB guest, a sixteenth of it hot`,
    goalSeconds: 2,
    goalBytes: 2.5 * GIB,
    repeats: 3,
    run: largeGuest(gib * GIB, "exact"),
  }),
);

export const cases: readonly BenchCase[] = [
  {
    id: "tib-exact",
    title: "1 TiB guest, 64 GiB hot set, 100 Gb/s, every page checked",
    goalSeconds: 2,
    goalBytes: 2.5 * GIB,
    repeats: 3,
    run: largeGuest(1024 * GIB, "exact"),
  },
  {
    id: "tib-sampled",
    title: "the same, integrity sampled",
    goalSeconds: 0.5,
    goalBytes: 256 * MIB,
    repeats: 3,
    run: largeGuest(1024 * GIB, "sampled"),
  },
  {
    id: "fleet-1000",
    title: "1,000 migrations of 4 GiB guests over one link at once",
    goalSeconds: 4,
    goalBytes: GIB,
    repeats: 1,
    run: () => fleet(1000),
  },
  {
    id: "faults-million",
    title: "post-copy, one million demand faults at 75 ms",
    goalSeconds: 1,
    goalBytes: GIB,
    repeats: 3,
    run: millionFaults,
  },
  ...curve,
];
