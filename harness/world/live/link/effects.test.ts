import { afterEach, expect, test } from "vitest";
import { all, type Bench, bench, pour, sleep, told, until } from "./testing.ts";

let current: Bench | null = null;
afterEach(async () => {
  await current?.stop();
  current = null;
});

/** A connection over which the target has heard "hello". */
async function opened(spec = "rate=100Mbps,rtt=2ms") {
  current = await bench(spec);
  const client = await current.open();
  client.socket.write("hello");
  const { taken } = current;
  await until("hello arrives", () => taken[0]?.bytes === 5);
  return { ...current, client, target: taken[0] };
}

test("rate: a command slows the link, for a time", async () => {
  const { link, client, target } = await opened();
  pour(client.socket);
  await until("the flood is under way", () => target.bytes > 500_000);
  await link.command({ command: "rate", direction: "forward", rateBitsPerSecond: 1_000_000, durationNs: 400e6 });
  await sleep(50);
  const slowFrom = target.bytes;
  await sleep(300);
  expect(target.bytes - slowFrom).toBeLessThan(100_000);
  await until("the link is itself again", () => target.bytes > slowFrom + 2_000_000);
});

test("outage: silence, then everything arrives", async () => {
  const { link, client, target } = await opened();
  await link.command({ command: "outage", durationNs: 300e6 });
  client.socket.write("late");
  await sleep(200);
  expect(target.bytes).toBe(5);
  await until("the rest arrives", () => target.bytes === 9);
  expect(all(target).toString()).toBe("hellolate");
});

test("blackhole: one direction is silent and nobody is told, until it is restored", async () => {
  const { link, client, target } = await opened();
  await link.command({ command: "blackhole", direction: "forward", durationNs: null });
  client.socket.write("lost?");
  client.socket.end();
  target.socket.write("still here");
  await until("the other direction works", () => client.bytes === 10);
  await sleep(300);
  expect([target.bytes, target.ended, target.closed, client.closed]).toEqual([5, false, null, null]);
  await link.command({ command: "restore" });
  await until("what was swallowed is sent again", () => target.ended);
  expect(all(target).toString()).toBe("hellolost?");
});

test("blackhole: an abort is not heard either", async () => {
  const { link, client, target } = await opened();
  await link.command({ command: "blackhole", direction: "both", durationNs: null });
  client.socket.resetAndDestroy();
  await sleep(300);
  expect([target.ended, target.closed]).toEqual([false, null]);
});

test("half-open: one end is gone, the other hears nothing of it", async () => {
  const { link, client, target, notices } = await opened();
  await link.command({ command: "half-open", connection: 1, keep: "source" });
  await until("the target is reset", () => target.closed !== null);
  client.socket.write("anybody?");
  await sleep(300);
  expect([client.ended, client.closed, client.bytes]).toEqual([false, null, 0]);
  expect(told(notices, "closed")).toEqual([]);
});

test("reset: both ends of the chosen connection, and no other", async () => {
  const { link, client, target, open, taken, notices } = await opened();
  const other = await open();
  other.socket.write("other");
  await until("the other is there", () => taken[1]?.bytes === 5);
  await link.command({ command: "reset", connection: 1 });
  await until("both ends are reset", () => client.closed !== null && target.closed !== null);
  expect([client.closed, target.closed, other.closed, taken[1].closed]).toEqual([
    "ECONNRESET",
    "ECONNRESET",
    null,
    null,
  ]);
  await until("it is told", () => told(notices, "closed").length === 1);
  expect(told(notices, "closed")[0]).toMatchObject({ connection: 1, how: "reset" });
});

test("reset: an event of the link document resets everything, in the middle of a flood, and the link goes on", async () => {
  current = await bench("rate=100Mbps,rtt=2ms,reset@700ms");
  const { open, taken, notices } = current;
  const clients = [await open(), await open()];
  for (const client of clients) pour(client.socket);
  await until("all are reset", () => clients.every((client) => client.closed !== null));
  expect(told(notices, "closed").every((notice) => notice.atNs >= 700e6)).toBe(true);
  const again = await open();
  again.socket.write("again");
  await until("a new connection works", () => taken[2]?.bytes === 5);
});

test("corrupt: one byte at an offset of the stream, once", async () => {
  const { link, client, target } = await opened();
  await link.command({ command: "corrupt", connection: 1, direction: "forward", offset: 70_005, mask: 0x80 });
  client.socket.write(Buffer.alloc(100_000));
  await until("all has arrived", () => target.bytes === 100_005);
  const damaged = [...all(target).entries()].filter(([at, byte]) => at >= 5 && byte !== 0);
  expect(damaged).toEqual([[70_005, 0x80]]);
});

test("corrupt: an offset that has passed is refused", async () => {
  const { link } = await opened();
  const late = link.command({ command: "corrupt", connection: 1, direction: "forward", offset: 3, mask: 1 });
  await expect(late).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: offset 3 has already passed: 5 bytes were sent]`,
  );
});

test("corrupt-frames: one bit in each of the next frames of a direction", async () => {
  const { link, client, target } = await opened();
  await link.command({ command: "corrupt-frames", direction: "forward", frames: 2 });
  for (let sent = 1; sent <= 4; sent++) {
    client.socket.write(Buffer.alloc(100));
    await until("the frame arrives", () => target.bytes === 5 + sent * 100);
  }
  const damaged = [...all(target).entries()].filter(([at, byte]) => at >= 5 && byte !== 0);
  expect(damaged.map(([at]) => Math.floor((at - 5) / 100))).toEqual([0, 1]);
});

test("stall: one connection stands still, the others do not", async () => {
  const { link, client, target, open, taken } = await opened();
  const other = await open();
  await link.command({ command: "stall", connection: 1, direction: "both", durationNs: 400e6 });
  client.socket.write("held");
  target.socket.write("held");
  other.socket.write("free");
  await until("the other passes", () => taken[1]?.bytes === 4);
  await sleep(100);
  expect([target.bytes, client.bytes]).toEqual([5, 0]);
  await until("the stall ends", () => target.bytes === 9 && client.bytes === 4);
});

test("a command may wait for its time on the link's clock", async () => {
  const { link, client, notices } = await opened();
  const atNs = told(notices, "established")[0].atNs + 500e6;
  expect((await link.command({ command: "reset", connection: "all" }, atNs)).event).toBe("planned");
  await sleep(100);
  expect(client.closed).toBeNull();
  await until("its time has come", () => client.closed !== null);
  await until("it is told", () => notices.some((notice) => notice.event === "done"));
  const done = notices.find((notice) => notice.event === "done");
  expect(done).toMatchObject({ command: "reset" });
  expect(done !== undefined && "atNs" in done && done.atNs >= atNs).toBe(true);
});

test("a connection that does not exist is refused by name", async () => {
  const { link } = await opened();
  await expect(link.command({ command: "reset", connection: 9 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: there is no connection 9; open: 1]`,
  );
});
