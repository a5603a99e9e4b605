/** Links from options, with every default in one place, and refusal of links that cannot exist. */
import { UsageError } from "../base/errors.ts";
import { spellDuration, spellRate } from "../base/units.ts";
import type { Link, LinkDirection, LinkEvent, LossModel } from "../contract/index.ts";
import { roundTripOfNs } from "./framing.ts";
import { meanRateBitsPerSecond } from "./mahimahi.ts";

export type Transport = Link["transport"];
export type CrossTraffic = LinkDirection["crossTraffic"];

/** Everything that a direction may set; what is left out is derived or default. */
export interface DirectionOptions {
  /** Required, unless a trace gives it. */
  rateBitsPerSecond?: number;
  /** @default half of `roundTripNs` */
  oneWayDelayNs?: number;
  /** @default 0 */
  jitterNs?: number;
  /** @default none */
  loss?: LossModel;
  /** @default one bandwidth-delay product, at least 256 KiB (a shallow switch port's share) */
  queueBytes?: number;
  /** @default 1500 */
  mtuBytes?: number;
  /** @default none */
  crossTraffic?: Partial<CrossTraffic>;
  /** @default null */
  trace?: LinkDirection["trace"];
}

/** Options of both directions, then what differs in one of them. */
export interface LinkOptions extends DirectionOptions {
  /** Split in halves; excludes `oneWayDelayNs` at the top level. @default 0.1 ms */
  roundTripNs?: number;
  /** Source to destination. */
  forward?: DirectionOptions;
  /** Destination to source. */
  reverse?: DirectionOptions;
  /** @default cubic, 1 stream, a window of max(2 × BDP, 6 MiB), send buffer 4 MiB, 10 segments, 200 ms */
  transport?: Partial<Transport>;
  events?: readonly LinkEvent[];
  id?: string;
  title?: string;
  source?: string;
  verified?: boolean;
}

export const DEFAULT_ROUND_TRIP_NS = 100_000;
export const DEFAULT_MTU_BYTES = 1500;
/** Linux net.ipv4.tcp_wmem, third value. */
const MAX_SEND_BUFFER_BYTES = 4 * 1024 ** 2;
/** Linux net.ipv4.tcp_rmem, third value: what a host reaches without tuning. */
const UNTUNED_WINDOW_BYTES = 6 * 1024 ** 2;
const MIN_QUEUE_BYTES = 256 * 1024;
const MAX_RATE = 1e15;
/** The schema's bound on sizes. */
const MAX_BYTES = 9e15;
const NONE: LossModel = { model: "none" };

/** A link with all defaults filled in. Throws UsageError for a link that cannot exist. */
export function makeLink(options: LinkOptions): Link {
  if (options.roundTripNs !== undefined && options.oneWayDelayNs !== undefined) {
    throw new UsageError("rtt and delay exclude each other: rtt is there and back, delay is one way");
  }
  const roundTrip = options.roundTripNs ?? DEFAULT_ROUND_TRIP_NS;
  const forwardDelayNs = options.oneWayDelayNs ?? Math.floor(roundTrip / 2);
  const reverseDelayNs = options.oneWayDelayNs ?? roundTrip - Math.floor(roundTrip / 2);
  const forward = makeDirection(options, options.forward, forwardDelayNs);
  const reverse = makeDirection(options, options.reverse, reverseDelayNs);
  const queues = [options.forward?.queueBytes, options.reverse?.queueBytes].map((own) => own ?? options.queueBytes);
  forward.queueBytes = queues[0] ?? defaultQueueBytes(forward, reverse);
  reverse.queueBytes = queues[1] ?? defaultQueueBytes(reverse, forward);
  const events = [...(options.events ?? [])].sort((a, b) => a.atNs - b.atNs);
  const link: Link = {
    version: 1,
    ...(options.id !== undefined && { id: options.id }),
    ...(options.title !== undefined && { title: options.title }),
    ...(options.source !== undefined && { source: options.source }),
    ...(options.verified !== undefined && { verified: options.verified }),
    forward,
    reverse,
    transport: { ...defaultTransport(forward, reverse), ...options.transport },
    events,
  };
  validateLink(link);
  return link;
}

export function defaultQueueBytes(direction: LinkDirection, other: LinkDirection): number {
  const bandwidthDelay = Math.ceil((direction.rateBitsPerSecond / 8e9) * roundTripOfNs(direction, other));
  return Math.min(Math.max(bandwidthDelay, MIN_QUEUE_BYTES), MAX_BYTES);
}

/** The window is sized from the path, as vSphere 5 and tuned hosts do. */
export function defaultTransport(forward: LinkDirection, reverse: LinkDirection): Transport {
  const rate = Math.max(forward.rateBitsPerSecond, reverse.rateBitsPerSecond);
  const bandwidthDelay = Math.ceil((rate / 8e9) * roundTripOfNs(forward, reverse));
  return {
    congestionControl: "cubic",
    streams: 1,
    windowBytes: Math.min(Math.max(2 * bandwidthDelay, UNTUNED_WINDOW_BYTES), MAX_BYTES),
    sendBufferBytes: defaultSendBufferBytes(forward, bandwidthDelay),
    initialWindowSegments: 10,
    minRetransmitTimeoutNs: 200_000_000,
  };
}

/**
 * Linux lets a send buffer grow to twice the congestion window, so that about one window waits unsent (tcp_sndbuf_expand
 * in net/ipv4/tcp_input.c). The window fills the path and its queue before it loses anything.
 */
function defaultSendBufferBytes(forward: LinkDirection, bandwidthDelayBytes: number): number {
  const window = bandwidthDelayBytes + forward.queueBytes;
  return Math.min(Math.max(window, MIN_QUEUE_BYTES), MAX_SEND_BUFFER_BYTES);
}

/** Whole bits per second, as the canonical form has them. */
const whole = (rate: number | undefined): number | undefined => (rate === undefined ? rate : Math.round(rate));

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function makeDirection(
  both: DirectionOptions,
  own: DirectionOptions | undefined,
  delayNs: number,
): Mutable<LinkDirection> {
  for (const level of [both, own]) {
    if (level?.trace != null && level.rateBitsPerSecond !== undefined) {
      throw new UsageError("rate and trace exclude each other: a trace says when each packet may leave");
    }
  }
  const all = { ...both, ...own };
  // A rate of one's own wins over a trace for both, and the other way round.
  const trace = (own?.rateBitsPerSecond !== undefined ? own.trace : all.trace) ?? null;
  const rate = trace === null ? whole(all.rateBitsPerSecond) : meanRateBitsPerSecond(trace);
  if (rate === undefined) throw new UsageError("a link needs a rate; write for example rate=1Gbps, or trace=FILE");
  return {
    rateBitsPerSecond: rate,
    oneWayDelayNs: own?.oneWayDelayNs ?? delayNs,
    jitterNs: all.jitterNs ?? 0,
    loss: all.loss ?? NONE,
    queueBytes: 0,
    mtuBytes: all.mtuBytes ?? DEFAULT_MTU_BYTES,
    crossTraffic: { rateBitsPerSecond: 0, flows: 0, ...both.crossTraffic, ...own?.crossTraffic },
    trace,
  };
}

/** Refuses impossible links, each with one sentence. Also for links that were read from documents. */
export function validateLink(link: Link): void {
  validateDirection(link.forward, "up");
  validateDirection(link.reverse, "down");
  const { transport } = link;
  integerIn("streams", transport.streams, 1, 256);
  integerIn("window", transport.windowBytes, 1500, 9e15);
  integerIn("sndbuf", transport.sendBufferBytes, 1500, 9e15);
  integerIn("iw", transport.initialWindowSegments, 1, 1000);
  integerIn("rto", transport.minRetransmitTimeoutNs, 1, 9e15);
  for (const event of link.events) validateEvent(event);
}

function validateDirection(direction: LinkDirection, side: string): void {
  const { rateBitsPerSecond: rate, crossTraffic, loss } = direction;
  if (!(rate >= 1 && rate <= MAX_RATE)) {
    throw new UsageError(`${side}.rate is ${rate} bit/s; a link needs a rate from 1bps to ${spellRate(MAX_RATE)}`);
  }
  integerIn(`${side}.delay`, direction.oneWayDelayNs, 0, 9e15);
  integerIn(`${side}.jitter`, direction.jitterNs, 0, 9e15);
  integerIn(`${side}.queue`, direction.queueBytes, 1500, 9e15);
  integerIn(`${side}.mtu`, direction.mtuBytes, 576, 65535);
  integerIn(`${side}.crossflows`, crossTraffic.flows, 0, 10_000);
  if (!(crossTraffic.rateBitsPerSecond >= 0 && crossTraffic.rateBitsPerSecond < rate)) {
    const given = crossTraffic.rateBitsPerSecond;
    throw new UsageError(
      `${side}.cross is ${given} bit/s, ${side}.rate ${rate} bit/s; cross traffic must leave some of the rate`,
    );
  }
  validateLoss(loss, side);
}

function validateLoss(loss: LossModel, side: string): void {
  if (loss.model === "none") return;
  if (loss.model === "bernoulli") {
    if (loss.probability >= 0 && loss.probability < 1) return;
    throw new UsageError(
      `${side}.loss is ${loss.probability}; a link that loses everything is an outage, use less than 1`,
    );
  }
  const { goodToBad, badToGood, lossInGood, lossInBad } = loss;
  for (const value of [goodToBad, badToGood, lossInGood, lossInBad]) {
    if (!(value >= 0 && value <= 1)) throw new UsageError(`${side}.loss has ${value}; shares are from 0 to 1`);
  }
  if (badToGood === 0 && goodToBad > 0 && lossInBad === 1) {
    throw new UsageError(`${side}.loss never leaves its bad state and loses everything there; use an outage`);
  }
  if (lossInGood === 1) throw new UsageError(`${side}.loss loses everything in its good state; use an outage`);
}

function validateEvent(event: LinkEvent): void {
  integerIn(`${event.kind} at`, event.atNs, 0, 9e15);
  if (event.kind === "outage") integerIn("outage duration", event.durationNs, 1, 9e15);
  if (event.kind === "rate" && !(event.rateBitsPerSecond >= 1 && event.rateBitsPerSecond <= MAX_RATE)) {
    throw new UsageError(
      `rate@${spellDuration(event.atNs)} is ${event.rateBitsPerSecond} bit/s; for no rate at all use outage@TIME+DURATION`,
    );
  }
}

function integerIn(key: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new UsageError(`${key} is ${value}; it must be a whole number from ${low} to ${high}`);
}
