import fc from "fast-check";
import { expect, test } from "vitest";
import { Waiters } from "./waiters.ts";

test("finds exactly those who wait for a page, whatever came and went", () => {
  const step = fc.record({ take: fc.boolean(), page: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const waiters = new Waiters(16);
      const model = new Map<number, number[]>();
      const idle = Array.from({ length: 16 }, (_, vcpu) => vcpu);
      const woken = new Int32Array(16);
      for (const { take, page } of steps) {
        if (take) {
          const count = waiters.take(page, woken);
          expect(Array.from(woken.subarray(0, count)).sort()).toEqual((model.get(page) ?? []).sort());
          idle.push(...woken.subarray(0, count));
          model.delete(page);
        } else if (idle.length > 0) {
          const vcpu = idle.pop()!;
          waiters.add(page, vcpu);
          model.set(page, [...(model.get(page) ?? []), vcpu]);
        }
        expect(waiters.size).toBe(16 - idle.length);
        expect(waiters.pages().sort()).toEqual([...model.keys()].sort());
      }
    }),
    { numRuns: 200, seed: 4 },
  );
});
