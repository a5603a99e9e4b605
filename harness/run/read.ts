/** Reads records back. Every line is checked; what is wrong with one is said with file and line. */
import { createReadStream, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../base/errors.ts";
import type { LonghaulRecord, RunInfo } from "../contract/index.ts";
import { validateDocument } from "../contract/validate.ts";
import { CELLS_FILE, RUN_FILE } from "./directory.ts";
import { ioError } from "./io-error.ts";

const RECORD_VERSION = 1;
const RUN_VERSION = 1;
/** A record of thousands of rounds stays below this; a file that is no list of records at all does not fill memory. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Where the records of a run lie, and what is known of the run. */
export interface FoundRun {
  readonly cellsFile: string;
  readonly run: RunInfo | null;
}

/**
 * Finds a run by what a person types: a directory, a file of records, or the name of a run below `parent` (`latest` is
 * one of them).
 */
export function findRun(given: string, parent: string): FoundRun {
  const candidates = [given, join(parent, given)];
  for (const path of candidates) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (found.isFile()) return { cellsFile: path, run: null };
    return { cellsFile: join(path, CELLS_FILE), run: readRunInfo(join(path, RUN_FILE)) };
  }
  throw new UsageError(`no run "${given}": neither ${candidates.join(" nor ")} exists; longhaul run makes one`);
}

function readRunInfo(file: string): RunInfo | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw ioError("read", file, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; the records beside it can be read by themselves`);
  }
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
  if (version === RUN_VERSION) return value as RunInfo;
  throw new UsageError(
    `${file} has version ${JSON.stringify(version) ?? "none"}; this Longhaul reads version ${RUN_VERSION}`,
  );
}

/** The records of a file, one after the other. An empty file is an error: nothing is never a result. */
export async function* readRecords(
  file: string,
  options: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<LonghaulRecord> {
  let number = 0;
  for await (const { text, ended } of linesOf(file, options.maxLineBytes ?? MAX_LINE_BYTES)) {
    number++;
    yield parseRecord(text, `${file}:${number}`, { ended, before: number - 1 });
  }
  if (number === 0) throw new UsageError(`${file} holds no records`);
}

interface Line {
  readonly text: string;
  /** False for a last line without its line feed. */
  readonly ended: boolean;
}

async function* linesOf(file: string, maxLineBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let held = 0;
  let number = 1;
  const take = (ended: boolean): Line => {
    const text = Buffer.concat(parts).toString("utf8");
    parts = [];
    held = 0;
    number++;
    return { text, ended };
  };
  const keep = (part: Buffer) => {
    held += part.length;
    if (held > maxLineBytes) {
      throw new UsageError(
        `${file}:${number}: a line of more than ${maxLineBytes} bytes; this is not a file of records`,
      );
    }
    parts.push(part);
  };
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        keep(chunk.subarray(start, end));
        yield take(true);
        start = end + 1;
      }
      keep(chunk.subarray(start));
    }
  } catch (error) {
    throw ioError("read", file, error);
  }
  if (held > 0) yield take(false);
}

function parseRecord(text: string, where: string, line: { ended: boolean; before: number }): LonghaulRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (!line.ended) {
      throw new UsageError(
        `${where}: the file is truncated here, after ${line.before} whole records; remove this line to read those`,
      );
    }
    throw new UsageError(`${where}: not JSON: ${JSON.stringify(text.slice(0, 40))}`);
  }
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
  if (typeof version !== "number" || !("cell" in (value as object))) {
    throw new UsageError(
      `${where}: not a record of Longhaul; expected one JSON object with "version" and "cell" per line`,
    );
  }
  if (version > RECORD_VERSION) {
    throw new UsageError(
      `${where}: a record of version ${version}, written by a newer Longhaul; this one reads version ${RECORD_VERSION}`,
    );
  }
  return validateDocument("record", value, where);
}
