/** The two ends of a measurement, as processes of their own: a source that floods or stamps, a sink that counts or reads. */
import { type AddressInfo, connect, createServer } from "node:net";
import { hostNs } from "./clock.ts";

/** Bytes of a stamped message: the time at which it was written, and filler. */
export const STAMP_BYTES = 64;
const FLOOD_CHUNK_BYTES = 262_144;

/** `port`: the sink listens. `done`: the flood has ended. */
export type PeerMessage =
  | { readonly kind: "port"; readonly port: number }
  /** Of a flood, after the warm-up: from the first to the last read. */
  | { readonly kind: "flood"; readonly bytes: number; readonly durationNs: number }
  | { readonly kind: "delays"; readonly delaysNs: readonly number[] };

const tell = (message: PeerMessage): void => {
  process.send?.(message);
};

/** Counts what comes after the warm-up. */
function countingSink(warmUpNs: number): void {
  const server = createServer((socket) => {
    let startNs: number | null = null;
    let fromNs: number | null = null;
    let lastNs = 0;
    let bytes = 0;
    socket.on("data", (chunk) => {
      lastNs = hostNs();
      startNs ??= lastNs;
      if (fromNs !== null) bytes += chunk.length;
      else if (lastNs - startNs >= warmUpNs) fromNs = lastNs;
    });
    socket.on("error", () => {});
    socket.on("close", () => tell({ kind: "flood", bytes, durationNs: lastNs - (fromNs ?? lastNs) }));
  });
  listen(server);
}

/** Reads stamps, and tells how old each was on arrival. */
function stampSink(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    const delaysNs: number[] = [];
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      const nowNs = hostNs();
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (; rest.length >= STAMP_BYTES; rest = rest.subarray(STAMP_BYTES)) delaysNs.push(nowNs - rest.readDoubleLE(0));
    });
    socket.on("error", () => {});
    socket.on("close", () => tell({ kind: "delays", delaysNs }));
  });
  listen(server);
}

function listen(server: ReturnType<typeof createServer>): void {
  server.listen(0, "127.0.0.1", () => tell({ kind: "port", port: (server.address() as AddressInfo).port }));
}

function flood(port: number, durationNs: number): void {
  const chunk = Buffer.alloc(FLOOD_CHUNK_BYTES);
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const endNs = hostNs() + durationNs;
  const write = () => {
    while (hostNs() < endNs) {
      if (!socket.write(chunk)) {
        socket.once("drain", write);
        return;
      }
    }
    // What is in the buffers is not part of the measurement.
    socket.destroy();
  };
  socket.once("connect", write);
  socket.on("error", () => {});
}

/** Stamped messages at irregular times, so that they meet every phase of a timer. */
function stamp(port: number, count: number): void {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  let left = count;
  const write = () => {
    const message = Buffer.alloc(STAMP_BYTES);
    message.writeDoubleLE(hostNs(), 0);
    socket.write(message);
    left -= 1;
    if (left === 0) socket.end();
    else setTimeout(write, 2 + ((count - left) % 7));
  };
  socket.once("connect", () => setTimeout(write, 200));
  socket.on("error", () => {});
  socket.resume();
}

if (process.send !== undefined) {
  const [role, first, second] = process.argv.slice(2);
  process.on("disconnect", () => process.exit());
  if (role === "count") countingSink(Number(first));
  else if (role === "read-stamps") stampSink();
  else if (role === "flood") flood(Number(first), Number(second));
  else if (role === "stamp") stamp(Number(first), Number(second));
}
