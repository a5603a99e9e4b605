import { describe, expect, it } from "vitest";
import { UsageError } from "../../base/errors.ts";
import { type DocumentKind, parseDocument } from "../validate.ts";

const guest = {
  version: 1,
  memoryBytes: 1_048_576,
  pageSizeBytes: 4096,
  vcpus: 1,
  deviceStateBytes: 4096,
  fill: { zero: 0.5, duplicate: 0, compressible: 0.2, compressedShare: 0.3 },
};
const cut = { version: 1, kind: "slow", when: { atNs: "1.5s" }, durationNs: "250ms", rateBitsPerSecond: "622Mbps" };

function refusal(kind: DocumentKind, text: string): string {
  try {
    parseDocument(kind, text, "my.json");
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("quantities as text", () => {
  it("reads durations and rates", () => {
    expect(parseDocument("fault", JSON.stringify(cut), "my.json")).toEqual({
      version: 1,
      kind: "slow",
      when: { atNs: 1_500_000_000 },
      durationNs: 250_000_000,
      rateBitsPerSecond: 622_000_000,
    });
  });
  it("reads sizes", () => {
    const text = JSON.stringify({ ...guest, memoryBytes: "4GiB" });
    expect(parseDocument("guest", text, "my.json").memoryBytes).toBe(4_294_967_296);
  });
  it("says where a quantity cannot be read", () => {
    const text = JSON.stringify({ ...cut, when: { atNs: "5" } });
    expect(refusal("fault", text)).toMatchInlineSnapshot(
      `"my.json: not a valid fault: at /when/atNs: "5" is not a duration; write for example 250ms (units: ns, us, µs, ms, s, min, h)"`,
    );
  });
  it("leaves other text alone", () => {
    expect(parseDocument("guest", JSON.stringify({ ...guest, title: "5ms" }), "my.json").title).toBe("5ms");
  });
});

describe("JSON", () => {
  it("may begin with a byte order mark", () => {
    expect(parseDocument("guest", `\uFEFF${JSON.stringify(guest)}`, "my.json")).toEqual(guest);
  });

  it("is refused with the line and column where it goes wrong", () => {
    const wrong = [
      '{\n  "version": 1,\n}',
      '{"version": 1\n "guest": 2}',
      '{"version": "1',
      '{"a": "x\u0007"}',
      '{"a": "x\\q"}',
      '{"a": "\\u12g4"}',
      '{"a\\n": "\u0080", 1}',
      '{"version": 1',
      '{"version": yes}',
      "{} {}",
      "",
      "{version: 1}",
      '{"version" 1}',
      '{"version": 01}',
      "[1, 2",
    ];
    expect(wrong.map((text) => refusal("guest", text)).join("\n")).toMatchInlineSnapshot(`
      "my.json:3:1: not JSON: expected a property name in double quotes, found "}"
      my.json:2:2: not JSON: expected "," or "}", found "\\""
      my.json:1:13: not JSON: expected a string that is closed, found "\\""
      my.json:1:9: not JSON: expected an escape such as \\n or \\u0007 instead of a control character, found "\\u0007"
      my.json:1:9: not JSON: expected a known escape, found "\\\\"
      my.json:1:8: not JSON: expected a known escape, found "\\\\"
      my.json:1:14: not JSON: expected a property name in double quotes, found "1"
      my.json:1:14: not JSON: expected "," or "}", found the end of the text
      my.json:1:13: not JSON: expected a value, found "y"
      my.json:1:4: not JSON: expected nothing more after the document, found "{"
      my.json:1:1: not JSON: expected a value, found the end of the text
      my.json:1:2: not JSON: expected a property name in double quotes, found "v"
      my.json:1:12: not JSON: expected ":", found "1"
      my.json:1:14: not JSON: expected "," or "}", found "1"
      my.json:1:6: not JSON: expected "," or "]", found the end of the text"
    `);
  });
  it("is refused when nested without end", () => {
    expect(refusal("guest", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`)).toMatchInlineSnapshot(
      `"my.json: not a valid guest: at /a/a/a/a: nested deeper than 64 levels"`,
    );
  });
  it("is refused when nested without end and never closed", () => {
    expect(refusal("guest", "[".repeat(100_000))).toMatchInlineSnapshot(
      `"my.json:1:66: not JSON: expected at most 64 levels of nesting, found "[""`,
    );
  });
  it("is refused when too long", () => {
    expect(refusal("guest", " ".repeat(64 * 1024 * 1024 + 1))).toMatchInlineSnapshot(
      `"my.json: 67108865 characters; a document may have at most 67108864"`,
    );
  });
  it("finds the fault behind a string of megabytes", () => {
    expect(refusal("guest", `{"a": "${"x".repeat(4_000_000)}" "b": 1}`)).toMatchInlineSnapshot(
      `"my.json:1:4000010: not JSON: expected "," or "}", found "\\"""`,
    );
  });
  it("is refused with a property called __proto__", () => {
    expect(refusal("guest", JSON.stringify(guest).replace("{", '{"__proto__":{},'))).toMatchInlineSnapshot(
      `"my.json: not a valid guest: unknown property "__proto__"; known: version, id, title, source, verified, memoryBytes, pageSizeBytes, vcpus, deviceStateBytes, fill"`,
    );
  });
});
