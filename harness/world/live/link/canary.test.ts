import { afterEach, expect, test } from "vitest";
import { Random } from "../../../base/random.ts";
import { CanarySearch, parseCanary } from "./canary.ts";
import { type Bench, bench, told, until } from "./testing.ts";

let current: Bench | null = null;
afterEach(async () => {
  await current?.stop();
  current = null;
});

/** Offsets by the plain way: the whole stream at once. */
function offsetsIn(stream: Buffer, canary: Buffer): number[] {
  const found: number[] = [];
  for (let at = stream.indexOf(canary); at >= 0; at = stream.indexOf(canary, at + 1)) found.push(at);
  return found;
}

test("every canary is found once, however the stream is cut", () => {
  const random = new Random(1, "canary");
  for (let round = 0; round < 300; round++) {
    // Two letters only, so that canaries are frequent and overlap themselves.
    const stream = Buffer.from(Array.from({ length: 200 }, () => random.nextInteger(2)));
    const canary = stream.subarray(50, 54 + random.nextInteger(5));
    const search = new CanarySearch(Buffer.from(canary));
    const found: number[] = [];
    for (let at = 0; at < stream.length; ) {
      const size = 1 + random.nextInteger(12);
      found.push(...search.feed(stream.subarray(at, at + size)));
      at += size;
    }
    expect(found).toEqual(offsetsIn(stream, canary));
  }
});

test("what is no canary is refused", () => {
  expect(() => parseCanary("xyz")).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: canary "xyz" is not hexadecimal; write two digits per byte, for example 6c6f6e6768]`,
  );
  expect(() => parseCanary("0102")).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: canary "0102" has 2 bytes; it needs 4 to 4096]`,
  );
});

test("the tap reports a canary with its direction and offset, across the border of two writes", async () => {
  current = await bench("rate=100Mbps,rtt=2ms", { canaries: ["c0ffee00c0ffee01", "deadbeef"] });
  const { open, taken, notices, stop } = current;
  const client = await open();
  client.socket.write(Buffer.concat([Buffer.alloc(10), Buffer.from("c0ffee00", "hex")]));
  await until("the first half arrives", () => taken[0]?.bytes === 14);
  client.socket.write(Buffer.from("c0ffee01", "hex"));
  taken[0].socket.write(Buffer.from("00deadbeef", "hex"));
  await until("both have arrived", () => taken[0].bytes === 18 && client.bytes === 5);
  const seen = told(notices, "canary").map(({ canary, direction, offset }) => ({ canary, direction, offset }));
  expect(seen).toEqual([
    { canary: 0, direction: "forward", offset: 10 },
    { canary: 1, direction: "reverse", offset: 1 },
  ]);
  expect((await stop()).canaries).toBe(2);
  current = null;
});
