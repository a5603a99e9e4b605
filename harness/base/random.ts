/**
 * Seeded randomness. Every random decision of a run comes from one of these generators, split by purpose
 * ("link", "workload", "faults"), so that drawing more numbers for one purpose never moves another.
 *
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, only 32-bit integer operations, so that every
 * JavaScript engine yields the same sequence.
 */
import { log } from "./math.ts";

/** FNV-1a over UTF-16 code units, 32 bits; used to derive seeds and shard numbers, not for security. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start >>> 0;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /**
   * @param seed any safe integer
   * @param purpose what the numbers are for; the same seed with another purpose is an independent sequence
   */
  constructor(
    readonly seed: number,
    readonly purpose = "root",
  ) {
    this.#a = hashText(purpose);
    this.#b = seed >>> 0;
    this.#c = Math.floor(seed / 0x1_0000_0000) >>> 0;
    this.#counter = 1;
    for (let index = 0; index < 15; index++) this.nextUint32();
  }

  /** An independent generator for one purpose below this one. */
  split(purpose: string): Random {
    return new Random(this.seed, `${this.purpose}/${purpose}`);
  }

  /** Uniform in [0, 2^32). */
  nextUint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1), 53 bits. */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** Uniform integer in [0, bound); bound up to 2^53. */
  nextInteger(bound: number): number {
    if (bound <= 0x1_0000_0000) return Math.floor((this.nextUint32() / 0x1_0000_0000) * bound);
    return Math.floor(this.nextFloat() * bound);
  }

  /** Exponential with mean 1. */
  nextExponential(): number {
    return -log(1 - this.nextFloat());
  }
}
