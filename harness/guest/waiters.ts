/** vCPUs that wait for pages: a hash table from page to vCPUs, open addressing with linear probing (Knuth, TAOCP 6.4). */

const EMPTY = -1;

export class Waiters {
  /** vCPUs that wait. */
  size = 0;
  readonly #slots: number;
  /** Page of each slot, or EMPTY, and the vCPU that began to wait for it last. */
  readonly #pages: Int32Array;
  readonly #heads: Int32Array;
  /** For each vCPU the one that began to wait for the same page before it, or EMPTY. */
  readonly #next: Int32Array;

  constructor(vcpus: number) {
    let slots = 4;
    while (slots < vcpus * 2) slots *= 2;
    this.#slots = slots;
    this.#pages = new Int32Array(slots).fill(EMPTY);
    this.#heads = new Int32Array(slots);
    this.#next = new Int32Array(vcpus);
  }

  add(page: number, vcpu: number): void {
    const slot = this.#find(page);
    this.#next[vcpu] = this.#pages[slot] === EMPTY ? EMPTY : this.#heads[slot];
    this.#pages[slot] = page;
    this.#heads[slot] = vcpu;
    this.size++;
  }

  /** Takes out all that wait for the page, and writes them into `into`. @returns how many */
  take(page: number, into: Int32Array): number {
    const slot = this.#find(page);
    if (this.#pages[slot] === EMPTY) return 0;
    let count = 0;
    for (let vcpu = this.#heads[slot]; vcpu !== EMPTY; vcpu = this.#next[vcpu]) into[count++] = vcpu;
    this.#remove(slot);
    this.size -= count;
    return count;
  }

  /** The pages waited for, in no particular but always the same order. */
  pages(): number[] {
    return Array.from(this.#pages.filter((page) => page !== EMPTY));
  }

  #home(page: number): number {
    return (Math.imul(page, 0x9e3779b1) >>> 8) & (this.#slots - 1);
  }

  #find(page: number): number {
    let slot = this.#home(page);
    while (this.#pages[slot] !== EMPTY && this.#pages[slot] !== page) slot = (slot + 1) & (this.#slots - 1);
    return slot;
  }

  /** Closes the gap, so that no search stops before its page. */
  #remove(slot: number): void {
    const last = this.#slots - 1;
    let gap = slot;
    for (let next = (gap + 1) & last; this.#pages[next] !== EMPTY; next = (next + 1) & last) {
      if (((next - this.#home(this.#pages[next])) & last) < ((next - gap) & last)) continue;
      this.#pages[gap] = this.#pages[next];
      this.#heads[gap] = this.#heads[next];
      gap = next;
    }
    this.#pages[gap] = EMPTY;
  }

  heldBytes(): number {
    return this.#pages.byteLength + this.#heads.byteLength + this.#next.byteLength;
  }
}
