/** What a TCP segment costs on an Ethernet wire, and what is left of a rate for payload. */
import type { Link, LinkDirection } from "../contract/index.ts";

/** IPv4 header 20, TCP header 20, timestamp option 12. */
export const SEGMENT_HEADER_BYTES = 52;
/** Preamble and start of frame 8, MAC header 14, frame check sequence 4, inter-frame gap 12. */
export const ETHERNET_OVERHEAD_BYTES = 38;
/** The two hosts' own stacks: the least round trip that the model accepts, because a zero round trip has no rounds. */
export const MIN_ROUND_TRIP_NS = 10_000;

/** Payload bytes of a full segment. */
export const segmentBytes = (direction: LinkDirection): number => direction.mtuBytes - SEGMENT_HEADER_BYTES;

/**
 * Share of the rate that carries payload: 1448/1538 on Ethernet at an MTU of 1,500. A mahimahi trace counts IP packets
 * rather than Ethernet frames, hence without the frame's 38 bytes.
 */
export function payloadShare(direction: LinkDirection): number {
  const onWire = direction.mtuBytes + (direction.trace === null ? ETHERNET_OVERHEAD_BYTES : 0);
  return segmentBytes(direction) / onWire;
}

/** Most payload per second that TCP can carry over this direction, without losses; the mean for a trace. */
export function goodputCeilingBytesPerSecond(direction: LinkDirection): number {
  return (
    (freeRate(direction.rateBitsPerSecond, direction.crossTraffic.rateBitsPerSecond) / 8) * payloadShare(direction)
  );
}

/** What constant cross traffic leaves; a queue that both share never starves a flow altogether, hence at least 1 %. */
export function freeRate(rateBitsPerSecond: number, crossBitsPerSecond: number): number {
  return Math.max(rateBitsPerSecond - crossBitsPerSecond, rateBitsPerSecond / 100);
}

/** Round trip without queueing: both one-way delays and the mean of both jitters. */
export function roundTripNs(link: Pick<Link, "forward" | "reverse">): number {
  return roundTripOfNs(link.forward, link.reverse);
}

export function roundTripOfNs(one: LinkDirection, other: LinkDirection): number {
  const delays = one.oneWayDelayNs + other.oneWayDelayNs + (one.jitterNs + other.jitterNs) / 2;
  return Math.max(delays, MIN_ROUND_TRIP_NS);
}

/** Bytes on the way when the forward direction is full: rate × round trip. */
export function bandwidthDelayBytes(link: Pick<Link, "forward" | "reverse">): number {
  return (link.forward.rateBitsPerSecond / 8e9) * roundTripNs(link);
}
