/**
 * Sockets that read into memory that is used again. A fresh buffer per read, as a stream's `data` event brings, is memory
 * that the collector counts: at 1 Gb/s it marks the heap three times a second, and the link stands still for
 * milliseconds each time (measured, Node 20).
 */
import { connect, Socket } from "node:net";
import type { Address } from "./address.ts";

const SLAB_BYTES = 262_144;
/** Largest read: what a sender may be ahead of its send buffer. */
export const MAX_READ_BYTES = 131_072;
/** With less room than this a reader goes on to the next slab. */
const MIN_READ_BYTES = 65_536;
/** Slabs kept for later; the collector takes the others. */
const MAX_FREE_SLABS = 256;

interface Slab {
  readonly memory: Buffer;
  /** Bytes that were read into it and are not released yet. */
  lentBytes: number;
  /** A reader still adds to it. */
  filling: boolean;
}

/** Memory for reads. What is never released is left to the collector: that costs time, not safety. */
export class ReadPool {
  readonly #free: Slab[] = [];
  readonly #slabs = new WeakMap<ArrayBufferLike, Slab>();

  take(): Slab {
    const slab = this.#free.pop() ?? { memory: Buffer.allocUnsafeSlow(SLAB_BYTES), lentBytes: 0, filling: false };
    slab.filling = true;
    this.#slabs.set(slab.memory.buffer, slab);
    return slab;
  }

  /** The reader has moved on. */
  fill(slab: Slab): void {
    slab.filling = false;
    this.#recycle(slab);
  }

  /** These bytes, a part of a chunk that was read, are not needed any more. */
  release(bytes: Buffer): void {
    const slab = this.#slabs.get(bytes.buffer);
    if (slab === undefined) return;
    slab.lentBytes -= bytes.length;
    this.#recycle(slab);
  }

  #recycle(slab: Slab): void {
    if (slab.filling || slab.lentBytes > 0 || this.#free.length >= MAX_FREE_SLABS) return;
    this.#free.push(slab);
  }
}

/** A socket, and whoever takes what it reads. It reads nothing until it is resumed. */
export class ByteSource {
  readonly socket: Socket;
  onChunk: (chunk: Buffer) => void = () => {};
  readonly #pool: ReadPool;
  #slab: Slab;
  #used = 0;

  private constructor(pool: ReadPool, open: (source: ByteSource) => Socket) {
    this.#pool = pool;
    this.#slab = pool.take();
    this.socket = open(this);
    this.socket.pause();
    this.socket.once("close", () => pool.fill(this.#slab));
  }

  static connect(pool: ReadPool, address: Address): ByteSource {
    return new ByteSource(pool, (source) =>
      connect({ ...address, allowHalfOpen: true, noDelay: true, onread: source.#onread() }),
    );
  }

  /** Takes over a connection that a server has accepted with `pauseOnConnect`. */
  static accept(pool: ReadPool, accepted: Socket): ByteSource {
    return new ByteSource(pool, (source) => {
      // A server gives its sockets no `onread` (nodejs.org/api/net.html has it for new sockets only), so the handle moves.
      const holder = accepted as unknown as { _handle: object | null };
      const handle = holder._handle;
      if (handle === null || handle === undefined) {
        accepted.on("data", (chunk: Buffer) => source.onChunk(chunk));
        return accepted;
      }
      holder._handle = null;
      accepted.destroy();
      const options = { handle, allowHalfOpen: true, onread: source.#onread() };
      const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
      socket.setNoDelay(true);
      return socket;
    });
  }

  #onread() {
    return {
      buffer: () => this.#room(),
      callback: (bytes: number) => {
        const chunk = this.#slab.memory.subarray(this.#used, this.#used + bytes);
        this.#used += bytes;
        this.#slab.lentBytes += bytes;
        this.onChunk(chunk);
        return true;
      },
    };
  }

  #room(): Buffer {
    if (SLAB_BYTES - this.#used < MIN_READ_BYTES) {
      this.#pool.fill(this.#slab);
      this.#slab = this.#pool.take();
      this.#used = 0;
    }
    return this.#slab.memory.subarray(this.#used, this.#used + MAX_READ_BYTES);
  }
}
