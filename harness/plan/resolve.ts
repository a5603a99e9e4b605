/** From names to what they stand for: a catalogue entry, a canonical link, or a user's document. */
import { unknownName } from "../base/errors.ts";
import type { Catalogue, Collection } from "../contract/catalogue.ts";
import type { Link } from "../contract/schemas/link.ts";
import type { EngineManifest } from "../contract/schemas/manifest.ts";
import type { Policy } from "../contract/schemas/policy.ts";
import type { Scenario } from "../contract/schemas/scenario.ts";
import { canonicalLink, linkHash, parseLink } from "../link/spec.ts";
import { type FileReader, isFile, readLink, readPolicy, readScenario } from "./documents.ts";
import { contentHash } from "./hash.ts";
import { looksLikeSpec } from "./names.ts";

/** One value of an axis. */
export interface Choice<T> {
  /** What a user writes to get it again. */
  readonly name: string;
  /** Its part of a cell's id: readable, and safe in a file's name. */
  readonly slug: string;
  readonly hash: string;
  readonly value: T;
}
export type LinkChoice = Choice<Link> & { readonly spec: string };

export interface Resolver {
  readonly engine: (name: string) => Choice<EngineManifest>;
  readonly link: (name: string) => LinkChoice;
  readonly scenario: (name: string) => Choice<Scenario>;
  readonly policy: (name: string) => Choice<Policy>;
}

const MAX_SLUG = 48;

function slugOf(text: string): string {
  const dashed = text.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
  return dashed.slice(0, MAX_SLUG).replace(/^[-.]+|[-.]+$/g, "");
}

const baseName = (path: string): string => path.replace(/^.*[\\/]/, "").replace(/\.json$/, "");

/** Remembers what was made for a name: each document is read and hashed once. */
function memo<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}

type Document = { readonly id?: string };

function resolveDocument<T extends Document>(
  kind: string,
  name: string,
  entries: Collection<T>,
  readDocument: (path: string) => T,
): Choice<T> {
  if (isFile(name)) {
    const value = readDocument(name);
    const hash = contentHash(value);
    // A user's document may call itself anything, so its hash keeps it apart from the catalogue's entry of that name.
    return { name, slug: `${slugOf(value.id ?? baseName(name))}.${hash}`, hash, value };
  }
  const value = entries.get(name);
  if (value === undefined) throw unknownName(kind, name, entries.names());
  const own = Object.hasOwn(entries.aliases, name) ? entries.aliases[name] : name;
  return { name: own, slug: own, hash: contentHash(value), value };
}

function resolveLink(name: string, catalogue: Catalogue, read: FileReader): LinkChoice {
  if (!looksLikeSpec(name)) {
    const { name: own, value } = resolveDocument("link", name, catalogue.links, (path) => readLink(path, read));
    const hash = linkHash(value);
    const readable = isFile(own) ? slugOf(value.id ?? baseName(own)) : own;
    return { name: own, slug: `${readable}.${hash}`, hash, value, spec: canonicalLink(value) };
  }
  const value = parseLink(name, read);
  const spec = canonicalLink(value);
  const hash = linkHash(value);
  return { name: spec, slug: `${slugOf(spec)}.${hash}`, hash, value, spec };
}

export function createResolver(catalogue: Catalogue, engines: readonly EngineManifest[], read: FileReader): Resolver {
  return {
    engine: memo((name) => {
      const value = engines.find((engine) => engine.name === name);
      if (value === undefined)
        throw unknownName(
          "engine",
          name,
          engines.map((engine) => engine.name),
        );
      return { name, slug: name, hash: "", value };
    }),
    link: memo((name) => resolveLink(name, catalogue, read)),
    scenario: memo((name) =>
      resolveDocument("scenario", name, catalogue.scenarios, (path) => readScenario(path, read, catalogue)),
    ),
    policy: memo((name) => resolveDocument("policy", name, catalogue.policies, (path) => readPolicy(path, read))),
  };
}
