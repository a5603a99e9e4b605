/** Entries by name, built on first use. */
import type { Collection } from "../harness/contract/catalogue.ts";

export interface Source<T> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly build: () => T;
}

/** @throws Error when two entries share a name: that is a mistake in the data, not in what a user wrote. */
export function collection<T>(sources: readonly Source<T>[]): Collection<T> {
  const builders = new Map<string, () => T>();
  const aliases: Record<string, string> = {};
  const built = new Map<string, T>();
  const claim = (name: string): void => {
    if (builders.has(name) || Object.hasOwn(aliases, name)) throw new Error(`two catalogue entries are called ${name}`);
  };
  for (const { name, build } of sources) {
    claim(name);
    builders.set(name, build);
  }
  for (const { name, aliases: others = [] } of sources) {
    for (const other of others) {
      claim(other);
      aliases[other] = name;
    }
  }
  return {
    names: () => [...builders.keys()],
    aliases,
    get: (given) => {
      const name = Object.hasOwn(aliases, given) ? aliases[given] : given;
      if (!built.has(name)) {
        const build = builders.get(name);
        if (build === undefined) return undefined;
        built.set(name, build());
      }
      return built.get(name);
    },
  };
}

/** A collection of entries that are at hand already and carry their name. */
export const named = <T extends { readonly id?: string }>(entries: readonly T[]): Source<T>[] =>
  entries.map((entry) => ({ name: entry.id ?? "", build: () => entry }));
