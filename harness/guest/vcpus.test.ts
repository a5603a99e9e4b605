import { expect, test } from "vitest";
import { Random } from "../base/random.ts";
import type { Workload, WorkloadComponent } from "../contract/index.ts";
import type { GuestModel } from "./model.ts";
import { copyPages, guestOf, modelOf, SECOND, sequential, uniform, workloadOf, zipf } from "./test-guest.ts";
import { zipfBands } from "./zipf.ts";

interface PostCopy {
  readonly workload: Workload | readonly WorkloadComponent[];
  readonly pages: number;
  readonly vcpus: number;
  readonly seed?: number;
  /** From the fault to the page. */
  readonly fetchNs: number;
  /** Pages that were there already when the guest started. */
  readonly present?: number;
  /** Advance in steps of this length besides; the result must not depend on it. */
  readonly stepNs?: number;
  readonly untilNs?: number;
}

interface Result {
  readonly model: GuestModel;
  /** Each fault: page and time. */
  readonly faults: readonly (readonly [page: number, atNs: number])[];
  readonly lastArrivalNs: number;
}

/** A guest that started on the destination at time 0 fetches each page that it faults on; nothing is pushed. */
function runPostCopy(options: PostCopy): Result {
  const { pages, vcpus, seed = 1, fetchNs, present = 0, stepNs = Infinity, untilNs = Infinity } = options;
  const model = modelOf(options.workload, { guest: guestOf(pages, { vcpus }), seed });
  const faults: [number, number][] = [];
  model.source.pause();
  if (present > 0) copyPages(model, 0, present);
  model.destination.loadDeviceState(model.source.captureDeviceState());
  model.destination.onFault((page) => faults.push([page, model.nowNs]));
  model.destination.startNow();
  let served = 0;
  let lastArrivalNs = 0;
  for (let steps = 1; ; ) {
    const faultNs = model.nextEventNs();
    const arrivalNs = served < faults.length ? faults[served][1] + fetchNs : Infinity;
    const dueNs = Math.min(faultNs, arrivalNs);
    if (dueNs === Infinity || dueNs > untilNs) break;
    if (stepNs * steps < dueNs) {
      model.advance(stepNs * steps++);
      continue;
    }
    model.advance(dueNs);
    if (arrivalNs > dueNs) continue;
    const page = faults[served++][0];
    if (!model.destination.memory.isPresent(page)) copyPages(model, page, 1);
    lastArrivalNs = dueNs;
  }
  return { model, faults, lastArrivalNs };
}

/** The same, one access after the other, with nothing clever. Rates are per second, of all vCPUs together. */
function bruteForce(rates: readonly number[], vcpus: number, fetchNs: number, seed: number) {
  const random = new Random(seed, "brute-force");
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const missing = new Set(rates.keys());
  const fetching = new Map<number, number>();
  const freeAtNs = new Float64Array(vcpus);
  const nextNs = Float64Array.from(freeAtNs, () => (random.nextExponential() * vcpus * 1e9) / total);
  let faults = 0;
  let doneNs = 0;
  let stalledNs = 0;
  while (missing.size > 0) {
    let vcpu = 0;
    for (let other = 1; other < vcpus; other++) if (nextNs[other] < nextNs[vcpu]) vcpu = other;
    const nowNs = nextNs[vcpu];
    for (const [page, arrivalNs] of fetching) {
      if (arrivalNs > nowNs) continue;
      fetching.delete(page);
      missing.delete(page);
      doneNs = arrivalNs;
    }
    if (missing.size === 0) break;
    let choice = random.nextFloat() * total;
    let page = 0;
    while (page < rates.length - 1 && choice >= rates[page]) choice -= rates[page++];
    let goesOnNs = nowNs;
    if (missing.has(page)) {
      faults++;
      if (!fetching.has(page)) fetching.set(page, nowNs + fetchNs);
      goesOnNs = fetching.get(page)!;
      stalledNs += goesOnNs - nowNs;
    }
    nextNs[vcpu] = goesOnNs + (random.nextExponential() * vcpus * 1e9) / total;
  }
  return { faults, doneNs, stalledNs: stalledNs / vcpus };
}

function meanAndError(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) / values.length };
}

function expectSameMean(left: readonly number[], right: readonly number[]): void {
  const a = meanAndError(left);
  const b = meanAndError(right);
  expect(Math.abs(a.mean - b.mean)).toBeLessThan(4 * Math.sqrt(a.variance + b.variance) + 1e-9);
}

const zipfRates = (pages: number, rate: number): number[] =>
  zipfBands(pages, 1).flatMap((band) => new Array(band.pages).fill(rate * band.sharePerPage));

test.each([
  {
    name: "uniform, one vCPU",
    vcpus: 1,
    components: [uniform({ pages: 40, writes: 300, reads: 700 })],
    rates: new Array(40).fill(25),
  },
  {
    name: "uniform, four vCPUs",
    vcpus: 4,
    components: [uniform({ pages: 40, reads: 1000 })],
    rates: new Array(40).fill(25),
  },
  {
    name: "zipf, three vCPUs",
    vcpus: 3,
    components: [zipf({ pages: 40, writes: 2000 }, 1)],
    rates: zipfRates(40, 2000),
  },
])("faults, stalls and the end agree with a simulation access by access: $name", ({ vcpus, components, rates }) => {
  const runs = 400;
  const fetchNs = 20e6;
  const faults: number[][] = [[], []];
  const ends: number[][] = [[], []];
  const stalls: number[][] = [[], []];
  for (let seed = 1; seed <= runs; seed++) {
    const { model, lastArrivalNs } = runPostCopy({ workload: components, pages: 40, vcpus, seed, fetchNs });
    const accounting = model.accounting();
    const brute = bruteForce(rates, vcpus, fetchNs, seed);
    faults[0].push(accounting.faults);
    faults[1].push(brute.faults);
    ends[0].push(lastArrivalNs);
    ends[1].push(brute.doneNs);
    stalls[0].push(accounting.stalledNs);
    stalls[1].push(brute.stalledNs);
  }
  expectSameMean(faults[0], faults[1]);
  expectSameMean(ends[0], ends[1]);
  expectSameMean(stalls[0], stalls[1]);
});

test("coupon collector: one vCPU touches all n pages after n·H(n) accesses", () => {
  const pages = 200;
  let harmonic = 0;
  for (let rank = 1; rank <= pages; rank++) harmonic += 1 / rank;
  const accesses: number[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const { model, faults } = runPostCopy({
      workload: [uniform({ pages, reads: 1000 })],
      pages,
      vcpus: 1,
      seed,
      fetchNs: 1,
    });
    expect(new Set(faults.map(([page]) => page)).size).toBe(pages);
    expect(faults.length).toBe(pages);
    accesses.push(model.accounting().workDone);
  }
  const { mean, variance } = meanAndError(accesses);
  expect(Math.abs(mean - pages * harmonic)).toBeLessThan(4 * Math.sqrt(variance));
});

test("the first page to fault is any of them (chi-square), by weight", () => {
  const pages = 31;
  const runs = 3000;
  const weights = zipfRates(pages, 1);
  const counts = new Float64Array(pages);
  for (let seed = 1; seed <= runs; seed++) {
    const model = modelOf([zipf({ pages, reads: 5000 }, 1)], { guest: guestOf(pages, { vcpus: 1 }), seed });
    model.source.pause();
    model.destination.onFault((page) => counts[page]++);
    model.destination.startNow();
    model.advance(SECOND);
  }
  let chi = 0;
  counts.forEach((count, page) => {
    chi += (count - runs * weights[page]) ** 2 / (runs * weights[page]);
  });
  expect(Math.abs(chi - (pages - 1))).toBeLessThan(4 * Math.sqrt(2 * (pages - 1)));
});

test("a vCPU that waits does nothing: with all of them blocked no work is done and no fault comes", () => {
  const { model, faults } = runPostCopy({
    workload: [uniform({ pages: 5000, reads: 1e6 })],
    pages: 5000,
    vcpus: 3,
    fetchNs: SECOND,
    untilNs: 0.9 * SECOND,
  });
  expect(faults.length).toBe(3);
  expect(model.nextEventNs()).toBe(Infinity);
  const before = model.accounting().workDone;
  model.advance(50 * SECOND);
  expect(model.accounting().workDone).toBe(before);
  expect(faults.length).toBe(3);
  copyPages(model, faults[1][0], 1);
  expect(model.nextEventNs()).toBeLessThan(51 * SECOND);
  expect(model.accounting().faultLatencyNs.max).toBe(50 * SECOND - faults[1][1]);
});

test("one arriving page wakes all that wait for it", () => {
  const { model, faults } = runPostCopy({
    workload: [uniform({ pages: 1, reads: 1e6 })],
    pages: 1,
    vcpus: 8,
    fetchNs: SECOND,
    untilNs: 0.9 * SECOND,
  });
  expect(faults.map(([page]) => page)).toEqual(new Array(8).fill(0));
  model.advance(SECOND);
  copyPages(model, 0, 1);
  model.advance(2 * SECOND);
  const { faultLatencyNs, stalledNs, workDone, workWanted } = model.accounting();
  expect(faultLatencyNs.max).toBe(SECOND - faults[0][1]);
  expect(stalledNs).toBeCloseTo(
    faults.reduce((sum, [, atNs]) => sum + (SECOND - atNs) / 8, 0),
    -1,
  );
  expect(workDone).toBeCloseTo(((2 * SECOND - stalledNs) * 1e6) / SECOND, 0);
  expect(workWanted).toBe(2e6);
});

test("a batch wakes those whose pages are in it, and only those", () => {
  const { model, faults } = runPostCopy({
    workload: [uniform({ pages: 40_000, reads: 1e6 })],
    pages: 40_000,
    vcpus: 16,
    fetchNs: SECOND,
    untilNs: 0.5 * SECOND,
  });
  model.advance(SECOND);
  copyPages(model, 10_000, 25_000);
  const woken = faults.filter(([page]) => page >= 10_000 && page < 35_000);
  expect(woken.length).toBeGreaterThan(2);
  expect(model.accounting().faultLatencyNs.max).toBe(SECOND - woken[0][1]);
  // Those that woke block again, on pages that are still missing.
  model.advance(2 * SECOND);
  expect(faults.length).toBe(16 + woken.length);
  for (const [page] of faults.slice(16)) expect(page < 10_000 || page >= 35_000).toBe(true);
});

test("a sweep faults on each missing page at its exact time; the others sweep on, at their share of the speed", () => {
  const { faults } = runPostCopy({
    workload: [sequential({ pages: 100, reads: 100 })],
    pages: 100,
    vcpus: 2,
    fetchNs: 30e6,
    present: 10,
    untilNs: 0.2 * SECOND,
  });
  // Ten pages are there; page 10 is reached when the eleventh access is due. Then one of two vCPUs sweeps on at half speed.
  expect(faults).toEqual([
    [10, 110e6],
    [11, 130e6],
    [12, 160e6],
    [13, 180e6],
  ]);
});

test("a sweep comes round again to what is still missing", () => {
  const model = modelOf([sequential({ pages: 4, reads: 1000 })], { guest: guestOf(4, { vcpus: 8 }) });
  const faults: number[] = [];
  model.source.pause();
  copyPages(model, 0, 2);
  model.destination.onFault((page) => faults.push(page));
  model.destination.startNow();
  model.advance(20e6);
  expect(faults).toEqual([2, 3, 2, 3, 2, 3, 2, 3].slice(0, faults.length));
  expect(faults.length).toBeGreaterThanOrEqual(5);
});

test("a page trace faults at its times, and waits for a vCPU when all are blocked", () => {
  const events = [
    { atNs: 100, firstPage: 5, pages: 3, access: "read" as const },
    { atNs: 200, firstPage: 0, pages: 1, access: "write" as const },
  ];
  const { faults } = runPostCopy({
    workload: [{ kind: "page-trace", name: "t", events }],
    pages: 10,
    vcpus: 2,
    fetchNs: 1000,
  });
  // Both vCPUs block at 100; the third page of the event waits until one of them wakes, and blocks it again. The other
  // goes on alone, so that the 100 ns of work to the next event take 200 ns.
  expect(faults).toEqual([
    [5, 100],
    [6, 100],
    [7, 1100],
    [0, 1300],
  ]);
});

test("the result does not depend on how often the clock is advanced", () => {
  const burst = {
    durationNs: 3e6,
    components: [uniform({ pages: 3000, reads: 5e4 }), sequential({ firstPage: 2000, pages: 3000, writes: 2e4 })],
  };
  const rest = { durationNs: 7e6, components: [zipf({ pages: 5000, reads: 3e4 }, 0.7)] };
  const workload = workloadOf([], { phases: [burst, rest], repeat: true });
  const run = (stepNs: number): string => {
    const { model, faults } = runPostCopy({ workload, pages: 5000, vcpus: 4, fetchNs: 2e6, stepNs, untilNs: SECOND });
    model.advance(SECOND);
    return JSON.stringify([faults, model.accounting(), model.audit()]);
  };
  expect(run(1_234_567)).toBe(run(Infinity));
  expect(run(50_001)).toBe(run(Infinity));
});

test("the same seed gives the same faults, another seed others", () => {
  const run = (seed: number) =>
    runPostCopy({ workload: [uniform({ pages: 500, reads: 1e4 })], pages: 500, vcpus: 4, fetchNs: 1e6, seed }).faults;
  expect(run(7)).toEqual(run(7));
  expect(run(8)).not.toEqual(run(7));
});

test("a guest that is frozen or killed on the destination does not fault", () => {
  const { model, faults } = runPostCopy({
    workload: [uniform({ pages: 500, reads: 1e4 })],
    pages: 500,
    vcpus: 4,
    fetchNs: 1e6,
    untilNs: 10e6,
  });
  model.freeze("destination");
  expect(model.nextEventNs()).toBe(Infinity);
  const count = faults.length;
  model.advance(SECOND);
  expect(faults.length).toBe(count);
  model.thaw("destination");
  for (const [page] of faults) if (!model.destination.memory.isPresent(page)) copyPages(model, page, 1);
  expect(model.nextEventNs()).toBeLessThan(2 * SECOND);
  model.kill("destination");
  expect(model.nextEventNs()).toBe(Infinity);
});

test("without anything missing there is nothing to wait for", () => {
  const { model, faults } = runPostCopy({
    workload: [uniform({ pages: 500, reads: 1e4 })],
    pages: 500,
    vcpus: 4,
    fetchNs: 1e6,
    present: 500,
  });
  expect(model.nextEventNs()).toBe(Infinity);
  model.advance(SECOND);
  expect(faults).toEqual([]);
  expect(model.accounting()).toMatchObject({ faults: 0, stalledNs: 0, workDone: 1e4, workWanted: 1e4 });
});
