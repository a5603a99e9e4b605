import fc from "fast-check";
import { describe, expect, it } from "vitest";
import fixtures from "./fixtures.json" with { type: "json" };
import { canonicalJson, contentHash } from "./hash.ts";

const { scenario } = fixtures;

describe("content hash", () => {
  it("does not depend on the order of properties", () => {
    expect(canonicalJson({ b: [1, { d: 2, c: null }], a: "x" })).toBe('{"a":"x","b":[1,{"c":null,"d":2}]}');
  });
  it("does not depend on titles and sources, at any depth", () => {
    const titled = {
      ...scenario,
      id: "web",
      title: "Web",
      guest: { ...scenario.guest, source: "here", verified: true },
    };
    expect(contentHash(titled)).toBe(contentHash(scenario));
  });
  it("depends on every figure", () => {
    expect(contentHash({ ...scenario, warmUpNs: 1 })).not.toBe(contentHash(scenario));
  });
  it("stays what it is from version to version", () => {
    expect(contentHash(scenario)).toMatchInlineSnapshot(`"1cc2f799"`);
  });
  it("is of JSON that reads back to the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (/"(id|title|source|verified|notes|__proto__)":/.test(text)) return;
        expect(JSON.parse(canonicalJson(JSON.parse(text)))).toEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
