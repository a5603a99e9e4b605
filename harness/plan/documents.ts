/** Documents that users name as files: read through the injected reader, and validated. */
import { dirname, join } from "node:path";
import { UsageError, unknownName } from "../base/errors.ts";
import type { Catalogue, Collection } from "../contract/catalogue.ts";
import type { Link } from "../contract/schemas/link.ts";
import type { Policy } from "../contract/schemas/policy.ts";
import type { Scenario } from "../contract/schemas/scenario.ts";
import { parseDocument, parseValue, validateDocument } from "../contract/validate.ts";
import { validateLink } from "../link/spec.ts";

export type FileReader = (path: string) => string;

export const isFile = (name: string): boolean => name.endsWith(".json");

/** A reader whose failures say which file and why, and never show a stack. */
export function safeReader(readFile: FileReader | undefined): FileReader {
  return (path) => {
    if (readFile === undefined) throw new UsageError(`${path}: files cannot be read here; give a name instead`);
    try {
      return readFile(path);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const { code } = error as { code?: string };
      const reason = code === "ENOENT" ? "there is no such file" : `cannot be read (${code ?? String(error)})`;
      throw new UsageError(`${path}: ${reason}`);
    }
  };
}

export function readLink(path: string, read: FileReader): Link {
  const link = parseDocument("link", read(path), path);
  try {
    validateLink(link);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
  return link;
}

export const readPolicy = (path: string, read: FileReader): Policy => parseDocument("policy", read(path), path);

function lookUp<T>(kind: string, name: string, entries: Collection<T>, where: string): T {
  const entry = entries.get(name);
  if (entry === undefined) throw unknownName(kind, name, entries.names(), where);
  return entry;
}

/**
 * A scenario may name its guest, workload and host instead of spelling them out; a workload may also be a recording, as
 * a CSV file beside the scenario.
 */
export function readScenario(path: string, read: FileReader, catalogue: Catalogue): Scenario {
  const value = parseValue("scenario", read(path), path);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return validateDocument("scenario", value, path);
  const scenario: Record<string, unknown> = { ...value };
  const { guest, workload, host } = scenario;
  if (typeof guest === "string") scenario.guest = lookUp("guest", guest, catalogue.guests, `${path}#/guest`);
  if (typeof host === "string") {
    const { id: _id, title: _title, ...costs } = lookUp("host", host, catalogue.hosts, `${path}#/host`);
    scenario.host = costs;
  }
  if (typeof workload === "string") {
    const { memoryBytes } = validateDocument("guest", scenario.guest, `${path}#/guest`);
    if (workload.endsWith(".csv")) {
      const file = join(dirname(path), workload);
      scenario.workload = catalogue.workloadFromCsv(read(file), { file, memoryBytes });
    } else {
      const template = lookUp("workload", workload, catalogue.workloads, `${path}#/workload`);
      scenario.workload = template.forMemory(memoryBytes);
    }
  }
  return validateDocument("scenario", scenario, path);
}
