/** Evenly spaced samples of bounded number: when the table is full, neighbours are merged and the step doubles. */
import type { Trace } from "../contract/index.ts";

export interface Sample {
  readonly remainingBytes: number;
  readonly dirtyBytesPerSecond: number;
  readonly goodputBytesPerSecond: number;
  readonly throttleShare: number;
  readonly faults: number;
}

const CAPACITY = 512;

export class SeriesRecorder {
  stepNs: number;
  #samples: Sample[] = [];

  constructor(firstStepNs: number) {
    this.stepNs = firstStepNs;
  }

  /** To be called once per step; the caller asks for `stepNs` again afterwards, because it may have doubled. */
  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length < CAPACITY) return;
    const merged: Sample[] = [];
    for (let index = 0; index < CAPACITY; index += 2)
      merged.push(merge(this.#samples[index], this.#samples[index + 1]));
    this.#samples = merged;
    this.stepNs *= 2;
  }

  build(): Trace["series"] {
    const column = (name: keyof Sample) => this.#samples.map((sample) => sample[name]);
    return {
      stepNs: this.stepNs,
      remainingBytes: column("remainingBytes"),
      dirtyBytesPerSecond: column("dirtyBytesPerSecond").map(Math.round),
      goodputBytesPerSecond: column("goodputBytesPerSecond").map(Math.round),
      throttleShare: column("throttleShare"),
      faults: column("faults"),
    };
  }
}

/** Levels (remaining, faults so far) keep the later value; rates are averaged. */
function merge(earlier: Sample, later: Sample): Sample {
  return {
    remainingBytes: later.remainingBytes,
    dirtyBytesPerSecond: (earlier.dirtyBytesPerSecond + later.dirtyBytesPerSecond) / 2,
    goodputBytesPerSecond: (earlier.goodputBytesPerSecond + later.goodputBytesPerSecond) / 2,
    throttleShare: (earlier.throttleShare + later.throttleShare) / 2,
    faults: later.faults,
  };
}
