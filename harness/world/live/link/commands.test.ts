import { describe, expect, test } from "vitest";
import { parseCommand } from "./commands.ts";

describe("commands", () => {
  test("what is left out has its default", () => {
    expect(parseCommand('{"command":"blackhole","id":7,"atNs":5}')).toEqual({
      id: 7,
      atNs: 5,
      action: { command: "blackhole", direction: "both", durationNs: null },
    });
    expect(parseCommand('{"command":"corrupt","connection":1,"direction":"reverse","offset":0}').action).toEqual({
      command: "corrupt",
      connection: 1,
      direction: "reverse",
      offset: 0,
      mask: 1,
    });
  });

  test("every mistake is one sentence", () => {
    const mistakes = [
      "reset",
      "[]",
      "{}",
      '{"command":"rest"}',
      '{"command":"reset","conection":1}',
      '{"command":"reset","connection":0}',
      '{"command":"outage"}',
      '{"command":"outage","durationNs":-1}',
      '{"command":"blackhole","direction":"up"}',
      '{"command":"rate","rateBitsPerSecond":0}',
      '{"command":"half-open"}',
      '{"command":"corrupt","connection":1,"direction":"forward","offset":1.5}',
      '{"command":"stop","atNs":"soon"}',
    ];
    const told = mistakes.map((line) => {
      try {
        parseCommand(line);
        return `${line} → taken`;
      } catch (error) {
        return `${line} → ${(error as Error).name}: ${(error as Error).message}`;
      }
    });
    expect(told.join("\n")).toMatchInlineSnapshot(`
      "reset → UsageError: not JSON: reset; write one object per line, for example {"command":"reset"}
      [] → UsageError: not an object: []; write for example {"command":"reset"}
      {} → UsageError: unknown command "undefined"; known: rate, outage, blackhole, restore, reset, half-open, corrupt, corrupt-frames, stall, status, stop
      {"command":"rest"} → UsageError: unknown command "rest"; did you mean "reset"?
      {"command":"reset","conection":1} → UsageError: unknown field of reset "conection"; did you mean "connection"?
      {"command":"reset","connection":0} → UsageError: "connection" is 0; it must be a whole number from 1 to 9007199254740991
      {"command":"outage"} → UsageError: "durationNs" is missing; it must be a whole number from 1 to 9007199254740991
      {"command":"outage","durationNs":-1} → UsageError: "durationNs" is -1; it must be a whole number from 1 to 9007199254740991
      {"command":"blackhole","direction":"up"} → UsageError: "direction" is "up"; it must be one of both, forward, reverse
      {"command":"rate","rateBitsPerSecond":0} → UsageError: "rateBitsPerSecond" is 0; it must be from 1 to 1e15, or null for the link's own; for no rate use blackhole
      {"command":"half-open"} → UsageError: "keep" is missing; it must be one of source, target
      {"command":"corrupt","connection":1,"direction":"forward","offset":1.5} → UsageError: "offset" is 1.5; it must be a whole number from 0 to 9007199254740991
      {"command":"stop","atNs":"soon"} → UsageError: "atNs" is "soon"; it must be a whole number from 0 to 9007199254740991"
    `);
  });
});
