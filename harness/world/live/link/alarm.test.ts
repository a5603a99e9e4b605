import { afterEach, expect, test } from "vitest";
import { Alarm } from "./alarm.ts";
import { hostNs } from "./clock.ts";
import { sleep, until } from "./testing.ts";

let alarm: Alarm | null = null;
afterEach(async () => {
  await alarm?.close();
  alarm = null;
});

test("rings at its time, never before it", async () => {
  const rungNs: number[] = [];
  alarm = new Alarm(() => rungNs.push(hostNs()));
  for (const exact of [true, false, true, false]) {
    rungNs.length = 0;
    const atNs = hostNs() + 3_300_000;
    alarm.set(atNs, exact);
    await until("it rings", () => rungNs.length > 0);
    expect(rungNs[0]).toBeGreaterThanOrEqual(atNs);
  }
});

test("of two times the earlier one rings, whichever was set first", async () => {
  const rungNs: number[] = [];
  alarm = new Alarm(() => rungNs.push(hostNs()));
  const nowNs = hostNs();
  alarm.set(nowNs + 60_000_000_000, true);
  alarm.set(nowNs + 5_000_000, true);
  alarm.set(nowNs + 30_000_000_000, true);
  await until("the earlier one rings", () => rungNs.length === 1);
});

test("times set one after another while the thread dozes all ring", async () => {
  let rings = 0;
  alarm = new Alarm(() => {
    rings += 1;
    if (rings < 500) alarm?.set(hostNs() + (rings % 7) * 40_000, rings % 3 === 0);
  });
  alarm.set(hostNs(), false);
  await until("all have rung", () => rings === 500);
});

test("a closed alarm is silent", async () => {
  let rings = 0;
  const closed = new Alarm(() => rings++);
  closed.set(hostNs() + 20_000_000, true);
  await closed.close();
  await sleep(60);
  expect(rings).toBe(0);
});
