/**
 * A link as one canonical string, such as `rate=1Gbps,rtt=150ms,loss=0.01%,cc=bbr,streams=4`, and back. The canonical
 * form names only what differs from the defaults, in a fixed order, so that equal links have equal strings and hashes.
 */
import { createHash } from "node:crypto";
import { UsageError, unknownName } from "../base/errors.ts";
import {
  parseDurationNs,
  parseRateBitsPerSecond,
  parseShare,
  parseSizeBytes,
  spellDuration,
  spellRate,
  spellSize,
} from "../base/units.ts";
import type { Link, LinkDirection, LinkEvent, LossModel } from "../contract/index.ts";
import { parseMahimahi, type RateTrace } from "./mahimahi.ts";
import {
  DEFAULT_MTU_BYTES,
  DEFAULT_ROUND_TRIP_NS,
  type DirectionOptions,
  defaultQueueBytes,
  defaultTransport,
  type LinkOptions,
  makeLink,
} from "./make.ts";

export { type DirectionOptions, type LinkOptions, makeLink, type Transport, validateLink } from "./make.ts";

/** Reads a file that a link names; injected, so that this module touches no disk. */
export type FileReader = (path: string) => string;

type Setter<T> = (options: T, value: string, read: FileReader) => void;

const DIRECTION_KEYS: Record<string, Setter<DirectionOptions>> = {
  rate: (options, value) => {
    options.rateBitsPerSecond = parseRateBitsPerSecond(value);
  },
  trace: (options, value, read) => {
    options.trace = readTrace(value, read);
  },
  delay: (options, value) => {
    options.oneWayDelayNs = parseDurationNs(value);
  },
  jitter: (options, value) => {
    options.jitterNs = parseDurationNs(value);
  },
  loss: (options, value) => {
    options.loss = parseLoss(value);
  },
  queue: (options, value) => {
    options.queueBytes = parseSizeBytes(value);
  },
  mtu: (options, value) => {
    options.mtuBytes = parseSizeBytes(value);
  },
  cross: (options, value) => {
    options.crossTraffic = { ...options.crossTraffic, rateBitsPerSecond: parseRateBitsPerSecond(value) };
  },
  crossflows: (options, value) => {
    options.crossTraffic = { ...options.crossTraffic, flows: parseCount(value) };
  },
};

const LINK_KEYS: Record<string, Setter<LinkOptions>> = {
  rtt: (options, value) => {
    options.roundTripNs = parseDurationNs(value);
  },
  cc: (options, value) => {
    const name = CONGESTION_CONTROLS.find((known) => known === value);
    if (name === undefined) throw unknownName("congestion control", value, CONGESTION_CONTROLS);
    options.transport = { ...options.transport, congestionControl: name };
  },
  streams: (options, value) => {
    options.transport = { ...options.transport, streams: parseCount(value) };
  },
  window: (options, value) => {
    options.transport = { ...options.transport, windowBytes: parseSizeBytes(value) };
  },
  sndbuf: (options, value) => {
    options.transport = { ...options.transport, sendBufferBytes: parseSizeBytes(value) };
  },
  iw: (options, value) => {
    options.transport = { ...options.transport, initialWindowSegments: parseCount(value) };
  },
  rto: (options, value) => {
    options.transport = { ...options.transport, minRetransmitTimeoutNs: parseDurationNs(value) };
  },
};

const CONGESTION_CONTROLS = ["reno", "cubic", "bbr"] as const;
const EVENT_KINDS = ["outage", "rate", "reset"] as const;
const SIDES = { up: "forward", down: "reverse" } as const;
export const LINK_SPEC_KEYS: readonly string[] = [...Object.keys(DIRECTION_KEYS), ...Object.keys(LINK_KEYS)];

const noFiles: FileReader = (path) => {
  throw new UsageError(`trace "${path}" cannot be read here; give the link as a document instead`);
};

/** Parses a link. Every mistake is a UsageError of one line: what was given, which key, what is allowed. */
export function parseLink(text: string, readFile: FileReader = noFiles): Link {
  const options: LinkOptions = {};
  const events: LinkEvent[] = [];
  const seen = new Set<string>();
  for (const part of splitParts(text)) {
    const kind = /^([^=@]+)@/.exec(part)?.[1];
    if (kind !== undefined) {
      events.push(parseEvent(part, kind));
      continue;
    }
    const equals = part.indexOf("=");
    const key = equals < 0 ? part : part.slice(0, equals);
    if (equals < 0) throw new UsageError(`link part "${part}" is not key=value; keys: ${LINK_SPEC_KEYS.join(", ")}`);
    if (seen.has(key)) throw new UsageError(`link key "${key}" is given twice in "${text}"`);
    seen.add(key);
    applyKey(options, key, part.slice(equals + 1), readFile);
  }
  return makeLink({ ...options, events });
}

function applyKey(options: LinkOptions, key: string, value: string, read: FileReader): void {
  const prefix = /^(up|down)\.(.*)$/.exec(key);
  try {
    if (prefix !== null) {
      const side = SIDES[prefix[1] as keyof typeof SIDES];
      const setter = own(DIRECTION_KEYS, prefix[2]);
      if (setter === undefined)
        throw unknownKey(
          key,
          Object.keys(DIRECTION_KEYS).map((k) => `${prefix[1]}.${k}`),
        );
      options[side] ??= {};
      setter(options[side], value, read);
      return;
    }
    const setter = own(DIRECTION_KEYS, key) ?? own(LINK_KEYS, key);
    if (setter === undefined) throw unknownKey(key, LINK_SPEC_KEYS);
    setter(options, value, read);
  } catch (error) {
    if (!(error instanceof UsageError) || error instanceof UnknownKey) throw error;
    throw new UsageError(`link key "${key}": ${error.message}`);
  }
}

class UnknownKey extends UsageError {}
const unknownKey = (key: string, known: readonly string[]): UnknownKey =>
  new UnknownKey(unknownName("link key", key, known).message);
const own = <T>(table: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** Splits at commas that are not inside parentheses. */
function splitParts(text: string): string[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  if (parts.some((part) => part === "")) {
    throw new UsageError(`link "${text}" has an empty part; write for example rate=1Gbps,rtt=10ms`);
  }
  return parts;
}

function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`"${value}" is not a whole number`);
  return Number(value);
}

function parseLoss(value: string): LossModel {
  if (value === "none") return { model: "none" };
  const chain = /^ge\((.*)\)$/.exec(value);
  if (chain === null) {
    const probability = parseShare(value);
    return probability === 0 ? { model: "none" } : { model: "bernoulli", probability };
  }
  const shares = chain[1].split(",").map(parseShare);
  if (shares.length !== 4) {
    throw new UsageError(
      `"${value}" has ${shares.length} shares; write ge(goodToBad,badToGood,lossInGood,lossInBad), for example ge(0.1%,20%,0%,50%)`,
    );
  }
  const [goodToBad, badToGood, lossInGood, lossInBad] = shares;
  return { model: "gilbert-elliott", goodToBad, badToGood, lossInGood, lossInBad };
}

/** `outage@10s+2s`, `rate@5s=100Mbps`, `reset@3s`. */
function parseEvent(part: string, kind: string): LinkEvent {
  if (!EVENT_KINDS.some((known) => known === kind)) throw unknownName("link event", kind, EVENT_KINDS);
  const match = /^(\w+)@([^+=]+)(?:([+=])(.+))?$/.exec(part);
  const [, , at, sign, argument] = match ?? [];
  try {
    if (kind === "outage" && sign === "+") {
      return { kind, atNs: parseDurationNs(at), durationNs: parseDurationNs(argument) };
    }
    if (kind === "rate" && sign === "=") {
      return { kind, atNs: parseDurationNs(at), rateBitsPerSecond: parseRateBitsPerSecond(argument) };
    }
    if (kind === "reset" && match !== null && sign === undefined) return { kind, atNs: parseDurationNs(at) };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`link event "${part}": ${error.message}`);
    throw error;
  }
  throw new UsageError(
    `link event "${part}" is incomplete; write outage@TIME+DURATION, rate@TIME=RATE or reset@TIME, for example outage@10s+2s`,
  );
}

/** `FILE`, or `FILE#hash` as the canonical form has it; then the file must still be the same. */
function readTrace(value: string, read: FileReader): RateTrace {
  const pinned = /^(.+)#([0-9a-f]{8})$/.exec(value);
  const name = pinned?.[1] ?? value;
  if (/[,()#]/.test(name))
    throw new UsageError(`"${name}" cannot be written in a link; rename the trace without , ( ) #`);
  const trace = parseMahimahi(read(name), name);
  if (pinned !== null && pinned[2] !== traceHash(trace)) {
    throw new UsageError(`${name} has hash ${traceHash(trace)}, not ${pinned[2]}; the trace changed since`);
  }
  return trace;
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
const traceHash = (trace: RateTrace): string => shortHash(trace.opportunitiesMs.join("\n"));

/** The link as one string: what differs from the defaults, in a fixed order. Title, id and source are not part of it. */
export function canonicalLink(link: Link): string {
  const { forward, reverse } = link;
  const parts: string[] = [];
  const both = (key: string, spell: (direction: LinkDirection, other: LinkDirection) => string | null): void => {
    pushBoth(parts, key, spell(forward, reverse), spell(reverse, forward));
  };
  both("rate", (direction) => (direction.trace === null ? spellRate(direction.rateBitsPerSecond) : null));
  both("trace", ({ trace }) => (trace === null ? null : `${trace.name}#${traceHash(trace)}`));
  parts.push(...spellDelay(link));
  both("jitter", ({ jitterNs }) => (jitterNs === 0 ? null : spellDuration(jitterNs)));
  both("loss", ({ loss }) => spellLoss(loss));
  both("queue", (direction, other) =>
    direction.queueBytes === defaultQueueBytes(direction, other) ? null : spellSize(direction.queueBytes),
  );
  both("mtu", ({ mtuBytes }) => (mtuBytes === DEFAULT_MTU_BYTES ? null : `${mtuBytes}`));
  both("cross", ({ crossTraffic }) =>
    crossTraffic.rateBitsPerSecond === 0 ? null : spellRate(crossTraffic.rateBitsPerSecond),
  );
  both("crossflows", ({ crossTraffic }) => (crossTraffic.flows === 0 ? null : `${crossTraffic.flows}`));
  parts.push(...spellTransport(link), ...link.events.map(spellEvent));
  return parts.join(",");
}

/** Eight hex digits of the canonical form. A trace counts by its contents, not by the name of its file. */
export function linkHash(link: Link): string {
  return shortHash(canonicalLink(link).replace(/trace=[^,]*#/g, "trace=#"));
}

function pushBoth(parts: string[], key: string, up: string | null, down: string | null): void {
  if (up === down) {
    if (up !== null) parts.push(`${key}=${up}`);
  } else if (key === "rate" && up !== null && down !== null) {
    parts.push(`rate=${up}`, `down.rate=${down}`);
  } else {
    if (up !== null) parts.push(`up.${key}=${up}`);
    if (down !== null) parts.push(`down.${key}=${down}`);
  }
}

function spellDelay({ forward, reverse }: Link): string[] {
  const up = forward.oneWayDelayNs;
  const down = reverse.oneWayDelayNs;
  // makeLink gives the odd nanosecond of a round trip to the way back.
  if (down - up === 0 || down - up === 1) {
    return up + down === DEFAULT_ROUND_TRIP_NS ? [] : [`rtt=${spellDuration(up + down)}`];
  }
  return [`up.delay=${spellDuration(up)}`, `down.delay=${spellDuration(down)}`];
}

function spellLoss(loss: LossModel): string | null {
  if (loss.model === "none") return null;
  if (loss.model === "bernoulli") return spellShare(loss.probability);
  const { goodToBad, badToGood, lossInGood, lossInBad } = loss;
  return `ge(${[goodToBad, badToGood, lossInGood, lossInBad].map(spellShare).join(",")})`;
}

/** As a percentage where that reads back to the same number, else as a plain share. */
function spellShare(share: number): string {
  const percent = `${Number((share * 100).toPrecision(12))}%`;
  return parseShare(percent) === share ? percent : `${share}`;
}

function spellTransport({ transport, forward, reverse }: Link): string[] {
  const standard = defaultTransport(forward, reverse);
  const parts: string[] = [];
  const push = <K extends keyof typeof transport>(key: string, field: K, spell: (value: number) => string): void => {
    if (transport[field] !== standard[field]) parts.push(`${key}=${spell(transport[field] as number)}`);
  };
  if (transport.congestionControl !== standard.congestionControl) parts.push(`cc=${transport.congestionControl}`);
  push("streams", "streams", String);
  push("window", "windowBytes", spellSize);
  push("sndbuf", "sendBufferBytes", spellSize);
  push("iw", "initialWindowSegments", String);
  push("rto", "minRetransmitTimeoutNs", spellDuration);
  return parts;
}

function spellEvent(event: LinkEvent): string {
  const at = `${event.kind}@${spellDuration(event.atNs)}`;
  if (event.kind === "outage") return `${at}+${spellDuration(event.durationNs)}`;
  return event.kind === "rate" ? `${at}=${spellRate(event.rateBitsPerSecond)}` : at;
}
