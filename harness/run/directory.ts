/** The directory of a run: run.json, cells.ndjson, traces/, rendered reports, and the link `latest` beside it. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { hashText } from "../base/random.ts";
import type { RunInfo } from "../contract/index.ts";
import { ioError } from "./io-error.ts";

export const RESULTS_DIRECTORY = "longhaul-results";
export const CELLS_FILE = "cells.ndjson";
export const RUN_FILE = "run.json";
export const LATEST_LINK = "latest";
/** Runs that may start within one second under one parent. */
const MAX_NAMESAKES = 1000;

/** A file name for a cell's id: what is not safe everywhere is replaced, and a hash keeps such names apart. */
export function traceFileName(id: string): string {
  const safe = id.replace(/[^A-Za-z0-9._~=,+-]/g, "_").replace(/^\.+/, "_");
  if (safe === id && safe.length <= 160) return `${safe}.json`;
  return `${safe.slice(0, 150)}-${hashText(id).toString(16).padStart(8, "0")}.json`;
}

/** "2026-11-22T10-54-07": sorts by time and is a valid name everywhere. */
const nameOf = (startedAt: Date): string => startedAt.toISOString().slice(0, 19).replaceAll(":", "-");

/**
 * A directory and those above it, made one by one from the top: mkdir with `recursive` never returns where the file system
 * answers that the new directory "does not exist", as /proc does (seen with Node 20.20).
 */
function makeDirectories(path: string): void {
  const missing: string[] = [];
  let nearest = resolve(path);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) {
    missing.unshift(nearest);
    nearest = dirname(nearest);
  }
  // A file in the place of the directory is refused by mkdir itself, in the same words as any other obstacle.
  if (missing.length === 0 && !statSync(nearest).isDirectory()) missing.push(nearest);
  for (const directory of missing) mkdirSync(directory);
}

export class RunDirectory {
  readonly #cells: number;
  #keptBytes = 0;
  #keptLines = 0;

  private constructor(
    readonly parent: string,
    readonly id: string,
    readonly path: string,
  ) {
    const file = join(path, CELLS_FILE);
    try {
      this.#cells = openSync(file, "wx");
    } catch (error) {
      throw ioError("write", file, error);
    }
  }

  /** A new directory below `parent`; one that exists is never touched. */
  static create(parent: string, startedAt: Date): RunDirectory {
    const choose = "choose another place with --out";
    try {
      makeDirectories(parent);
    } catch (error) {
      throw ioError("create", parent, error, choose);
    }
    for (let number = 1; number <= MAX_NAMESAKES; number++) {
      const id = number === 1 ? nameOf(startedAt) : `${nameOf(startedAt)}-${number}`;
      const path = join(parent, id);
      try {
        mkdirSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
        throw ioError("create", path, error, choose);
      }
      return new RunDirectory(parent, id, path);
    }
    throw new Error(`${MAX_NAMESAKES} runs started in the same second below ${parent}`);
  }

  get cellsFile(): string {
    return join(this.path, CELLS_FILE);
  }

  /** Adds one record. When it does not fit, the file is cut back to its last whole line. */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#cells, bytes, written, bytes.length - written, this.#keptBytes + written);
      }
    } catch (error) {
      ftruncateSync(this.#cells, this.#keptBytes);
      throw ioError("write", this.cellsFile, error, `the ${this.#keptLines} cells before it are kept`);
    }
    this.#keptBytes += bytes.length;
    this.#keptLines++;
  }

  writeTrace(id: string, text: string): void {
    const directory = join(this.path, "traces");
    try {
      makeDirectories(directory);
    } catch (error) {
      throw ioError("create", directory, error);
    }
    this.#write(join(directory, traceFileName(id)), text);
  }

  /** Writes a file of the run in one piece: readers see the old one or the new one. */
  writeFile(name: string, text: string): void {
    this.#write(join(this.path, name), text);
  }

  writeRun(info: RunInfo): void {
    this.writeFile(RUN_FILE, `${JSON.stringify(info, null, 2)}\n`);
  }

  #write(file: string, text: string): void {
    const draft = `${file}.part`;
    try {
      writeFileSync(draft, text);
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw ioError("write", file, error, `the ${this.#keptLines} cells so far are kept in ${this.cellsFile}`);
    }
  }

  close(): void {
    try {
      fsyncSync(this.#cells);
    } catch (error) {
      throw ioError("write", this.cellsFile, error);
    } finally {
      closeSync(this.#cells);
    }
  }

  /**
   * Points `latest` at this run, in one step. Returns false when something else than a link has that name: it is left
   * alone.
   */
  linkLatest(): boolean {
    const link = join(this.parent, LATEST_LINK);
    const there = lstatSync(link, { throwIfNoEntry: false });
    if (there !== undefined && !there.isSymbolicLink()) return false;
    const draft = join(this.parent, `.${LATEST_LINK}-${this.id}`);
    try {
      symlinkSync(this.id, draft, "dir");
      renameSync(draft, link);
    } catch (error) {
      rmSync(draft, { force: true });
      throw ioError("link", link, error, `the results are in ${this.path}`);
    }
    return true;
  }
}
