/** The receiving side that all reference engines share. */
import {
  ConnectionLost,
  type DestinationPorts,
  type DeviceState,
  type Process,
  type Stream,
  type Wait,
  wait,
} from "../../harness/contract/index.ts";
import { PEER_TIMEOUT_NS } from "./session.ts";

/** Streams wait here at the end of a round until all of them have reached it. */
class RoundBarrier {
  #waiting: (() => void)[] = [];

  constructor(readonly parties: number) {}

  arrive(): Wait<void> {
    return {
      start: (resume) => {
        this.#waiting.push(resume);
        if (this.#waiting.length === this.parties) for (const release of this.#waiting.splice(0)) release();
        return () => {
          this.#waiting = this.#waiting.filter((other) => other !== resume);
        };
      },
    };
  }
}

/** The source has taken the migration back: not a failure, but the end of every stream's work. */
class Withdrawn extends Error {
  override name = "Withdrawn";
}

/** Receives a guest: pages in rounds on every stream, the state on the control stream, demand pages under post-copy. */
export class Receiver {
  #barrier: RoundBarrier;
  #started = false;
  #finished = false;

  constructor(readonly ports: DestinationPorts) {
    this.#barrier = new RoundBarrier(ports.channels.pages.length);
  }

  *run(): Process<void> {
    const { channels, tasks } = this.ports;
    if (!(yield* this.#consent())) return;
    try {
      yield* wait(tasks.all([this.#control(), ...channels.pages.map((stream) => this.#pages(stream))]));
    } catch (error) {
      if (!(error instanceof Withdrawn)) throw error;
    }
  }

  *#consent(): Process<boolean> {
    const { channels, guest } = this.ports;
    const hello = yield* wait(channels.control.receive(PEER_TIMEOUT_NS));
    if (hello?.kind !== "hello") throw new ConnectionLost(`expected an introduction, got ${hello?.kind ?? "nothing"}`);
    const { pageCount, pageSizeBytes } = guest.memory;
    const fits = hello.pageCount === pageCount && hello.pageSizeBytes === pageSizeBytes;
    const reason = `this side has ${pageCount} pages of ${pageSizeBytes} bytes, the guest ${hello.pageCount} of ${hello.pageSizeBytes}`;
    yield* wait(channels.control.send(fits ? { kind: "accept" } : { kind: "refuse", reason }));
    return fits;
  }

  *#pages(stream: Stream): Process<void> {
    for (;;) {
      const frame = yield* wait(stream.receive());
      if (frame === null) {
        if (this.#finished) return;
        throw new ConnectionLost("the source closed a page stream before everything was here");
      }
      if (frame.kind === "pages") {
        this.ports.guest.memory.install(frame.batch);
        if (this.#started) this.#checkComplete();
      } else if (frame.kind === "end-of-round") {
        yield* wait(this.#barrier.arrive());
      } else if (frame.kind === "discard") {
        this.ports.guest.memory.discard(frame.span);
      } else if (frame.kind === "device-state") {
        yield* this.#takeOver(frame.state, frame.postCopy);
      } else {
        throw new ConnectionLost(`a page stream carried "${frame.kind}"`);
      }
    }
  }

  /** Until the guest is here, the source may take everything back. */
  *#control(): Process<void> {
    const { channels } = this.ports;
    const frame = yield* wait(channels.control.receive());
    if (frame?.kind === "cancel") throw new Withdrawn(frame.reason);
    if (frame !== null) throw new ConnectionLost(`the control stream carried "${frame.kind}"`);
    if (!this.#started) throw new ConnectionLost("the source went away before it handed the guest over");
  }

  /**
   * The device state follows the last round on its stream, and every stream has reached the end of that round: nothing
   * that was sent before can still be on its way.
   */
  *#takeOver(state: DeviceState, postCopy: boolean): Process<void> {
    const { channels, guest } = this.ports;
    const { memory } = guest;
    if (!postCopy && memory.presentPages() !== memory.pageCount) {
      throw new ConnectionLost(`${memory.pageCount - memory.presentPages()} pages never arrived`);
    }
    guest.loadDeviceState(state);
    if (postCopy) this.#listenForFaults();
    yield* wait(guest.start());
    this.#started = true;
    channels.control.post({ kind: "running" });
    this.#checkComplete();
  }

  /** A missing page is asked for at once; what comes back is installed without waiting behind page data. */
  #listenForFaults(): void {
    const { channels, guest } = this.ports;
    guest.onFault((page) => channels.faults.post({ kind: "request", page }));
    channels.faults.subscribe((frame) => {
      if (frame.kind !== "pages") return;
      guest.memory.install(frame.batch);
      if (this.#started) this.#checkComplete();
    });
  }

  /** Tells the source, once, that nothing is missing any more. */
  #checkComplete(): void {
    const { memory } = this.ports.guest;
    if (memory.presentPages() !== memory.pageCount || this.#finished) return;
    this.#finished = true;
    this.ports.channels.control.post({ kind: "complete" });
  }
}

/** The destination side of every reference engine. */
export function* receiveGuest(ports: DestinationPorts): Process<void> {
  yield* new Receiver(ports).run();
}
