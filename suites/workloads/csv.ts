/**
 * Recordings as workloads.
 *
 * Dirty-rate CSV: header `time_s,pages_per_second`, evenly spaced from time 0; a row holds until the next one.
 * Page-trace CSV: header `time_s,first_page,pages,access`, access `read` or `write`, times not decreasing.
 * Lines that start with `#` are comments. A missing sample is refused, because guessing it would be inventing load.
 */
import { UsageError, unknownName } from "../../harness/base/errors.ts";
import { log } from "../../harness/base/math.ts";
import type { Workload, WorkloadComponent } from "../../harness/contract/schemas/workload.ts";

const PAGE_BYTES = 4096;
const MAX_DIRTY_RATE_ROWS = 100_000;
const MAX_TRACE_ROWS = 1_000_000;
/** A step longer than this many usual steps is a hole; below it, it is jitter of the recorder. */
const HOLE_STEPS = 1.5;

const DIRTY_RATE_HEADER = "time_s,pages_per_second";
const PAGE_TRACE_HEADER = "time_s,first_page,pages,access";

export interface CsvOptions {
  /** For messages, and for the name of the workload. */
  readonly file: string;
  readonly memoryBytes: number;
}

interface Field {
  readonly text: string;
  readonly where: string;
}

interface Table {
  readonly header: string;
  readonly rows: readonly (readonly Field[])[];
}

function fieldsOf(line: string, place: string): Field[] {
  let column = 1;
  return line.split(",").map((part) => {
    const field = { text: part.trim(), where: `${place}:${column}` };
    column += part.length + 1;
    return field;
  });
}

function readTable(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const numbered = lines.map((line, index) => ({ line, place: `${file}:${index + 1}` }));
  const used = numbered.filter(({ line }) => line.trim() !== "" && !line.startsWith("#"));
  if (used.length === 0)
    throw new UsageError(`${file}: empty; the first line must be "${DIRTY_RATE_HEADER}" or "${PAGE_TRACE_HEADER}"`);
  const [first, ...rest] = used;
  const header = first.line.replaceAll(" ", "");
  if (header !== DIRTY_RATE_HEADER && header !== PAGE_TRACE_HEADER)
    throw unknownName("CSV header", header, [DIRTY_RATE_HEADER, PAGE_TRACE_HEADER], `${first.place}:1`);
  const limit = header === DIRTY_RATE_HEADER ? MAX_DIRTY_RATE_ROWS : MAX_TRACE_ROWS;
  if (rest.length === 0) throw new UsageError(`${file}: no rows after the header`);
  if (rest.length > limit) throw new UsageError(`${file}: ${rest.length} rows; at most ${limit} are read`);
  const width = header.split(",").length;
  const rows = rest.map(({ line, place }) => {
    const fields = fieldsOf(line, place);
    if (fields.length !== width)
      throw new UsageError(`${place}:1: ${fields.length} fields, must be ${width} (${header})`);
    return fields;
  });
  return { header, rows };
}

function numberOf({ text, where }: Field, what: string): number {
  if (text === "") throw new UsageError(`${where}: ${what} is missing; a hole in a recording cannot be guessed`);
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text))
    throw new UsageError(`${where}: ${what} is ${JSON.stringify(text)}, must be a number of at least 0`);
  return Number(text);
}

function integerOf(field: Field, what: string, minimum: number): number {
  const value = numberOf(field, what);
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new UsageError(`${field.where}: ${what} is ${field.text}, must be an integer of at least ${minimum}`);
  return value;
}

function timeOf(field: Field): number {
  const timeNs = Math.round(numberOf(field, "time_s") * 1e9);
  if (timeNs > 9e15) throw new UsageError(`${field.where}: time_s is ${field.text}, must be at most 9000000`);
  return timeNs;
}

/** Times of the rows and, at the end, the time at which the last row stops to hold. */
function evenTimes(rows: Table["rows"]): number[] {
  const times = rows.map(([time]) => timeOf(time));
  if (times[0] !== 0) throw new UsageError(`${rows[0][0].where}: the first time_s is ${rows[0][0].text}, must be 0`);
  const stepNs = times.length > 1 ? times[1] : 1e9;
  for (let index = 1; index < times.length; index++) {
    const { where, text } = rows[index][0];
    const gapNs = times[index] - times[index - 1];
    if (gapNs <= 0) throw new UsageError(`${where}: time_s is ${text}, must be greater than the one above`);
    if (gapNs > HOLE_STEPS * stepNs)
      throw new UsageError(
        `${where}: a hole of ${gapNs / 1e9} s before time_s ${text}, samples are ${stepNs / 1e9} s apart; fill it or cut the recording`,
      );
  }
  return [...times, times[times.length - 1] + stepNs];
}

/**
 * Writes per second that dirty so many different pages in an interval, when each write hits any of `pages` pages:
 * unique = pages · (1 − e^(−writes / pages)), solved for the writes.
 */
function writesFor(uniquePages: number, pages: number): number {
  return -pages * log(1 - uniquePages / pages);
}

function dirtyRatePhases(rows: Table["rows"], memoryBytes: number): Workload["phases"] {
  const pages = Math.floor(memoryBytes / PAGE_BYTES);
  const times = evenTimes(rows);
  return rows.map((row, index) => {
    const durationNs = times[index + 1] - times[index];
    const seconds = durationNs / 1e9;
    const uniquePages = numberOf(row[1], "pages_per_second") * seconds;
    if (uniquePages >= pages)
      throw new UsageError(
        `${row[1].where}: ${row[1].text} pages per second dirty ${uniquePages} pages in ${seconds} s, must be fewer than the guest's ${pages}`,
      );
    const writesPerSecond = writesFor(uniquePages, pages) / seconds;
    const component: WorkloadComponent = {
      kind: "uniform",
      startBytes: 0,
      lengthBytes: memoryBytes,
      writesPerSecond,
      readsPerSecond: 0,
    };
    return { durationNs, components: [component] };
  });
}

function pageTrace(rows: Table["rows"], options: CsvOptions): WorkloadComponent {
  let previousNs = 0;
  const memoryPages = Math.floor(options.memoryBytes / PAGE_BYTES);
  const events = rows.map(([time, first, count, access]) => {
    const atNs = timeOf(time);
    if (atNs < previousNs)
      throw new UsageError(`${time.where}: time_s is ${time.text}, must not be less than the one above`);
    previousNs = atNs;
    const firstPage = integerOf(first, "first_page", 0);
    const pages = integerOf(count, "pages", 1);
    if (firstPage + pages > memoryPages)
      throw new UsageError(
        `${first.where}: pages ${firstPage} to ${firstPage + pages - 1} are outside the guest's ${memoryPages} pages`,
      );
    if (access.text !== "read" && access.text !== "write")
      throw unknownName("access", access.text, ["read", "write"], access.where);
    return { atNs, firstPage, pages, access: access.text as "read" | "write" };
  });
  return { kind: "page-trace", name: baseName(options.file), events };
}

const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

/**
 * Makes a workload of a recording. A dirty rate is taken as unique pages per interval of the recording, spread evenly
 * over memory, and repeats after its end; a page trace plays once. Pages are of 4 KiB.
 * @throws UsageError with file:line:column
 */
export function workloadFromCsv(text: string, options: CsvOptions): Workload {
  const { header, rows } = readTable(text, options.file);
  const recordedRate = header === DIRTY_RATE_HEADER;
  return {
    version: 1,
    title: `recorded in ${baseName(options.file)}`,
    source: `recording ${baseName(options.file)}`,
    phases: recordedRate
      ? dirtyRatePhases(rows, options.memoryBytes)
      : [{ durationNs: null, components: [pageTrace(rows, options)] }],
    repeat: recordedRate,
    changedBytesPerWrite: 256,
    writtenFill: "compressible",
  };
}
