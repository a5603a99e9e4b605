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

/** Something that waits for its time, and knows its place in the queue so that it can be moved or taken out. */
abstract class Event {
  timeNs = Infinity;
  order = 0;
  /** Index in the queue, or -1. */
  place = -1;
  abstract happen(nowNs: number): void;
}

/** Cancels the event; harmless after it has fired. */
export interface Timer {
  cancel(): void;
}

class CallbackEvent extends Event implements Timer {
  constructor(
    readonly queue: EventQueue,
    readonly callback: () => void,
  ) {
    super();
  }
  override happen(): void {
    this.callback();
  }
  cancel(): void {
    this.queue.remove(this);
  }
}

/** An actor's place in the kernel's plans. */
export class ActorEvent extends Event {
  constructor(
    readonly kernel: Kernel,
    readonly actor: Actor,
  ) {
    super();
  }
  override happen(nowNs: number): void {
    this.actor.advance(nowNs);
    this.touch();
  }
  /** Tells the kernel that the actor's next event may have moved. */
  touch(): void {
    this.kernel.schedule(this);
  }
}

/** A binary heap by time, then by order; nothing stale ever lies in it, however often timers are set and cancelled. */
class EventQueue {
  readonly #events: Event[] = [];

  get first(): Event | undefined {
    return this.#events[0];
  }

  /** Puts the event in, or moves it to its new time. */
  put(event: Event): void {
    if (event.place < 0) {
      this.#events.push(event);
      this.#rise(event, this.#events.length - 1);
    } else {
      this.#settle(event, event.place);
    }
  }

  remove(event: Event): void {
    const { place } = event;
    if (place < 0) return;
    const last = this.#events.pop() as Event;
    event.place = -1;
    if (last !== event) this.#settle(last, place);
  }

  #settle(event: Event, place: number): void {
    if (place > 0 && precedes(event, this.#events[(place - 1) >> 1])) this.#rise(event, place);
    else this.#sink(event, place);
  }

  #rise(event: Event, from: number): void {
    const events = this.#events;
    let place = from;
    while (place > 0) {
      const parent = events[(place - 1) >> 1];
      if (precedes(parent, event)) break;
      events[place] = parent;
      parent.place = place;
      place = (place - 1) >> 1;
    }
    events[place] = event;
    event.place = place;
  }

  #sink(event: Event, from: number): void {
    const events = this.#events;
    let place = from;
    for (;;) {
      let next = 2 * place + 1;
      if (next >= events.length) break;
      if (next + 1 < events.length && precedes(events[next + 1], events[next])) next++;
      const child = events[next];
      if (precedes(event, child)) break;
      events[place] = child;
      child.place = place;
      place = next;
    }
    events[place] = event;
    event.place = place;
  }
}

const precedes = (one: Event, other: Event): boolean =>
  one.timeNs < other.timeNs || (one.timeNs === other.timeNs && one.order < other.order);

export class Kernel {
  nowNs = 0;
  /** Events handled so far: the cost of a run, in a unit that does not depend on the machine. */
  handled = 0;
  readonly #queue = new EventQueue();
  #order = 0;

  /** Calls back at a time; a time in the past means now. */
  at(timeNs: number, callback: () => void): Timer {
    const event = new CallbackEvent(this.#queue, callback);
    event.timeNs = timeNs > this.nowNs ? Math.ceil(timeNs) : this.nowNs;
    event.order = this.#order++;
    this.#queue.put(event);
    return event;
  }

  after(durationNs: number, callback: () => void): Timer {
    return this.at(this.nowNs + durationNs, callback);
  }

  register(actor: Actor): ActorEvent {
    const event = new ActorEvent(this, actor);
    event.touch();
    return event;
  }

  /** Asks the actor when it next has to be looked at. */
  schedule(event: ActorEvent): void {
    const nextNs = event.actor.nextEventNs();
    if (nextNs === Infinity) {
      this.#queue.remove(event);
      return;
    }
    const timeNs = nextNs > this.nowNs ? nextNs : this.nowNs;
    if (event.place >= 0 && event.timeNs === timeNs) return;
    event.timeNs = timeNs;
    event.order = this.#order++;
    this.#queue.put(event);
  }

  /** Handles events until `isDone` answers true or nothing is left; returns false when nothing was left. */
  run(isDone: () => boolean): boolean {
    while (!isDone()) {
      const event = this.#queue.first;
      if (event === undefined) return false;
      this.#queue.remove(event);
      this.nowNs = event.timeNs;
      event.happen(event.timeNs);
      this.handled++;
    }
    return true;
  }
}
