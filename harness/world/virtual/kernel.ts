/**
 * The discrete-event kernel: simulated time in integer nanoseconds, events in the order of their times, ties in the
 * order in which they were asked for. Nothing here reads a wall clock.
 */

/** Something with its own idea of when it next has to be looked at (a link direction, a guest, a message lane). */
export interface Actor {
  /** Infinity: nothing will happen by itself. */
  nextEventNs(): number;
  advance(nowNs: number): void;
}

class ActorSlot {
  /** The time of the newest entry in the heap; older entries of this slot are stale. */
  scheduledNs = Infinity;
  stamp = 0;
  constructor(readonly actor: Actor) {}
}

/** Cancels the event; harmless after it has fired. */
export interface Timer {
  cancel(): void;
}

class CallbackEvent implements Timer {
  constructor(public callback: (() => void) | null) {}
  cancel(): void {
    this.callback = null;
  }
}

type Item = CallbackEvent | ActorSlot;

export class Kernel {
  nowNs = 0;
  /** Events handled so far: the cost of a run, in a unit that does not depend on the machine. */
  handled = 0;
  #times: number[] = [];
  #orders: number[] = [];
  #stamps: number[] = [];
  #items: Item[] = [];
  #order = 0;
  #slots = new Map<Actor, ActorSlot>();

  /** Calls back at a time; a time in the past means now. */
  at(timeNs: number, callback: () => void): Timer {
    const event = new CallbackEvent(callback);
    this.#push(timeNs > this.nowNs ? Math.ceil(timeNs) : this.nowNs, 0, event);
    return event;
  }

  after(durationNs: number, callback: () => void): Timer {
    return this.at(this.nowNs + durationNs, callback);
  }

  register(actor: Actor): void {
    this.#slots.set(actor, new ActorSlot(actor));
    this.touch(actor);
  }

  /** Tells the kernel that the actor's next event may have moved. */
  touch(actor: Actor): void {
    const slot = this.#slots.get(actor);
    if (slot !== undefined) this.#schedule(slot);
  }

  #schedule(slot: ActorSlot): void {
    const next = slot.actor.nextEventNs();
    if (next === slot.scheduledNs) return;
    slot.stamp++;
    slot.scheduledNs = next;
    if (next !== Infinity) this.#push(next > this.nowNs ? next : this.nowNs, slot.stamp, slot);
  }

  /** Handles events until `isDone` answers true or nothing is left; returns false when nothing was left. */
  run(isDone: () => boolean): boolean {
    while (!isDone()) {
      if (this.#times.length === 0) return false;
      const timeNs = this.#times[0];
      const stamp = this.#stamps[0];
      const item = this.#items[0];
      this.#pop();
      if (item instanceof ActorSlot) {
        if (stamp !== item.stamp) continue;
        this.nowNs = timeNs;
        item.scheduledNs = -1;
        item.actor.advance(timeNs);
        this.#schedule(item);
      } else {
        if (item.callback === null) continue;
        this.nowNs = timeNs;
        const callback = item.callback;
        item.callback = null;
        callback();
      }
      this.handled++;
    }
    return true;
  }

  #push(timeNs: number, stamp: number, item: Item): void {
    const order = this.#order++;
    const times = this.#times;
    const orders = this.#orders;
    const stamps = this.#stamps;
    const items = this.#items;
    let index = times.length;
    times.push(timeNs);
    orders.push(order);
    stamps.push(stamp);
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (times[parent] < timeNs || (times[parent] === timeNs && orders[parent] < order)) break;
      times[index] = times[parent];
      orders[index] = orders[parent];
      stamps[index] = stamps[parent];
      items[index] = items[parent];
      index = parent;
    }
    times[index] = timeNs;
    orders[index] = order;
    stamps[index] = stamp;
    items[index] = item;
  }

  #pop(): void {
    const times = this.#times;
    const orders = this.#orders;
    const stamps = this.#stamps;
    const items = this.#items;
    const timeNs = times.pop()!;
    const order = orders.pop()!;
    const stamp = stamps.pop()!;
    const item = items.pop()!;
    const length = times.length;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      const right = child + 1;
      if (
        right < length &&
        (times[right] < times[child] || (times[right] === times[child] && orders[right] < orders[child]))
      ) {
        child = right;
      }
      if (timeNs < times[child] || (timeNs === times[child] && order < orders[child])) break;
      times[index] = times[child];
      orders[index] = orders[child];
      stamps[index] = stamps[child];
      items[index] = items[child];
      index = child;
    }
    times[index] = timeNs;
    orders[index] = order;
    stamps[index] = stamp;
    items[index] = item;
  }
}
