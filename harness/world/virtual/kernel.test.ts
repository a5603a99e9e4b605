import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Actor, Kernel } from "./kernel.ts";

describe("Kernel", () => {
  test("events happen in the order of their times, ties in the order of asking", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const kernel = new Kernel();
        const seen: [number, number][] = [];
        times.forEach((time, index) => void kernel.at(time, () => seen.push([kernel.nowNs, index])));
        expect(kernel.run(() => false)).toBe(false);
        const expected = times.map((time, index): [number, number] => [time, index]);
        expect(seen).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  test("a cancelled event does not happen, and the past means now", () => {
    const kernel = new Kernel();
    const seen: string[] = [];
    kernel.at(5, () => seen.push("cancelled")).cancel();
    kernel.at(10, () => kernel.at(3, () => seen.push(`late at ${kernel.nowNs}`)));
    kernel.run(() => false);
    expect(seen).toEqual(["late at 10"]);
  });

  test("an actor that moves its next event is only woken at the newest time", () => {
    const kernel = new Kernel();
    const woken: number[] = [];
    let next = 100;
    const actor: Actor = {
      nextEventNs: () => next,
      advance: (nowNs) => {
        woken.push(nowNs);
        next = Infinity;
      },
    };
    const event = kernel.register(actor);
    kernel.at(10, () => {
      next = 50;
      event.touch();
    });
    kernel.at(20, () => {
      next = 70;
      event.touch();
    });
    kernel.run(() => false);
    expect(woken).toEqual([70]);
  });

  test("stops when told", () => {
    const kernel = new Kernel();
    for (let time = 1; time <= 10; time++) kernel.at(time, () => {});
    expect(kernel.run(() => kernel.nowNs >= 4)).toBe(true);
    expect([kernel.nowNs, kernel.handled]).toEqual([4, 4]);
  });
});
