import type { Link } from "../../harness/contract/schemas/link.ts";
import { parseLink } from "../../harness/link/spec.ts";
import type { Source } from "../collection.ts";
import { publishedRows } from "../published/index.ts";
import type { PublishedRow } from "../published/row.ts";
import { type PublishedLink, publishedLinks } from "./published.ts";
import { regionLinks } from "./regions.ts";

function build(link: PublishedLink): Link {
  const { id, title, source, verified } = link;
  return { ...parseLink(link.spec), id, title, source, verified };
}

/** The test bed of a published result; its figures are those of the rows that use it. */
function testBed(row: PublishedRow): PublishedLink {
  const [id, spec] = row.link;
  const { source, verified } = row.scenario;
  return {
    id,
    aliases: [],
    title: `Test bed of a published result, ${spec}`,
    spec,
    source: source ?? id,
    verified: verified ?? false,
  };
}

function testBeds(): PublishedLink[] {
  const own = new Set(publishedLinks.map((link) => link.id));
  const beds = new Map(publishedRows.filter((row) => !own.has(row.link[0])).map((row) => [row.link[0], testBed(row)]));
  return [...beds.values()];
}

/** Every link, with its other names; parsed when asked for. */
export const linkSources = (): Source<Link>[] =>
  [...publishedLinks, ...regionLinks(), ...testBeds()].map((link) => ({
    name: link.id,
    aliases: link.aliases,
    build: () => build(link),
  }));
