import { expect, test } from "vitest";
import type { PageBatch } from "../contract/index.ts";
import { corrupted, corruptedState } from "./capture.ts";
import type { GuestModel } from "./model.ts";
import { copyPages, dirtiedPages, modelOf, SECOND, uniform } from "./test-guest.ts";

const PAGES = 70_000;
/** Pages 1,000 to 1,999 are written many times over, in each of the intervals below. */
const HOT = { first: 1000, pages: 1000 };

const newModel = (integrity: "exact" | "sampled" = "exact"): GuestModel =>
  modelOf([uniform({ firstPage: HOT.first, pages: HOT.pages, writes: HOT.pages * 50 })], { pages: PAGES, integrity });

/** First pass while the guest runs, then a pause; what is dirty still has to be copied. */
function firstPass(model: GuestModel): void {
  model.advance(SECOND);
  copyPages(model, 0, PAGES);
  dirtiedPages(model);
  model.advance(2 * SECOND);
  model.source.pause();
}

function handOver(model: GuestModel): void {
  model.destination.loadDeviceState(model.source.captureDeviceState());
  model.destination.startNow();
  model.advance(3 * SECOND);
}

const readHot = (model: GuestModel): PageBatch =>
  model.source.memory.read({ first: HOT.first, count: HOT.pages, mask: null, pages: HOT.pages });

test("an undamaged pre-copy migration is clean", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  handOver(model);
  expect(model.audit()).toMatchInlineSnapshot(`
    {
      "checkedPages": 70000,
      "corruptPages": 0,
      "deviceState": "intact",
      "firstDamagedPage": null,
      "missingPages": 0,
      "mode": "exact",
      "overwrittenPages": 0,
      "owner": "destination",
      "pages": 70000,
      "stalePages": 0,
    }
  `);
});

test("an undamaged post-copy migration is clean, and misses what has not arrived yet", () => {
  const model = newModel();
  model.advance(SECOND);
  model.source.pause();
  handOver(model);
  expect(model.audit()).toMatchObject({ missingPages: PAGES, firstDamagedPage: 0 });
  copyPages(model, 0, PAGES);
  expect(model.audit()).toMatchObject({
    missingPages: 0,
    overwrittenPages: 0,
    deviceState: "intact",
    firstDamagedPage: null,
  });
});

test("a lost page is missing", () => {
  const model = newModel();
  model.advance(SECOND);
  model.source.pause();
  copyPages(model, 0, 50_000);
  copyPages(model, 50_001, PAGES - 50_001);
  handOver(model);
  expect(model.audit()).toMatchObject({ missingPages: 1, stalePages: 0, firstDamagedPage: 50_000 });
});

test("a dirtied page that was not sent again is stale", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, 500);
  handOver(model);
  expect(model.audit()).toMatchObject({ stalePages: 500, missingPages: 0, corruptPages: 0, firstDamagedPage: 1500 });
});

test("an older copy that arrives after a newer one is stale", () => {
  const model = newModel();
  model.advance(SECOND);
  const old = readHot(model);
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  model.destination.memory.install(old);
  handOver(model);
  expect(model.audit()).toMatchObject({ stalePages: HOT.pages, firstDamagedPage: HOT.first });
});

test("pages installed under other numbers are corrupt", () => {
  const model = newModel();
  firstPass(model);
  const batch = readHot(model);
  copyPages(model, HOT.first, HOT.pages);
  model.destination.memory.install({ ...batch, first: 20_000 });
  handOver(model);
  expect(model.audit()).toMatchObject({ corruptPages: HOT.pages, stalePages: 0, firstDamagedPage: 20_000 });
});

test("two pages swapped are two corrupt pages", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  const one = (first: number): PageBatch => model.source.memory.read({ first, count: 1, mask: null, pages: 1 });
  model.destination.memory.install({ ...one(7), first: 9 });
  model.destination.memory.install({ ...one(9), first: 7 });
  handOver(model);
  expect(model.audit()).toMatchObject({ corruptPages: 2, firstDamagedPage: 7 });
});

test("pages under another mask are corrupt", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  const batch = model.source.memory.read({ first: 64, count: 32, mask: new Uint32Array([0b101]), pages: 2 });
  model.destination.memory.install({ ...batch, mask: new Uint32Array([0b110]) });
  handOver(model);
  expect(model.audit()).toMatchObject({ corruptPages: 2, firstDamagedPage: 65 });
});

test("pages damaged on the way are corrupt until they are sent again", () => {
  const model = newModel();
  firstPass(model);
  model.destination.memory.install(corrupted(readHot(model)));
  copyPages(model, HOT.first, 900);
  handOver(model);
  expect(model.audit()).toMatchObject({ corruptPages: 100, stalePages: 0, firstDamagedPage: 1900 });
});

test("a page that arrives twice after the guest has started is overwritten", () => {
  const model = newModel();
  model.advance(SECOND);
  model.source.pause();
  handOver(model);
  copyPages(model, 0, PAGES);
  copyPages(model, 300, 5);
  expect(model.audit()).toMatchObject({ overwrittenPages: 5, missingPages: 0, stalePages: 0, firstDamagedPage: 300 });
});

test("a source that ran on after the handover leaves the destination stale", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  handOver(model);
  model.source.resume();
  model.advance(4 * SECOND);
  model.source.pause();
  // The device state was right when the destination started; what the source did afterwards is not the destination's loss.
  expect(model.audit()).toMatchObject({ owner: "destination", stalePages: HOT.pages, deviceState: "intact" });
});

test("a source that takes over again after the destination has run has lost what was written there", () => {
  const model = newModel();
  firstPass(model);
  copyPages(model, HOT.first, HOT.pages);
  handOver(model);
  model.kill("destination");
  model.source.resume();
  const audit = model.audit();
  expect(audit).toMatchObject({ owner: "source", stalePages: HOT.pages, deviceState: "stale" });
  expect(audit.firstDamagedPage).toBe(HOT.first);
});

test("a source that goes on after a failed migration is intact", () => {
  const model = newModel();
  firstPass(model);
  model.source.resume();
  model.advance(4 * SECOND);
  expect(model.audit()).toMatchObject({ owner: "source", stalePages: 0, missingPages: 0, deviceState: "intact" });
});

test("a guest whose two sides were killed is lost", () => {
  const model = newModel();
  firstPass(model);
  model.kill("source");
  expect(model.audit()).toMatchObject({ owner: "none", missingPages: PAGES, deviceState: "missing" });
});

test("device state: missing, damaged, or captured before the guest last ran", () => {
  const start = (load: (model: GuestModel) => void): string => {
    const model = newModel();
    firstPass(model);
    copyPages(model, HOT.first, HOT.pages);
    load(model);
    model.destination.startNow();
    return model.audit().deviceState;
  };
  expect(start(() => {})).toBe("missing");
  expect(start((model) => model.destination.loadDeviceState(corruptedState(model.source.captureDeviceState())))).toBe(
    "missing",
  );
  const early = (model: GuestModel): void => {
    model.destination.loadDeviceState(model.source.captureDeviceState());
    model.source.resume();
    model.advance(2 * SECOND + 1);
    model.source.pause();
  };
  expect(start(early)).toBe("stale");
});

test("sampled integrity finds lost pages everywhere, stale ones where it looks", () => {
  const model = newModel("sampled");
  firstPass(model);
  handOver(model);
  const { mode, checkedPages, missingPages } = model.audit();
  expect({ mode, missingPages }).toEqual({ mode: "sampled", missingPages: 0 });
  expect([32_768, PAGES - 65_536]).toContain(checkedPages);
});

test("sampled integrity finds a stale page in the chunks that it checks", () => {
  const model = modelOf([uniform({ pages: 1000, writes: 50_000 })], { pages: 1000, integrity: "sampled" });
  copyPages(model, 0, 1000);
  model.advance(SECOND);
  model.source.pause();
  handOver(model);
  expect(model.audit()).toMatchObject({ mode: "sampled", checkedPages: 1000, stalePages: 1000 });
});

test("a hybrid migration that discards stale pages and fetches them anew is clean", () => {
  const model = newModel();
  firstPass(model);
  const stale = model.source.memory.newPageSet();
  model.source.memory.syncDirtyLog(stale);
  for (let span = stale.takeSpan(0, Infinity); span !== null; span = stale.takeSpan(0, Infinity)) {
    model.destination.memory.discard(span);
  }
  expect(model.destination.memory.presentPages()).toBe(PAGES - HOT.pages);
  handOver(model);
  copyPages(model, HOT.first, HOT.pages);
  expect(model.audit()).toMatchObject({ missingPages: 0, stalePages: 0, overwrittenPages: 0 });
  expect(() => model.destination.memory.discard({ first: 0, count: 1, mask: null, pages: 1 })).toThrow("any more");
});
