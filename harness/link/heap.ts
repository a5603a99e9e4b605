/** A binary min-heap of items that know their own place in it, so that an item can be moved or removed in O(log n). */
export interface HeapItem {
  /** Index in the heap, or -1. Owned by the heap; an item is in at most one heap at a time. */
  heapSlot: number;
}

export class IndexedHeap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #keys: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Smallest key, Infinity when empty. */
  minKey(): number {
    return this.#keys.length === 0 ? Infinity : this.#keys[0];
  }

  min(): T {
    return this.#items[0];
  }

  /** Inserts the item, or moves it to its new key. Equal keys keep an order that depends on the history only. */
  set(item: T, key: number): void {
    if (item.heapSlot < 0) {
      item.heapSlot = this.#items.length;
      this.#items.push(item);
      this.#keys.push(key);
      this.#up(item.heapSlot);
      return;
    }
    this.#keys[item.heapSlot] = key;
    this.#up(item.heapSlot);
    this.#down(item.heapSlot);
  }

  remove(item: T): void {
    const slot = item.heapSlot;
    if (slot < 0) return;
    const last = this.#items.pop()!;
    const lastKey = this.#keys.pop()!;
    item.heapSlot = -1;
    if (last === item) return;
    this.#place(slot, last, lastKey);
    this.#up(slot);
    this.#down(last.heapSlot);
  }

  /** Gives every item a new key, in O(n). */
  rekey(keyOf: (item: T) => number): void {
    for (let slot = 0; slot < this.#items.length; slot++) this.#keys[slot] = keyOf(this.#items[slot]);
    for (let slot = (this.#items.length >> 1) - 1; slot >= 0; slot--) this.#down(slot);
  }

  #place(slot: number, item: T, key: number): void {
    this.#items[slot] = item;
    this.#keys[slot] = key;
    item.heapSlot = slot;
  }

  #up(from: number): void {
    const item = this.#items[from];
    const key = this.#keys[from];
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (this.#keys[parent] <= key) break;
      this.#place(slot, this.#items[parent], this.#keys[parent]);
      slot = parent;
    }
    this.#place(slot, item, key);
  }

  #down(from: number): void {
    const item = this.#items[from];
    const key = this.#keys[from];
    const size = this.#items.length;
    let slot = from;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#keys[child + 1] < this.#keys[child]) child += 1;
      if (this.#keys[child] >= key) break;
      this.#place(slot, this.#items[child], this.#keys[child]);
      slot = child;
    }
    this.#place(slot, item, key);
  }
}
