/** What `longhaul list` knows: every registry as rows of name, title and source. */
import { engines } from "../../engines/index.ts";
import { plain } from "../../reports/formats/escape.ts";
import { reporters } from "../../reports/formats/index.ts";
import { textTable } from "../../reports/formats/table.ts";
import { catalogue } from "../../suites/index.ts";
import { unknownName } from "../base/errors.ts";
import type { Collection } from "../contract/index.ts";
import { checks, metrics } from "../judge/index.ts";
import { canonicalLink } from "../link/index.ts";
import { print, printJson } from "./output.ts";

/** One thing of a list. `verified: false`: its figures are from memory, not read in the source. */
interface Entry {
  readonly name: string;
  readonly title: string;
  readonly aliases?: readonly string[];
  readonly source?: string;
  readonly verified?: boolean;
  /** What only this kind of thing has. */
  readonly [detail: string]: unknown;
}

interface Sourced {
  readonly title?: string;
  readonly source?: string;
  readonly verified?: boolean;
}

function fromCatalogue<T extends Sourced>(
  collection: Collection<T>,
  details: (item: T) => Record<string, unknown> = () => ({}),
): Entry[] {
  return collection.names().map((name) => {
    const item = collection.get(name);
    if (item === undefined) throw new Error(`the catalogue names "${name}" but does not have it`);
    const aliases = Object.keys(collection.aliases).filter((alias) => collection.aliases[alias] === name);
    return {
      name,
      title: item.title ?? "",
      ...(aliases.length > 0 ? { aliases } : {}),
      ...(item.source === undefined ? {} : { source: item.source }),
      ...(item.verified === undefined ? {} : { verified: item.verified }),
      ...details(item),
    };
  });
}

const LISTS: Record<string, () => Entry[]> = {
  engines: () =>
    engines.map(({ manifest }) => ({
      name: manifest.name,
      title: manifest.title,
      description: manifest.description,
      ...(manifest.paper === undefined ? {} : { source: manifest.paper }),
      worlds: manifest.worlds,
      capabilities: manifest.capabilities,
    })),
  suites: () => fromCatalogue(catalogue.suites, ({ description }) => ({ description })),
  cases: () => checks.map(({ id, requirement, level }) => ({ name: id, title: requirement, level })),
  links: () => fromCatalogue(catalogue.links, (link) => ({ canonical: canonicalLink(link) })),
  guests: () => fromCatalogue(catalogue.guests),
  workloads: () => fromCatalogue(catalogue.workloads),
  scenarios: () => fromCatalogue(catalogue.scenarios),
  policies: () => fromCatalogue(catalogue.policies, ({ notes }) => (notes === undefined ? {} : { notes })),
  metrics: () =>
    metrics.map(({ id, title, description, unit, better, exact }) => ({
      name: id,
      title,
      description,
      unit,
      better,
      exact,
    })),
  formats: () => reporters.map(({ id, title, extension }) => ({ name: id, title, extension })),
};

export function executeList(what: string, asJson: boolean): void {
  const list = Object.hasOwn(LISTS, what) ? LISTS[what] : undefined;
  if (list === undefined) throw unknownName("list", what, Object.keys(LISTS));
  const entries = list();
  if (asJson) printJson({ version: 1, [what]: entries });
  else print(table(entries));
}

/** The name, what it is, and where its figures come from; details are for --json. */
function table(entries: readonly Entry[]): string {
  const sourced = entries.some(({ source }) => source !== undefined);
  const canonical = entries.some((entry) => entry.canonical !== undefined);
  const rows = entries.map((entry) => {
    const mark = entry.verified === false ? "UNVERIFIED: " : "";
    return [
      [entry.name, ...(entry.aliases ?? [])].join(", "),
      ...(canonical ? [String(entry.canonical)] : []),
      [entry.title, entry.description].filter((text) => text !== undefined && text !== "").join(": "),
      ...(sourced ? [`${mark}${entry.source ?? ""}`] : []),
    ].map(plain);
  });
  const titles = ["name", ...(canonical ? ["link"] : []), "what it is", ...(sourced ? ["source"] : [])];
  const lines = textTable(
    titles.map((title) => ({ title, align: "left" as const })),
    rows,
  );
  return lines.join("\n");
}
