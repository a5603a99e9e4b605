/** Durations, rates, sizes and shares as people write them, and back. Parsing is exact; anything else is a UsageError. */
import { UsageError } from "./errors.ts";

export const NS_PER_SECOND = 1_000_000_000;
export const NS_PER_MS = 1_000_000;

const DURATION_UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 };
const RATE_UNITS: Record<string, number> = { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9, tbps: 1e12 };
const SIZE_UNITS: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

function parse(
  text: string,
  units: Record<string, number>,
  kind: string,
  example: string,
  bareUnit: string | null,
): number {
  const match = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-zµ/]*)\s*$/i.exec(text);
  const unit = match?.[2] === "" ? bareUnit : match?.[2].toLowerCase().replace(/^([kmgt]?)b(?:it)?\/s$/, "$1bps");
  const factor = unit == null ? undefined : units[unit];
  if (!match || factor === undefined) {
    throw new UsageError(
      `"${text}" is not a ${kind}; write for example ${example} (units: ${Object.keys(units).join(", ")})`,
    );
  }
  return Math.round(Number(match[1]) * factor);
}

/** "250ms" → nanoseconds. A bare number is refused, because seconds and milliseconds are too easily confused. */
export const parseDurationNs = (text: string): number => parse(text, DURATION_UNITS, "duration", "250ms", null);
/** "1Gbps" → bits per second. */
export const parseRateBitsPerSecond = (text: string): number => parse(text, RATE_UNITS, "rate", "622Mbps", null);
/** "4GiB" → bytes; a bare number is bytes. */
export const parseSizeBytes = (text: string): number => parse(text, SIZE_UNITS, "size", "4GiB", "b");

/** "0.01%" or "0.0001" → a share in [0, 1]. */
export function parseShare(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)\s*$/i.exec(text);
  const share = match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN;
  if (!(share >= 0 && share <= 1))
    throw new UsageError(`"${text}" is not a share; write for example 0.01% or 0.0001 (0 to 1)`);
  return share;
}

/** Shortest exact spelling with the largest unit that divides the value. */
function spell(value: number, units: [string, number][]): string {
  for (const [unit, factor] of units)
    if (value >= factor && Number.isInteger(value / factor)) return `${value / factor}${unit}`;
  const [unit, factor] = units.find(([, f]) => value >= f) ?? units[units.length - 1];
  return `${value / factor}${unit}`;
}

export const spellDuration = (ns: number): string =>
  ns === 0
    ? "0ms"
    : spell(ns, [
        ["h", 3600e9],
        ["min", 60e9],
        ["s", 1e9],
        ["ms", 1e6],
        ["us", 1e3],
        ["ns", 1],
      ]);
export const spellRate = (bits: number): string =>
  spell(bits, [
    ["Tbps", 1e12],
    ["Gbps", 1e9],
    ["Mbps", 1e6],
    ["kbps", 1e3],
    ["bps", 1],
  ]);
export const spellSize = (bytes: number): string =>
  spell(bytes, [
    ["TiB", 1024 ** 4],
    ["GiB", 1024 ** 3],
    ["MiB", 1024 ** 2],
    ["KiB", 1024],
    ["B", 1],
  ]);
