/** Quantities as a person reads them: three or four significant digits, a unit, never a bare number. */

/** "12.3" for 12.345: enough digits to compare, no more. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(value: number, steps: readonly (readonly [string, number])[]): string {
  // Half a unit in the last digit below the step still reads as the step: 999.96 ms is written 1.00 s.
  const [unit, factor] = steps.find(([, size]) => Math.abs(value) >= size * 0.9995) ?? steps[steps.length - 1];
  return `${digits(value / factor)} ${unit}`;
}

/** Nanoseconds as "79.2 ms", "1.23 s", "4 min 07 s", "2 h 05 min". */
export function formatDuration(durationNs: number): string {
  const seconds = Math.round(durationNs / 1e9);
  if (seconds >= 3600) {
    const minutes = Math.round(seconds / 60);
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  }
  if (seconds >= 120) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  if (durationNs === 0) return "0 ms";
  return scaled(durationNs, [
    ["s", 1e9],
    ["ms", 1e6],
    ["µs", 1e3],
    ["ns", 1],
  ]);
}

/** Bytes in decimal units, as links are measured: "4.29 GB". */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [
    ["TB", 1e12],
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
    ["B", 1],
  ]);
}

/** Bytes per second as bits per second, as links are sold: "9.41 Gb/s". */
export function formatBytesPerSecond(bytesPerSecond: number): string {
  return formatBitsPerSecond(bytesPerSecond * 8);
}

export function formatBitsPerSecond(bitsPerSecond: number): string {
  return scaled(bitsPerSecond, [
    ["Tb/s", 1e12],
    ["Gb/s", 1e9],
    ["Mb/s", 1e6],
    ["kb/s", 1e3],
    ["b/s", 1],
  ]);
}

/** 0.987 as "98.7 %"; a share that is not quite whole never reads as 100 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  if (percent >= 99.95 && percent < 100) return "99.9 %";
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`;
}

/** 4638 as "4,638". */
export function formatCount(count: number): string {
  const rounded = Number.isInteger(count) ? String(count) : digits(count);
  return rounded.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** A metric's value in its own unit. */
export function formatMetric(unit: "ns" | "bytes" | "count" | "share" | "bytes-per-second", value: number): string {
  const write = {
    ns: formatDuration,
    bytes: formatBytes,
    count: formatCount,
    share: formatShare,
    "bytes-per-second": formatBytesPerSecond,
  };
  return write[unit](value);
}
