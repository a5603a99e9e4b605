/** Helpers of this folder's tests: a bulk transfer over a link, with everything that the sink heard. */
import { Random } from "../base/random.ts";
import type { Link } from "../contract/index.ts";
import { DirectionModel, type DirectionSink, type Flow, type MessageLane } from "./index.ts";

export interface Delivery {
  readonly flow: number;
  readonly frame: number;
  readonly sentNs: number;
  readonly arrivalNs: number;
  readonly corrupt: boolean;
}

export class Bench implements DirectionSink {
  readonly model: DirectionModel;
  readonly deliveries: Delivery[] = [];
  readonly releases: { message: number; arrivalNs: number }[] = [];
  resets = 0;
  /** Called after each frame that left; to enqueue more. */
  onSent: (flow: Flow) => void = () => {};

  constructor(
    readonly link: Link,
    seed = 1,
  ) {
    this.model = new DirectionModel({
      direction: link.forward,
      reverse: link.reverse,
      transport: link.transport,
      events: link.events,
      random: new Random(seed, "link"),
      sink: this,
    });
  }

  sent(flow: Flow, frame: number, arrivalNs: number, corrupt: boolean): void {
    this.deliveries.push({ flow: flow.id, frame, sentNs: this.model.nowNs, arrivalNs, corrupt });
    this.onSent(flow);
  }

  released(_lane: MessageLane, message: number, arrivalNs: number): void {
    this.releases.push({ message, arrivalNs });
  }

  reset(): void {
    this.resets += 1;
  }

  /** Advances from event to event until nothing is left to happen, or until `limitNs`. */
  run(limitNs = Infinity): void {
    for (;;) {
      const next = this.model.nextEventNs();
      if (next === Infinity || next > limitNs) break;
      this.model.advance(next);
    }
    if (limitNs < Infinity) this.model.advance(limitNs);
  }
}

const FRAME_BYTES = 64_000_000;

/** Bytes per second of `flows` greedy flows, each, over `durationNs` after a warm-up of `warmUpNs`. */
export function greedyRates(
  link: Link,
  options: { flows?: number; durationNs: number; warmUpNs?: number; seed?: number },
): { bench: Bench; rates: number[] } {
  const bench = new Bench(link, options.seed);
  const flows = Array.from({ length: options.flows ?? 1 }, () => bench.model.openFlow());
  const enqueued = flows.map(() => 0);
  const refill = (flow: Flow): void => {
    flow.enqueue(FRAME_BYTES, 0);
    enqueued[flow.id] += FRAME_BYTES;
  };
  bench.onSent = refill;
  for (const flow of flows) refill(flow);
  const sentBytes = (flow: Flow): number => enqueued[flow.id] - flow.backlogBytes;
  const warmUpNs = options.warmUpNs ?? 0;
  bench.model.advance(warmUpNs);
  const before = flows.map(sentBytes);
  bench.model.advance(warmUpNs + options.durationNs);
  const rates = flows.map((flow, index) => ((sentBytes(flow) - before[index]) * 1e9) / options.durationNs);
  return { bench, rates };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
/** Jain's fairness index: 1 when all are equal, 1/n when one has everything. */
export const jainIndex = (values: readonly number[]): number =>
  sum(values) ** 2 / (values.length * sum(values.map((value) => value * value)));
