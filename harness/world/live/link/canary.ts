/** Finds a planted byte string in a stream, also where it lies across the border of two reads. */
import { UsageError } from "../../../base/errors.ts";

const MIN_BYTES = 4;
const MAX_BYTES = 4096;

/** Reads a canary as hexadecimal digits. Shorter ones would be found by chance in any gigabyte. */
export function parseCanary(hex: string): Buffer {
  const shown = hex.length > 40 ? `${hex.slice(0, 40)}…` : hex;
  if (!/^([0-9a-f]{2})+$/i.test(hex)) {
    throw new UsageError(`canary "${shown}" is not hexadecimal; write two digits per byte, for example 6c6f6e6768`);
  }
  const bytes = Buffer.from(hex, "hex");
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
    throw new UsageError(`canary "${shown}" has ${bytes.length} bytes; it needs ${MIN_BYTES} to ${MAX_BYTES}`);
  }
  return bytes;
}

export class CanarySearch {
  readonly #canary: Buffer;
  /** The last bytes of the stream, one fewer than the canary has. */
  #tail: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(canary: Buffer) {
    this.#canary = canary;
  }

  /** Stream offsets at which the canary begins and that this chunk completes; overlapping ones included. */
  feed(chunk: Buffer): number[] {
    const reach = this.#canary.length - 1;
    const found: number[] = [];
    const border = Buffer.concat([this.#tail, chunk.subarray(0, reach)]);
    this.#collect(border, this.#offset - this.#tail.length, found);
    this.#collect(chunk, this.#offset, found);
    this.#offset += chunk.length;
    this.#tail = chunk.length >= reach ? Buffer.from(chunk.subarray(chunk.length - reach)) : border.subarray(-reach);
    return found;
  }

  #collect(bytes: Buffer, at: number, found: number[]): void {
    for (let index = bytes.indexOf(this.#canary); index >= 0; index = bytes.indexOf(this.#canary, index + 1)) {
      found.push(at + index);
    }
  }
}
