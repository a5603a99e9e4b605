import fc from "fast-check";
import { expect, test } from "vitest";
import { type HeapItem, IndexedHeap } from "./heap.ts";

test("whatever is inserted, moved, removed or rekeyed, the least key is on top", () => {
  const operation = fc.record({
    kind: fc.constantFrom("set", "set", "remove", "rekey"),
    item: fc.nat(20),
    key: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const items = Array.from({ length: 21 }, (): HeapItem => ({ heapSlot: -1 }));
      const heap = new IndexedHeap<HeapItem>();
      const model = new Map<HeapItem, number>();
      for (const { kind, item, key } of operations) {
        if (kind === "set") {
          heap.set(items[item], key);
          model.set(items[item], key);
        } else if (kind === "remove") {
          heap.remove(items[item]);
          model.delete(items[item]);
        } else {
          for (const [known, old] of model) model.set(known, (old * 31 + key) % 53);
          heap.rekey((known) => model.get(known)!);
        }
        const least = Math.min(Infinity, ...model.values());
        expect([heap.size, heap.minKey()]).toEqual([model.size, least]);
        if (model.size > 0) expect(model.get(heap.min())).toBe(least);
      }
    }),
    { seed: 4, numRuns: 300 },
  );
});
