/**
 * What can be asked of a running link: one JSON object per line. Every command may carry an `id`, which its answer
 * repeats, and `atNs`, the time on the link's clock at which it is carried out; without that, now.
 */
import { UsageError, unknownName } from "../../../base/errors.ts";
import { ENDS, type End } from "./connection.ts";
import { DIRECTIONS, type DirectionName } from "./direction.ts";

/** `both` where an effect has no direction of its own. */
export type Directions = DirectionName | "both";
/** By the number that its `connected` notice gave it. */
export type ConnectionChoice = number | "all";

export type Action =
  /** Null gives the rate back to the link document. */
  | {
      readonly command: "rate";
      readonly direction: Directions;
      readonly rateBitsPerSecond: number | null;
      readonly durationNs: number | null;
    }
  /** Silence in both directions; connections survive if their ends do. */
  | { readonly command: "outage"; readonly durationNs: number }
  /** Silence, for ever when the duration is null. */
  | { readonly command: "blackhole"; readonly direction: Directions; readonly durationNs: number | null }
  /** Ends every rate, black hole and stall that a command began. */
  | { readonly command: "restore" }
  | { readonly command: "reset"; readonly connection: ConnectionChoice }
  | { readonly command: "half-open"; readonly connection: ConnectionChoice; readonly keep: End }
  /** Flips the bits of `mask` in one byte of a connection's stream, counted from 0. */
  | {
      readonly command: "corrupt";
      readonly connection: number;
      readonly direction: DirectionName;
      readonly offset: number;
      readonly mask: number;
    }
  /** Flips one bit in each of the next frames of a direction. */
  | { readonly command: "corrupt-frames"; readonly direction: DirectionName; readonly frames: number }
  | {
      readonly command: "stall";
      readonly connection: ConnectionChoice;
      readonly direction: Directions;
      readonly durationNs: number | null;
    }
  /** Changes nothing; the answer tells the processor time used so far. */
  | { readonly command: "status" }
  /** Ends the emulator. */
  | { readonly command: "stop" };

export interface Command {
  readonly id: string | number | null;
  readonly atNs: number | null;
  readonly action: Action;
}

type Fields = Record<string, unknown>;

const refuse = (field: string, value: unknown, expected: string): UsageError => {
  const given = value === undefined ? "is missing" : `is ${JSON.stringify(value)?.slice(0, 60)}`;
  return new UsageError(`"${field}" ${given}; it must be ${expected}`);
};

function wholeNumber(fields: Fields, field: string, low: number, high: number): number {
  const value = fields[field];
  if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) return value;
  throw refuse(field, value, `a whole number from ${low} to ${high}`);
}

function oneOf<T extends string>(fields: Fields, field: string, names: readonly T[], fallback?: T): T {
  const value = fields[field] ?? fallback;
  const found = names.find((name) => name === value);
  if (found === undefined) throw refuse(field, value, `one of ${names.join(", ")}`);
  return found;
}

const nanoseconds = (fields: Fields, field: string): number => wholeNumber(fields, field, 1, Number.MAX_SAFE_INTEGER);
const durationOrForEver = (fields: Fields): number | null =>
  (fields.durationNs ?? null) === null ? null : nanoseconds(fields, "durationNs");
const anyDirection = (fields: Fields): Directions =>
  oneOf<Directions>(fields, "direction", ["both", ...DIRECTIONS], "both");
const oneConnection = (fields: Fields): number => wholeNumber(fields, "connection", 1, Number.MAX_SAFE_INTEGER);
const connections = (fields: Fields): ConnectionChoice =>
  (fields.connection ?? "all") === "all" ? "all" : oneConnection(fields);

function rate(fields: Fields): number | null {
  const value = fields.rateBitsPerSecond;
  if (value === null || (typeof value === "number" && value >= 1 && value <= 1e15)) return value;
  throw refuse("rateBitsPerSecond", value, "from 1 to 1e15, or null for the link's own; for no rate use blackhole");
}

interface Reader {
  /** Fields that the command may have, besides command, id and atNs. */
  readonly fields: readonly string[];
  readonly read: (fields: Fields) => Action;
}

const READERS: { readonly [K in Action["command"]]: Reader } = {
  rate: {
    fields: ["direction", "rateBitsPerSecond", "durationNs"],
    read: (f) => ({
      command: "rate",
      direction: anyDirection(f),
      rateBitsPerSecond: rate(f),
      durationNs: durationOrForEver(f),
    }),
  },
  outage: { fields: ["durationNs"], read: (f) => ({ command: "outage", durationNs: nanoseconds(f, "durationNs") }) },
  blackhole: {
    fields: ["direction", "durationNs"],
    read: (f) => ({ command: "blackhole", direction: anyDirection(f), durationNs: durationOrForEver(f) }),
  },
  restore: { fields: [], read: () => ({ command: "restore" }) },
  reset: { fields: ["connection"], read: (f) => ({ command: "reset", connection: connections(f) }) },
  "half-open": {
    fields: ["connection", "keep"],
    read: (f) => ({ command: "half-open", connection: connections(f), keep: oneOf(f, "keep", ENDS) }),
  },
  corrupt: {
    fields: ["connection", "direction", "offset", "mask"],
    read: (f) => ({
      command: "corrupt",
      connection: oneConnection(f),
      direction: oneOf(f, "direction", DIRECTIONS),
      offset: wholeNumber(f, "offset", 0, Number.MAX_SAFE_INTEGER),
      mask: f.mask === undefined ? 1 : wholeNumber(f, "mask", 1, 255),
    }),
  },
  "corrupt-frames": {
    fields: ["direction", "frames"],
    read: (f) => ({
      command: "corrupt-frames",
      direction: oneOf(f, "direction", DIRECTIONS),
      frames: wholeNumber(f, "frames", 1, 1_000_000),
    }),
  },
  stall: {
    fields: ["connection", "direction", "durationNs"],
    read: (f) => ({
      command: "stall",
      connection: connections(f),
      direction: anyDirection(f),
      durationNs: durationOrForEver(f),
    }),
  },
  status: { fields: [], read: () => ({ command: "status" }) },
  stop: { fields: [], read: () => ({ command: "stop" }) },
};

export const COMMANDS = Object.keys(READERS) as Action["command"][];

/** The id of a line that may be wrong in every other respect, so that its refusal can be told from others. */
export function commandId(line: string): string | number | null {
  try {
    const id = (JSON.parse(line) as Fields | null)?.id;
    return typeof id === "string" || typeof id === "number" ? id : null;
  } catch {
    return null;
  }
}

/** Reads one line. @throws UsageError: one sentence that says what was given and what is allowed */
export function parseCommand(line: string): Command {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UsageError(`not JSON: ${line.slice(0, 60)}; write one object per line, for example {"command":"reset"}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`not an object: ${line.slice(0, 60)}; write for example {"command":"reset"}`);
  }
  const fields = value as Fields;
  const name = fields.command;
  if (typeof name !== "string" || !Object.hasOwn(READERS, name)) {
    throw unknownName("command", typeof name === "string" ? name : String(JSON.stringify(name)), COMMANDS);
  }
  const reader = READERS[name as Action["command"]];
  const allowed = ["command", "id", "atNs", ...reader.fields];
  const strange = Object.keys(fields).find((field) => !allowed.includes(field));
  if (strange !== undefined) throw unknownName(`field of ${name}`, strange, allowed);
  return {
    id: commandId(line),
    atNs: fields.atNs === undefined ? null : wholeNumber(fields, "atNs", 0, Number.MAX_SAFE_INTEGER),
    action: reader.read(fields),
  };
}
