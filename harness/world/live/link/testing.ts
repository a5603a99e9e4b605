/** Real ends for tests: a target that records, a client that sends, and an emulator of its own process between them. */
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { parseLink } from "../../../link/index.ts";
import { type LinkProcess, type StartLinkOptions, startLink } from "./client.ts";
import { hostNs } from "./clock.ts";
import type { Notice } from "./notices.ts";

const built = fileURLToPath(new URL("../../../../dist/harness/world/live/link/main.js", import.meta.url));

/** What an end of a connection has seen. */
export interface Seen {
  readonly socket: Socket;
  readonly chunks: Buffer[];
  /** Host time of each chunk. */
  readonly timesNs: number[];
  bytes: number;
  ended: boolean;
  /** The code of an error, or "closed". */
  closed: string | null;
}

export function watch(socket: Socket): Seen {
  const seen: Seen = { socket, chunks: [], timesNs: [], bytes: 0, ended: false, closed: null };
  let failure: string | null = null;
  socket.on("data", (chunk: Buffer) => {
    seen.chunks.push(chunk);
    seen.timesNs.push(hostNs());
    seen.bytes += chunk.length;
  });
  socket.on("end", () => {
    seen.ended = true;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message;
  });
  socket.on("close", () => {
    seen.closed = failure ?? "closed";
  });
  return seen;
}

export interface Bench {
  readonly link: LinkProcess;
  readonly notices: Notice[];
  /** Connections that the target took, in order. */
  readonly taken: Seen[];
  /** A connection through the link. */
  open(): Promise<Seen>;
  stop(): Promise<Extract<Notice, { event: "summary" }>>;
}

export interface BenchOptions extends Partial<Omit<StartLinkOptions, "link">> {
  readonly onTaken?: (seen: Seen) => void;
}

/** An emulator with a target behind it. `await using` is beyond Node 20: call `stop`. */
export async function bench(spec: string, { onTaken, ...options }: BenchOptions = {}): Promise<Bench> {
  if (!existsSync(built)) throw new Error("dist/ is missing: npm run build");
  const taken: Seen[] = [];
  const clients: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const seen = watch(socket);
    taken.push(seen);
    onTaken?.(seen);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const notices: Notice[] = [];
  const link = await startLink({
    link: parseLink(spec),
    listen: { host: "127.0.0.1", port: 0 },
    target: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  return {
    link,
    notices,
    taken,
    open: async () => {
      const socket = connect({ host: "127.0.0.1", port: link.ready.port, allowHalfOpen: true, noDelay: true });
      clients.push(socket);
      const seen = watch(socket);
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      return seen;
    },
    stop: async () => {
      for (const socket of [...clients, ...taken.map((seen) => seen.socket)]) socket.destroy();
      server.close();
      return link.stop();
    },
  };
}

/** Waits until something holds; fails with what it is when it does not within ten seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const limitNs = hostNs() + 10_000_000_000;
  while (!holds()) {
    if (hostNs() > limitNs) throw new Error(`did not happen within ten seconds: ${what}`);
    await sleep(2);
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export const all = (seen: Seen): Buffer => Buffer.concat(seen.chunks);

/** Writes until the receiver has seen so many bytes, then stops. */
export function pour(socket: Socket, chunkBytes = 65_536): { stop: () => void; writtenBytes: () => number } {
  let on = true;
  const chunk = Buffer.alloc(chunkBytes, 7);
  const write = () => {
    while (on && socket.writable) {
      if (!socket.write(chunk)) {
        socket.once("drain", write);
        return;
      }
    }
  };
  write();
  return {
    stop: () => {
      on = false;
    },
    writtenBytes: () => socket.bytesWritten - socket.writableLength,
  };
}

/** The notices of one kind. */
export const told = <E extends Notice["event"]>(notices: readonly Notice[], event: E) =>
  notices.filter((notice): notice is Extract<Notice, { event: E }> => notice.event === event);
