/** What the emulator costs and how true it is, measured with real processes. Run from the compiled files. */
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Random } from "../../../base/random.ts";
import { DirectionModel, parseLink } from "../../../link/index.ts";
import type { PeerMessage } from "./bench-peer.ts";
import { type LinkProcess, startLink } from "./client.ts";

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: "Gb/s" | "%" | "ms" | "ratio";
  /** In words, or null for a figure that only stands beside others. */
  readonly goal: string | null;
  /** Null where there is no goal. */
  readonly met: boolean | null;
}

export interface LinkBenchOptions {
  /** Of one measurement of throughput. @default 2 s */
  readonly durationNs?: number;
  /** Stamped messages. @default 400 */
  readonly stamps?: number;
  readonly onRow?: (row: BenchRow) => void;
}

const PEER = fileURLToPath(new URL("./bench-peer.js", import.meta.url));
const WARM_UP_NS = 500_000_000;
const IDLE_MS = 2000;

/** Each figure in turn; takes about twenty seconds. */
export async function linkBench(options: LinkBenchOptions = {}): Promise<BenchRow[]> {
  const { durationNs = 2_000_000_000, stamps = 400, onRow } = options;
  const rows: BenchRow[] = [];
  const add = (row: BenchRow) => {
    rows.push(row);
    onRow?.(row);
  };
  const direct = await throughput(null, durationNs);
  const unpaced = await throughput("rate=1Tbps,rtt=0ms,window=64MiB", durationNs);
  add({ name: "plain loopback copy", value: gigabits(direct), unit: "Gb/s", goal: null, met: null });
  add({ name: "through the emulator, unpaced", value: gigabits(unpaced), unit: "Gb/s", goal: null, met: null });
  add({ name: "emulator unpaced / plain", value: unpaced / direct, unit: "ratio", goal: null, met: null });
  for (const rate of ["100Mbps", "1Gbps", "10Gbps"]) add(await rateError(rate, unpaced, durationNs));
  for (const row of await delayErrors(stamps)) add(row);
  add(await idleCpu());
  return rows;
}

const gigabits = (bytesPerSecond: number): number => (bytesPerSecond * 8) / 1e9;

async function rateError(rate: string, unpaced: number, durationNs: number): Promise<BenchRow> {
  const spec = `rate=${rate},rtt=1ms`;
  const measured = await throughput(spec, durationNs);
  const expected = modelBytesPerSecond(spec, durationNs);
  const error = Math.abs(measured / expected - 1) * 100;
  const beyond = unpaced < expected ? `; beyond this machine, which copies ${gigabits(unpaced).toFixed(1)} Gb/s` : "";
  return { name: `rate error at ${rate}`, value: error, unit: "%", goal: `at most 1${beyond}`, met: error <= 1 };
}

/** What the model alone lets through between the warm-up and the end, when there is always something to send. */
function modelBytesPerSecond(spec: string, durationNs: number): number {
  const link = parseLink(spec);
  const frameBytes = 65_536;
  let bytes = 0;
  const top = () => {
    while (flow.backlogBytes < link.transport.sendBufferBytes) flow.enqueue(frameBytes, 0);
  };
  const model = new DirectionModel({
    direction: link.forward,
    reverse: link.reverse,
    transport: link.transport,
    events: link.events,
    random: new Random(1, "link").split("forward"),
    sink: {
      sent: (_flow, _frame, arrivalNs) => {
        if (arrivalNs >= WARM_UP_NS) bytes += frameBytes;
        top();
      },
      released: () => {},
      reset: () => {},
    },
  });
  const flow = model.openFlow();
  top();
  model.advance(WARM_UP_NS + durationNs);
  return (bytes * 1e9) / durationNs;
}

/** Bytes per second that arrive from one stream; directly when there is no link. */
async function throughput(spec: string | null, durationNs: number): Promise<number> {
  const { bytes, durationNs: tookNs } = await measure({
    spec,
    spin: false,
    sink: ["count", WARM_UP_NS],
    result: "flood",
    source: (port) => ["flood", port, durationNs + WARM_UP_NS],
  });
  return (bytes * 1e9) / tookNs;
}

/** What the emulator adds to a one-way delay beyond the one asked for and a plain connection's own. */
async function delayErrors(stamps: number): Promise<BenchRow[]> {
  const delayMs = 5;
  const run = async (spec: string | null, spin: boolean) => {
    const sources = (port: number) => ["stamp", port, stamps];
    const { delaysNs } = await measure({ spec, spin, sink: ["read-stamps"], result: "delays", source: sources });
    const sorted = [...delaysNs].sort((a, b) => a - b);
    return (share: number) => quantile(sorted, share) / 1e6;
  };
  const plain = await run(null, false);
  const rows: BenchRow[] = [
    { name: "plain loopback delay, median", value: plain(0.5), unit: "ms", goal: null, met: null },
    { name: "plain loopback delay, p99", value: plain(0.99), unit: "ms", goal: null, met: null },
  ];
  for (const spin of [false, true]) {
    const paced = await run(`rate=1Gbps,rtt=${2 * delayMs}ms`, spin);
    for (const [name, share, goal] of [
      ["median", 0.5, 0.1],
      ["p99", 0.99, 0.5],
    ] as const) {
      const value = paced(share) - delayMs - plain(share);
      const how = spin ? "spinning" : "sleeping";
      rows.push({
        name: `added to a one-way delay, ${how}, ${name}`,
        value,
        unit: "ms",
        goal: `at most ${goal}`,
        met: value <= goal,
      });
    }
  }
  return rows;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Share of one core that an idle emulator with an open connection takes. */
async function idleCpu(): Promise<BenchRow> {
  const sink = await Peer.start(["read-stamps"]);
  const port = (await sink.next("port")).port;
  const link = await start("rate=1Gbps,rtt=10ms", port);
  const source = await Peer.start(["stamp", link.ready.port, 1_000_000]);
  await sleep(500);
  source.end();
  const before = await cpuNs(link);
  await sleep(IDLE_MS);
  const value = ((await cpuNs(link)) - before) / (IDLE_MS * 1e4);
  await link.stop();
  sink.end();
  return { name: "CPU of an idle emulator", value, unit: "%", goal: "at most 1", met: value <= 1 };
}

/** Processor time of the emulator so far, from its own account. */
async function cpuNs(link: LinkProcess): Promise<number> {
  return (await link.command({ command: "status" })).cpuNs;
}

const start = (spec: string, port: number, spin = false): Promise<LinkProcess> =>
  startLink({
    link: parseLink(spec),
    listen: { host: "127.0.0.1", port: 0 },
    target: { host: "127.0.0.1", port },
    spin,
  });

type Told<K extends PeerMessage["kind"]> = Extract<PeerMessage, { readonly kind: K }>;

interface Measurement<K extends PeerMessage["kind"]> {
  /** Null: without a link. */
  readonly spec: string | null;
  readonly spin: boolean;
  /** Arguments of the two peers. */
  readonly sink: readonly (string | number)[];
  readonly source: (port: number) => readonly (string | number)[];
  /** What the sink tells in the end. */
  readonly result: K;
}

async function measure<K extends PeerMessage["kind"]>(measurement: Measurement<K>): Promise<Told<K>> {
  const { spec, spin, result } = measurement;
  const sink = await Peer.start(measurement.sink);
  const { port } = await sink.next("port");
  const link = spec === null ? null : await start(spec, port, spin);
  const source = await Peer.start(measurement.source(link?.ready.port ?? port));
  try {
    return await sink.next(result);
  } finally {
    source.end();
    sink.end();
    await link?.stop();
  }
}

class Peer {
  readonly #child: ChildProcess;
  readonly #told: PeerMessage[] = [];
  #hear: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      this.#told.push(message as PeerMessage);
      this.#hear();
    });
  }

  static async start(given: readonly (string | number)[]): Promise<Peer> {
    return new Peer(fork(PEER, given.map(String)));
  }

  async next<K extends PeerMessage["kind"]>(kind: K): Promise<Told<K>> {
    for (;;) {
      const told = this.#told.find((message): message is Told<K> => message.kind === kind);
      if (told !== undefined) return told;
      await new Promise<void>((resolve) => {
        this.#hear = resolve;
      });
    }
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
