/** What the parts of a direction's model share. */
import type { Random } from "../base/random.ts";
import type { LinkDirection } from "../contract/index.ts";
import { Bottleneck } from "./bottleneck.ts";
import { Capacity, type CapacityOptions } from "./capacity.ts";
import type { DirectionStats } from "./flow.ts";
import { payloadShare, roundTripOfNs, segmentBytes } from "./framing.ts";
import { LossProcess } from "./loss.ts";

export interface PathOptions extends Pick<CapacityOptions, "direction" | "events"> {
  readonly reverse: LinkDirection;
  readonly random: Random;
}

export class Path {
  nowNs = 0;
  readonly segmentBytes: number;
  readonly oneWayDelayNs: number;
  readonly capacity: Capacity;
  readonly bottleneck: Bottleneck;
  readonly loss: LossProcess;
  readonly stats: DirectionStats = {
    sentBytes: 0,
    resentBytes: 0,
    lostPackets: 0,
    timeouts: 0,
    peakQueueBytes: 0,
    steps: 0,
  };
  readonly #jitterNs: number;
  readonly #jitter: Random;

  constructor({ direction, reverse, events, random }: PathOptions) {
    const roundTripNs = roundTripOfNs(direction, reverse);
    this.segmentBytes = segmentBytes(direction);
    this.oneWayDelayNs = direction.oneWayDelayNs;
    this.capacity = new Capacity({ direction, events, roundTripNs });
    const queueBytes = direction.queueBytes * payloadShare(direction);
    this.bottleneck = new Bottleneck({ roundTripNs, queueBytes, segmentBytes: this.segmentBytes });
    this.bottleneck.setCapacity(0, this.capacity.bytesPerNs);
    this.loss = new LossProcess(direction.loss, random.split("loss"));
    this.#jitterNs = direction.jitterNs;
    this.#jitter = random.split("jitter");
  }

  /** One draw of the way's delay: propagation and jitter. */
  wayNs(): number {
    return this.oneWayDelayNs + (this.#jitterNs > 0 ? this.#jitter.nextInteger(this.#jitterNs + 1) : 0);
  }

  get round(): number {
    return this.bottleneck.clock.at(this.nowNs);
  }
}
