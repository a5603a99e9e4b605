/** One direction of the emulated path: the model that both worlds share, and who hears from it. */
import { Random } from "../../../base/random.ts";
import type { Link } from "../../../contract/index.ts";
import {
  DirectionModel,
  type Flow,
  goodputCeilingBytesPerSecond,
  type MessageLane,
  segmentBytes,
} from "../../../link/index.ts";

export const DIRECTIONS = ["forward", "reverse"] as const;
/** `forward` is from the one who connects to the target. */
export type DirectionName = (typeof DIRECTIONS)[number];

/** Hears of what it has handed to the model. */
export interface Traveller {
  /** The oldest frame of the flow is serialised; it arrives then. */
  onSent(arrivalNs: number, corrupt: boolean): void;
  /** A message that a black hole had swallowed is under way. */
  onReleased(message: number, arrivalNs: number): void;
  /** The link has reset every connection and forgotten what was handed to it. */
  onReset(): void;
}

/** Bytes of one flow are cut into frames of about so long a serialisation; the first byte of a frame waits for its last. */
const FRAME_NS = 125_000;
const MAX_FRAME_BYTES = 65_536;
/**
 * What the kernel's own buffers between sender and emulator hold on loopback (measured: 3.1 to 4.0 MB with Linux's
 * default tcp_wmem and a reader slower than the sender). They are part of the send buffer that the sender feels.
 */
const KERNEL_BUFFER_BYTES = 3_500_000;
const MIN_READ_AHEAD_BYTES = 131_072;
const MAX_READ_AHEAD_BYTES = 64 * 1024 ** 2;
/** The event loop may be away for so long without the link running dry, even if the send buffer is smaller. */
const READ_AHEAD_NS = 5_000_000;

export interface DirectionOptions {
  readonly link: Link;
  readonly name: DirectionName;
  readonly seed: number;
  /** Called from within the model's step: take note, act later. */
  readonly onReset: () => void;
}

export class Direction {
  readonly name: DirectionName;
  readonly model: DirectionModel;
  readonly oneWayDelayNs: number;
  readonly goodputCeilingBytesPerSecond: number;
  readonly segmentBytes: number;
  /** Largest frame of a flow. */
  readonly frameBytes: number;
  /** Bytes read from a sender and not yet serialised, at most, per connection. */
  readonly readAheadBytes: number;
  /** Bytes serialised and not yet taken by the receiver, at most, per connection. */
  readonly windowBytes: number;
  readonly initialWindowBytes: number;
  /** A connection that has been silent for so long starts again with its initial window (RFC 2861). */
  readonly idleResetNs: number;
  readonly #flows = new Map<Flow, Traveller>();
  readonly #lanes = new Map<MessageLane, Traveller>();
  #blackholes = 0;

  constructor({ link, name, seed, onReset }: DirectionOptions) {
    this.name = name;
    const direction = link[name];
    const { transport } = link;
    this.model = new DirectionModel({
      direction,
      reverse: name === "forward" ? link.reverse : link.forward,
      transport,
      events: link.events,
      random: new Random(seed, "link").split(name),
      sink: {
        sent: (flow, _frame, arrivalNs, corrupt) => this.#flows.get(flow)?.onSent(arrivalNs, corrupt),
        released: (lane, message, arrivalNs) => this.#lanes.get(lane)?.onReleased(message, arrivalNs),
        reset: () => {
          for (const traveller of [...this.#lanes.values()]) traveller.onReset();
          onReset();
        },
      },
    });
    this.oneWayDelayNs = direction.oneWayDelayNs;
    this.goodputCeilingBytesPerSecond = goodputCeilingBytesPerSecond(direction);
    const segment = segmentBytes(direction);
    this.segmentBytes = segment;
    const segments = Math.floor((this.goodputCeilingBytesPerSecond * FRAME_NS) / 1e9 / segment);
    this.frameBytes = Math.min(Math.max(1, segments) * segment, MAX_FRAME_BYTES);
    const spare = Math.ceil((this.goodputCeilingBytesPerSecond * READ_AHEAD_NS) / 1e9);
    this.readAheadBytes = Math.min(
      Math.max(transport.sendBufferBytes - KERNEL_BUFFER_BYTES, MIN_READ_AHEAD_BYTES, spare),
      MAX_READ_AHEAD_BYTES,
    );
    this.windowBytes = transport.windowBytes;
    this.initialWindowBytes = transport.initialWindowSegments * segment;
    this.idleResetNs = transport.minRetransmitTimeoutNs;
  }

  openFlow(traveller: Traveller): Flow {
    const flow = this.model.openFlow();
    this.#flows.set(flow, traveller);
    return flow;
  }

  closeFlow(flow: Flow): void {
    this.#flows.delete(flow);
    flow.close();
  }

  openLane(traveller: Traveller): MessageLane {
    const lane = this.model.openLane();
    this.#lanes.set(lane, traveller);
    return lane;
  }

  closeLane(lane: MessageLane): void {
    this.#lanes.delete(lane);
  }

  /** The earliest time at which something may arrive that is not yet known to. */
  nextUnknownArrivalNs(): number {
    return this.model.nextEventNs() + this.oneWayDelayNs;
  }

  /** Black holes may overlap; the direction carries again when the last one is gone. */
  addBlackhole(): void {
    this.#blackholes += 1;
    if (this.#blackholes === 1) this.model.setBlackhole(true);
  }

  removeBlackhole(): void {
    if (this.#blackholes === 0) return;
    this.#blackholes -= 1;
    if (this.#blackholes === 0) this.model.setBlackhole(false);
  }

  /** Lifts every black hole and gives the rate back to the link. */
  restore(): void {
    if (this.#blackholes > 0) this.model.setBlackhole(false);
    this.#blackholes = 0;
    this.model.setRate(null);
  }
}
