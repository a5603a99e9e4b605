/**
 * One TCP connection through the link: a socket to each end and a pipe each way. Its opening takes the link's time: the
 * target is asked when the opening has travelled there, and nobody's bytes are read before the answer could be back.
 */
import type { Socket } from "node:net";
import type { Address } from "./address.ts";
import { ByteSource, type ReadPool } from "./byte-source.ts";
import type { DirectionName } from "./direction.ts";
import type { Pipe } from "./pipe.ts";

export const ENDS = ["source", "target"] as const;
/** `source` is who connected to the emulator. */
export type End = (typeof ENDS)[number];
/** How a connection ended. `reset`: the link reset it; `refused`: the target did not answer; `aborted`: an end vanished. */
export type ConnectionEnd = "closed" | "aborted" | "refused" | "reset" | "half-open" | "stopped";

export interface ConnectionOptions {
  readonly id: number;
  readonly source: ByteSource;
  readonly pool: ReadPool;
  readonly target: Address;
  readonly forward: Pipe;
  readonly reverse: Pipe;
  readonly onEstablished: (connection: Connection) => void;
  readonly onRefused: (connection: Connection, message: string) => void;
  readonly onClosed: (connection: Connection) => void;
}

export class Connection {
  readonly id: number;
  readonly forward: Pipe;
  readonly reverse: Pipe;
  ended: ConnectionEnd = "closed";
  readonly #options: ConnectionOptions;
  readonly #source: Socket;
  #target: Socket | null = null;
  #established = false;
  #finished = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.id = options.id;
    this.forward = options.forward;
    this.reverse = options.reverse;
    this.#source = options.source.socket;
    this.#watch(this.#source, this.forward, () => this.#target);
    this.reverse.deliverTo(this.#source);
    this.forward.signal(() => this.#openTarget());
  }

  pipe(name: DirectionName): Pipe {
    return name === "forward" ? this.forward : this.reverse;
  }

  /** Both ends see a reset now. */
  reset(how: ConnectionEnd = "reset"): void {
    this.#end(how);
    for (const socket of [this.#source, this.#target]) resetSocket(socket);
    this.#finishWhenClosed();
  }

  /** One end vanishes; the one that is kept hears nothing of it, and nothing any more. */
  halfOpen(keep: End): void {
    this.#end("half-open");
    resetSocket(keep === "source" ? this.#target : this.#source);
  }

  #end(how: ConnectionEnd): void {
    if (this.ended === "closed") this.ended = how;
    this.forward.close();
    this.reverse.close();
  }

  #openTarget(): void {
    if (this.#source.destroyed) return;
    const bytes = ByteSource.connect(this.#options.pool, this.#options.target);
    const target = bytes.socket;
    this.#target = target;
    this.forward.deliverTo(target);
    this.#watch(target, this.reverse, () => this.#source);
    target.once("connect", () => {
      this.#established = true;
      this.reverse.signal(() => this.#establish(bytes));
    });
    target.once("error", (error) => {
      if (!this.#established) this.#refuse(error.message);
    });
  }

  #establish(target: ByteSource): void {
    this.#options.onEstablished(this);
    this.forward.startReading(this.#options.source);
    // The target's bytes are not read before the source's acknowledgement has travelled there.
    this.forward.signal(() => this.reverse.startReading(target));
  }

  #refuse(message: string): void {
    this.#options.onRefused(this, message);
    this.ended = "refused";
    this.reverse.sendReset(() => this.reset("refused"));
  }

  /** A socket that breaks, or is gone before its end was heard, resets the other end once that has travelled. */
  #watch(socket: Socket, outgoing: Pipe, other: () => Socket | null): void {
    let heardEnd = false;
    socket.once("end", () => {
      heardEnd = true;
    });
    // What is to be said about an error, the close that follows says.
    socket.on("error", () => {});
    socket.once("close", (hadError) => {
      if ((hadError || !heardEnd) && this.ended === "closed" && (socket === this.#source || this.#established)) {
        this.ended = "aborted";
        outgoing.sendReset(() => {
          resetSocket(other());
          this.#finishWhenClosed();
        });
      }
      this.#finishWhenClosed();
    });
  }

  #finishWhenClosed(): void {
    const targetGone = this.#target === null ? this.ended !== "closed" : this.#target.destroyed;
    if (this.#finished || !this.#source.destroyed || !targetGone) return;
    this.#finished = true;
    this.forward.close();
    this.reverse.close();
    this.#options.onClosed(this);
  }
}

function resetSocket(socket: Socket | null): void {
  if (socket === null || socket.destroyed) return;
  // A socket that is still connecting would wait for its connection before it resets it.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
