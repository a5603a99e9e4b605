import { describe, expect, test } from "vitest";
import {
  parseDurationNs,
  parseRateBitsPerSecond,
  parseShare,
  parseSizeBytes,
  spellDuration,
  spellRate,
  spellSize,
} from "./units.ts";

describe("units", () => {
  test("durations", () => {
    expect(["250ms", "1.5s", "70us", "2min", "1h", "5ns"].map(parseDurationNs)).toEqual([
      250e6, 1.5e9, 70e3, 120e9, 3600e9, 5,
    ]);
  });
  test("rates, in either spelling", () => {
    expect(["622Mbps", "1Gbps", "1 Gb/s", "10gbit/s", "9600bps"].map(parseRateBitsPerSecond)).toEqual([
      622e6, 1e9, 1e9, 10e9, 9600,
    ]);
  });
  test("sizes: binary and decimal prefixes differ", () => {
    expect(["4GiB", "4GB", "512", "1.5KiB"].map(parseSizeBytes)).toEqual([4 * 1024 ** 3, 4e9, 512, 1536]);
  });
  test("shares", () => expect(["0.01%", "0.0001", "100%", "0"].map(parseShare)).toEqual([0.0001, 0.0001, 1, 0]));

  test("a bare number is no duration, because seconds and milliseconds are too easily confused", () => {
    expect(() => parseDurationNs("250")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: "250" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)]`,
    );
  });
  test("what cannot be read says how to write it", () => {
    expect(() => parseRateBitsPerSecond("fast")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: "fast" is not a rate; write for example 622Mbps (units: bps, kbps, mbps, gbps, tbps)]`,
    );
    expect(() => parseSizeBytes("-4GiB")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: "-4GiB" is not a size; write for example 4GiB (units: b, kb, mb, gb, tb, kib, mib, gib, tib)]`,
    );
    expect(() => parseShare("130%")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: "130%" is not a share; write for example 0.01% or 0.0001 (0 to 1)]`,
    );
  });

  test("spelling is read back as the same value", () => {
    for (const ns of [0, 1, 999, 1500, 250e6, 1e9, 90e9, 3600e9, 12_345_678])
      expect(parseDurationNs(spellDuration(ns))).toBe(ns);
    for (const bits of [1, 9600, 622e6, 2.5e9, 1e12]) expect(parseRateBitsPerSecond(spellRate(bits))).toBe(bits);
    for (const bytes of [1, 4096, 1536, 2 ** 40, 6_291_456]) expect(parseSizeBytes(spellSize(bytes))).toBe(bytes);
  });
});
