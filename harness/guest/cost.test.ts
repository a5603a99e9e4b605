/** What the models hold must grow with what the guest touches, never with its size alone or with simulated time. */
import { expect, test } from "vitest";
import type { GuestModel } from "./model.ts";
import { guestOf, modelOf, SECOND, uniform } from "./test-guest.ts";

const GIB_PAGES = 262_144;
const MIB = 2 ** 20;

/** A first pass over all of memory and some rounds; the link takes `roundNs` for each. */
function migrate(model: GuestModel, rounds: number, roundNs: number): number {
  const { memory } = model.source;
  const toSend = memory.newPageSet() as ReturnType<typeof memory.newPageSet> & { heldBytes(): number };
  toSend.addAll();
  let most = 0;
  for (let round = 0; round <= rounds; round++) {
    for (let span = toSend.takeSpan(0, Infinity); span !== null; span = toSend.takeSpan(0, Infinity)) {
      model.destination.memory.install(memory.read(span));
    }
    model.advance(model.nowNs + roundNs);
    if (round === rounds - 1) model.source.pause();
    memory.syncDirtyLog(toSend);
    most = Math.max(most, model.heldBytes() + toSend.heldBytes());
  }
  model.destination.loadDeviceState(model.source.captureDeviceState());
  model.destination.startNow();
  return most;
}

test("1 TiB with a hot set of 64 GiB, exact: below 64 MiB of typed arrays, and intact", () => {
  const guest = guestOf(1024 * GIB_PAGES);
  const model = modelOf([uniform({ pages: 64 * GIB_PAGES, writes: 1e7 })], { guest });
  expect(migrate(model, 3, SECOND)).toBeLessThan(64 * MIB);
  expect(model.audit()).toMatchObject({ checkedPages: guest.memoryBytes / 4096, missingPages: 0, stalePages: 0 });
});

test("4 GiB with a hot set of 256 MiB: below 150 KiB", () => {
  const model = modelOf([uniform({ pages: GIB_PAGES / 4, writes: 1e6 })], { guest: guestOf(4 * GIB_PAGES) });
  expect(migrate(model, 10, SECOND / 10)).toBeLessThan(150 * 1024);
});

test("memory does not grow with simulated time", () => {
  const pages = GIB_PAGES;
  const model = modelOf([uniform({ pages, writes: 10 * pages })], { guest: guestOf(pages) });
  const set = model.source.memory.newPageSet();
  const held: number[] = [];
  for (let second = 1; second <= 64; second++) {
    model.advance(second * SECOND);
    set.clear();
    model.source.memory.syncDirtyLog(set);
    held.push(model.heldBytes());
  }
  // One more bit per page whenever the number of syncs doubles.
  expect(held[63] - held[31]).toBe(pages / 8);
});
