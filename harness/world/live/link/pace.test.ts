import { afterEach, expect, test } from "vitest";
import { goodputCeilingBytesPerSecond, parseLink } from "../../../link/index.ts";
import { MAX_READ_BYTES } from "./byte-source.ts";
import { hostNs } from "./clock.ts";
import { type Bench, bench, pour, type Seen, sleep, told, until } from "./testing.ts";

let current: Bench | null = null;
afterEach(async () => {
  await current?.stop();
  current = null;
});
const open = async (...args: Parameters<typeof bench>) => {
  current = await bench(...args);
  return current;
};

/**
 * Bytes per second over so long, counted from a moment before anything could be sent: a busy machine makes that less,
 * and however late the receiver looks, nothing but a link that is too fast makes it more.
 */
async function rateOf(seen: () => Seen | undefined, sinceNs: number, ms: number): Promise<number> {
  await until("the first byte", () => (seen()?.bytes ?? 0) > 0);
  await sleep(ms);
  const { timesNs, bytes } = seen()!;
  return (bytes * 1e9) / (timesNs[timesNs.length - 1] - sinceNs);
}

test("a flood passes at the link's rate, never faster", async () => {
  const spec = "rate=100Mbps,rtt=2ms";
  const { open: connect, taken } = await open(spec);
  const startNs = hostNs();
  const client = await connect();
  pour(client.socket);
  const share = (await rateOf(() => taken[0], startNs, 1000)) / goodputCeilingBytesPerSecond(parseLink(spec).forward);
  console.log(`100 Mb/s: ${(share * 100).toFixed(2)} % of the ceiling`);
  expect(share).toBeLessThan(1.01);
  // A link that has stopped would show; how near it comes on a quiet machine is measured by the bench.
  expect(share).toBeGreaterThan(0.1);
});

test("the rates of two directions are their own", async () => {
  const spec = "rate=80Mbps,down.rate=20Mbps,rtt=2ms";
  const { open: connect, taken } = await open(spec, { onTaken: (seen) => void pour(seen.socket) });
  const startNs = hostNs();
  const client = await connect();
  pour(client.socket);
  const [up, down] = await Promise.all([rateOf(() => taken[0], startNs, 800), rateOf(() => client, startNs, 800)]);
  const { forward, reverse } = parseLink(spec);
  expect(up / goodputCeilingBytesPerSecond(forward)).toBeLessThan(1.01);
  expect(down / goodputCeilingBytesPerSecond(reverse)).toBeLessThan(1.01);
  expect(up / down).toBeGreaterThan(2);
});

test("two connections share the bottleneck", async () => {
  const spec = "rate=100Mbps,rtt=2ms";
  const { open: connect, taken } = await open(spec);
  const startNs = hostNs();
  for (const client of [await connect(), await connect()]) pour(client.socket);
  const rates = await Promise.all([0, 1].map((index) => rateOf(() => taken[index], startNs, 1000)));
  expect((rates[0] + rates[1]) / goodputCeilingBytesPerSecond(parseLink(spec).forward)).toBeLessThan(1.01);
});

test("a window bounds the rate: W per round trip, and the sender feels it", async () => {
  const windowBytes = 65_536;
  const { open: connect, taken } = await open("rate=1Gbps,rtt=20ms,window=64KiB,sndbuf=64KiB");
  const startNs = hostNs();
  const client = await connect();
  const poured = pour(client.socket);
  const rate = await rateOf(() => taken[0], startNs, 1000);
  expect(rate).toBeLessThan((windowBytes / 0.02) * 1.01);
  // What the kernel and the emulator hold is bounded; without backpressure a second takes in far more than this.
  expect(poured.writtenBytes() - taken[0].bytes).toBeLessThan(16_000_000);
});

test("a round trip takes at least what the link says, and the first one an opening more", async () => {
  const { open: connect } = await open("rate=1Gbps,rtt=30ms", {
    onTaken: (seen) => seen.socket.on("data", (chunk) => seen.socket.write(chunk)),
  });
  const startNs = hostNs();
  const client = await connect();
  const roundTripsNs: number[] = [];
  for (let sent = 1; sent <= 8; sent++) {
    const sentNs = hostNs();
    client.socket.write("x");
    await until("the echo", () => client.bytes === sent);
    roundTripsNs.push(client.timesNs[sent - 1] - (sent === 1 ? startNs : sentNs));
  }
  expect(roundTripsNs[0]).toBeGreaterThanOrEqual(60e6);
  expect(Math.min(...roundTripsNs.slice(1))).toBeGreaterThanOrEqual(30e6);
  expect(Math.min(...roundTripsNs.slice(1))).toBeLessThan(60e6);
});

test("spinning keeps a core busy only while there is traffic", async () => {
  const { open: connect, taken, link } = await open("rate=1Gbps,rtt=2ms", { spin: true });
  const usedNs = async (ms: number) => {
    const before = (await link.command({ command: "status" })).cpuNs;
    await sleep(ms);
    return (await link.command({ command: "status" })).cpuNs - before;
  };
  const client = await connect();
  const beat = setInterval(() => client.socket.write("beat"), 20);
  await until("beats arrive", () => taken[0]?.bytes > 0);
  const busy = await usedNs(500);
  clearInterval(beat);
  await sleep(300);
  const idle = await usedNs(500);
  expect(idle).toBeLessThan(busy / 4);
});

test("slow start: a cold connection needs its rounds", async () => {
  const { open: connect, taken } = await open("rate=10Gbps,rtt=40ms");
  const client = await connect();
  client.socket.write(Buffer.alloc(1_000_000));
  await until("all has arrived", () => taken[0]?.bytes === 1_000_000);
  // 14,480 bytes double six times before their sum passes a million: 0.04 s each, where the line alone takes 1 ms.
  const tookNs = taken[0].timesNs[taken[0].timesNs.length - 1] - taken[0].timesNs[0];
  expect(tookNs).toBeGreaterThan(5 * 40e6);
});

test("a receiver that does not read stops the sender, and memory stays bounded", async () => {
  const {
    open: connect,
    taken,
    stop,
  } = await open("rate=10Gbps,rtt=1ms,window=1MiB,sndbuf=256KiB", {
    onTaken: (seen) => seen.socket.pause(),
  });
  const client = await connect();
  const poured = pour(client.socket);
  await until("the target takes the connection", () => taken.length === 1);
  let before = -1;
  await until("the sender stands still", () => {
    const now = poured.writtenBytes();
    const still = now > 0 && now === before;
    before = now;
    return still;
  });
  await sleep(300);
  poured.stop();
  const { forward } = await stop();
  current = null;
  const readAheadBytes = Math.ceil(goodputCeilingBytesPerSecond(parseLink("rate=10Gbps").forward) * 0.005);
  expect(forward.peakHeldBytes).toBeLessThanOrEqual(readAheadBytes + 1024 ** 2 + MAX_READ_BYTES);
});

test("events of the link document come at their time, counted from the first connection if so asked", async () => {
  const {
    open: connect,
    taken,
    notices,
  } = await open("rate=100Mbps,rtt=2ms,rate@400ms=10Mbps", {
    clock: "first-connection",
  });
  await sleep(500);
  expect(told(notices, "link-event")).toEqual([]);
  const client = await connect();
  pour(client.socket);
  await until("the event", () => told(notices, "link-event").length === 1);
  const before = taken[0].bytes;
  await sleep(800);
  expect(told(notices, "link-event")[0].atNs).toBe(400e6);
  expect(before).toBeGreaterThan(1_000_000);
  // 10 Mb/s for 0.8 s are 1 MB at most; what was under way comes on top.
  expect(taken[0].bytes - before).toBeLessThan(1_300_000);
});
