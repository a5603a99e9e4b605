import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { Random } from "../../../base/random.ts";
import { all, type Bench, bench, type Seen, told, until } from "./testing.ts";

let current: Bench | null = null;
afterEach(async () => {
  await current?.stop();
  current = null;
});
const open = async (...args: Parameters<typeof bench>) => {
  current = await bench(...args);
  return current;
};

function bytesOf(seed: number, count: number): Buffer {
  const random = new Random(seed, "bytes");
  return Buffer.from(Uint32Array.from({ length: count / 4 }, () => random.nextUint32()).buffer);
}
const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("bytes arrive intact and in order, in both directions at once, on several connections", async () => {
  const answer = (seen: Seen, index: number) => seen.socket.end(bytesOf(100 + index, 3_000_000));
  let count = 0;
  const { open: connect, taken } = await open("rate=500Mbps,rtt=4ms,jitter=1ms", {
    onTaken: (seen) => answer(seen, count++),
  });
  const clients: Seen[] = [];
  for (let index = 0; index < 3; index++) {
    const client = await connect();
    clients.push(client);
    // In order, so that the target's first connection is ours.
    await until("the target takes the connection", () => taken.length === index + 1);
    const sent = bytesOf(index, 3_000_000);
    // Pieces of odd sizes: some fit a burst, some are cut into frames.
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3) % 99_991) {
      client.socket.write(sent.subarray(at, at + size));
    }
    client.socket.end();
  }
  await until("all have ended", () => [...clients, ...taken].every((seen) => seen.ended));
  clients.forEach((client, index) => {
    expect(hash(all(taken[index]))).toBe(hash(bytesOf(index, 3_000_000)));
    expect(hash(all(client))).toBe(hash(bytesOf(100 + index, 3_000_000)));
  });
});

test("an end that has sent everything still receives", async () => {
  const { open: connect, taken, notices } = await open("rate=1Gbps,rtt=2ms");
  const client = await connect();
  client.socket.end("question");
  await until("the target hears the end", () => taken[0]?.ended === true);
  expect(all(taken[0]).toString()).toBe("question");
  expect(client.ended).toBe(false);
  taken[0].socket.end("answer");
  await until("the connection is closed", () => told(notices, "closed").length === 1);
  expect(all(client).toString()).toBe("answer");
  expect(told(notices, "closed")[0]).toMatchObject({
    how: "closed",
    forward: { sentBytes: 8, deliveredBytes: 8 },
    reverse: { sentBytes: 6, deliveredBytes: 6 },
  });
});

test("an end that aborts resets the other", async () => {
  const { open: connect, taken, notices } = await open("rate=1Gbps,rtt=2ms");
  const client = await connect();
  client.socket.write("before");
  await until("the bytes arrive", () => taken[0]?.bytes === 6);
  client.socket.resetAndDestroy();
  await until("the target is reset", () => taken[0].closed !== null);
  expect(taken[0].closed).toBe("ECONNRESET");
  await until("the connection is told as closed", () => told(notices, "closed").length === 1);
  expect(told(notices, "closed")[0].how).toBe("aborted");
});

test("a target that is not there resets the client, and the link goes on", async () => {
  const { open: connect, notices } = await open("rate=1Gbps,rtt=2ms", { target: { host: "127.0.0.1", port: 1 } });
  for (const attempt of [1, 2]) {
    const client = await connect();
    await until("the client is reset", () => client.closed !== null);
    expect(client.closed).toBe("ECONNRESET");
    expect(told(notices, "refused")).toHaveLength(attempt);
  }
  expect(told(notices, "refused")[0].message).toContain("ECONNREFUSED");
});

test("the summary counts what both ends saw", async () => {
  const { open: connect, taken, stop } = await open("rate=1Gbps,rtt=2ms");
  const client = await connect();
  client.socket.write(Buffer.alloc(200_000));
  await until("the bytes arrive", () => taken[0]?.bytes === 200_000);
  taken[0].socket.write("thanks");
  await until("the answer arrives", () => client.bytes === 6);
  const summary = await stop();
  current = null;
  expect(summary).toMatchObject({
    connections: 1,
    forward: { sentBytes: 200_000, deliveredBytes: 200_000 },
    reverse: { sentBytes: 6, deliveredBytes: 6 },
    canaries: 0,
  });
});
