/** `node dist/harness/contract/publish.js DIR`: writes every schema as `<name>.schema.json`, and `index.json`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { documentKinds, schemas } from "./validate.ts";

/** The dialect in which the schemas are written. */
export const DIALECT = "http://json-schema.org/draft-07/schema#";

const asText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The files that are published: name to content. */
export function publishedSchemas(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const kind of documentKinds) files[`${kind}.schema.json`] = asText({ $schema: DIALECT, ...schemas[kind] });
  const index = documentKinds.map((kind) => ({
    kind,
    file: `${kind}.schema.json`,
    id: schemas[kind].$id,
    title: schemas[kind].title,
  }));
  files["index.json"] = asText({ version: 1, dialect: DIALECT, schemas: index });
  return files;
}

/** Writes them, and the directory if need be. */
export function publishSchemas(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(publishedSchemas())) writeFileSync(join(directory, name), content);
}

function main(directory: string | undefined): void {
  if (directory === undefined) {
    process.stderr.write("publish: say where to: node dist/harness/contract/publish.js DIR\n");
    process.exitCode = 2;
    return;
  }
  publishSchemas(directory);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv[2]);
