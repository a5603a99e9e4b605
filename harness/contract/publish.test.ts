import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedSchemas, publishSchemas } from "./publish.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "longhaul-schemas-"));
  publishSchemas(join(directory, "schemas"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const read = (name: string) => JSON.parse(readFileSync(join(directory, "schemas", name), "utf8"));
const names = Object.keys(publishedSchemas()).filter((name) => name !== "index.json");

describe("published schemas", () => {
  it("are these files", () => {
    expect(readdirSync(join(directory, "schemas")).sort()).toMatchInlineSnapshot(`
      [
        "claim.schema.json",
        "engine-manifest.schema.json",
        "fault.schema.json",
        "guest.schema.json",
        "index.json",
        "link.schema.json",
        "policy.schema.json",
        "record.schema.json",
        "scenario.schema.json",
        "trace.schema.json",
        "workload.schema.json",
      ]
    `);
  });
  it("are listed in the index", () => {
    const { schemas } = read("index.json");
    expect(schemas.map((entry: { file: string }) => entry.file)).toEqual(names);
    expect(schemas[0]).toMatchInlineSnapshot(`
      {
        "file": "link.schema.json",
        "id": "longhaul:link:1",
        "kind": "link",
        "title": "Link",
      }
    `);
  });
  it.each(names)("%s is valid JSON Schema and compiles in strict mode", (name) => {
    const ajv = new Ajv({ strict: true, strictTypes: true, allowUnionTypes: false });
    const schema = read(name);
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(ajv.compile(schema)).toBeTypeOf("function");
  });
  it.each(names)("%s refuses a document that is empty", (name) => {
    expect(new Ajv().compile(read(name))({})).toBe(false);
  });
});
