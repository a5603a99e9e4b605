/** The link emulator: listens, connects every connection to the target, and carries bytes both ways at the link's pace. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { UsageError } from "../../../base/errors.ts";
import type { Link } from "../../../contract/index.ts";
import {
  bandwidthDelayBytes,
  canonicalLink,
  goodputCeilingBytesPerSecond,
  linkHash,
  roundTripNs,
} from "../../../link/index.ts";
import { type Address, spellAddress } from "./address.ts";
import { ByteSource, ReadPool } from "./byte-source.ts";
import { LinkClock } from "./clock.ts";
import type { Command } from "./commands.ts";
import { Connection } from "./connection.ts";
import { DIRECTIONS, Direction, type DirectionName } from "./direction.ts";
import { Effects } from "./effects.ts";
import { Lateness } from "./lateness.ts";
import type { LinkSummary, Notice } from "./notices.ts";
import { Pacer } from "./pacer.ts";
import { Pipe } from "./pipe.ts";
import { cpuNs, summarise, Totalled } from "./totals.ts";

export interface LinkEmulatorOptions {
  readonly link: Link;
  readonly listen: Address;
  readonly target: Address;
  /** When the times of the link's events begin to count. @default "listening" */
  readonly clock?: "listening" | "first-connection";
  /** Of losses and jitter. @default 1 */
  readonly seed?: number;
  readonly canaries?: readonly Buffer[];
  /** Busy one core while there is traffic, to see every byte at once. @default false */
  readonly spin?: boolean;
  /** @default 100 ms */
  readonly trafficIntervalNs?: number;
  readonly onNotice: (notice: Notice) => void;
  /** The `stop` command was given. */
  readonly onStop: () => void;
}

const MAX_CONNECTIONS = 1024;
/** More sightings of canaries are counted, but not told one by one. */
const MAX_CANARY_NOTICES = 1000;

export class LinkEmulator {
  readonly #options: LinkEmulatorOptions;
  readonly #clock = new LinkClock();
  readonly #pool = new ReadPool();
  readonly #directions: Readonly<Record<DirectionName, Direction>>;
  readonly #pacer: Pacer;
  readonly #effects: Effects;
  readonly #server: Server;
  readonly #connections = new Map<number, Connection>();
  readonly #lateness = new Lateness();
  readonly #portionLateness = new Lateness();
  readonly #totals = new Totalled();
  #opened = 0;
  #canaries = 0;
  #resetDue = false;
  #trafficTimer: NodeJS.Timeout | null = null;

  private constructor(options: LinkEmulatorOptions) {
    this.#options = options;
    const { link, seed = 1, onStop } = options;
    const onReset = () => {
      this.#resetDue = true;
    };
    this.#directions = {
      forward: new Direction({ link, name: "forward", seed, onReset }),
      reverse: new Direction({ link, name: "reverse", seed, onReset }),
    };
    this.#pacer = new Pacer({
      clock: this.#clock,
      directions: DIRECTIONS.map((name) => this.#directions[name]),
      busyModel: [link.forward, link.reverse].some((direction) => direction.crossTraffic.flows > 0),
      spin: options.spin ?? false,
      onPass: () => this.#onPass(),
    });
    this.#effects = new Effects({
      directions: this.#directions,
      connections: this.#connections,
      pacer: this.#pacer,
      nowNs: () => this.#clock.nowNs(),
      onStop,
    });
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
    // The model learns of a scheduled event whenever it is advanced; the wake-up makes that happen at its time.
    for (const event of link.events) {
      this.#pacer.at(event.atNs, () => this.#tell({ event: "link-event", atNs: event.atNs, what: event }));
    }
  }

  /** @throws UsageError when the port cannot be had */
  static async start(options: LinkEmulatorOptions): Promise<LinkEmulator> {
    const emulator = new LinkEmulator(options);
    try {
      await emulator.#listen();
    } catch (error) {
      await emulator.#pacer.close();
      throw error;
    }
    return emulator;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Time on the link's clock. */
  get nowNs(): number {
    return this.#clock.nowNs();
  }

  /** Carries out a command, now or at its time, and tells how that went. */
  command({ id, atNs, action }: Command): void {
    const act = () => {
      const nowNs = this.#clock.nowNs();
      try {
        this.#effects.apply(action);
        this.#tell({ event: "done", atNs: nowNs, id, command: action.command, cpuNs: cpuNs() });
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        this.#tell({ event: "not-done", atNs: nowNs, id, message: error.message });
      }
    };
    if (atNs === null) {
      act();
      return;
    }
    this.#pacer.at(atNs, act);
    this.#tell({ event: "planned", atNs: this.#clock.nowNs(), id, command: action.command, cpuNs: cpuNs() });
  }

  /** Ends everything: no socket, thread or timer is left. */
  async close(): Promise<LinkSummary> {
    const durationNs = this.#clock.nowNs();
    if (this.#trafficTimer !== null) clearInterval(this.#trafficTimer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of [...this.#connections.values()]) connection.reset("stopped");
    await closed;
    await this.#pacer.close();
    for (const connection of this.#connections.values()) this.#totals.add(connection);
    return summarise({
      durationNs,
      connections: this.#opened,
      directions: this.#directions,
      totals: this.#totals,
      canaries: this.#canaries,
      lateness: this.#lateness,
      portionLateness: this.#portionLateness,
    });
  }

  async #listen(): Promise<void> {
    const { link, listen, target, clock = "listening" } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(listen, error)));
      this.#server.listen({ host: listen.host, port: listen.port }, resolve);
    });
    this.#tell({
      event: "ready",
      version: 1,
      link: canonicalLink(link),
      linkHash: linkHash(link),
      host: listen.host,
      port: this.port,
      target: spellAddress(target),
      roundTripNs: roundTripNs(link),
      bandwidthDelayBytes: bandwidthDelayBytes(link),
      forwardCeilingBytesPerSecond: goodputCeilingBytesPerSecond(link.forward),
      reverseCeilingBytesPerSecond: goodputCeilingBytesPerSecond(link.reverse),
    });
    if (clock === "listening") this.#startClock();
  }

  #startClock(): void {
    if (this.#clock.started) return;
    this.#clock.start();
    this.#tell({ event: "clock-started", hostNs: this.#clock.hostNsAt(0) });
    this.#pacer.hurry();
  }

  #accept(accepted: Socket): void {
    this.#startClock();
    const atNs = this.#clock.nowNs();
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#tell({ event: "too-many-connections", atNs, limit: MAX_CONNECTIONS });
      accepted.on("error", () => {});
      accepted.resetAndDestroy();
      return;
    }
    const id = ++this.#opened;
    const from = spellAddress({ host: accepted.remoteAddress ?? "?", port: accepted.remotePort ?? 0 });
    this.#tell({ event: "connected", atNs, connection: id, from });
    const connection = new Connection({
      id,
      source: ByteSource.accept(this.#pool, accepted),
      pool: this.#pool,
      target: this.#options.target,
      forward: this.#pipe("forward", id),
      reverse: this.#pipe("reverse", id),
      onEstablished: () => this.#tell({ event: "established", atNs: this.#clock.nowNs(), connection: id }),
      onRefused: (_, message) => this.#tell({ event: "refused", atNs: this.#clock.nowNs(), connection: id, message }),
      onClosed: () => this.#onClosed(connection),
    });
    this.#connections.set(id, connection);
    this.#watchTraffic();
  }

  #pipe(name: DirectionName, connection: number): Pipe {
    const other = this.#directions[name === "forward" ? "reverse" : "forward"];
    return new Pipe({
      direction: this.#directions[name],
      returnDelayNs: other.oneWayDelayNs,
      canaries: this.#options.canaries ?? [],
      pool: this.#pool,
      host: {
        settle: (direction) => this.#pacer.settle(direction),
        touch: (pipe) => {
          this.#pacer.touch(pipe);
          this.#watchTraffic();
        },
        canaryFound: (_, canary, offset) => {
          this.#canaries += 1;
          if (this.#canaries > MAX_CANARY_NOTICES) return;
          this.#tell({ event: "canary", atNs: this.#clock.nowNs(), connection, direction: name, canary, offset });
        },
        delivered: (lateNs, last) => {
          this.#portionLateness.add(lateNs);
          if (last) this.#lateness.add(lateNs);
        },
      },
    });
  }

  #onPass(): void {
    if (!this.#resetDue) return;
    this.#resetDue = false;
    for (const connection of [...this.#connections.values()]) connection.reset();
  }

  #onClosed(connection: Connection): void {
    this.#connections.delete(connection.id);
    this.#totals.add(connection);
    this.#tell({
      event: "closed",
      atNs: this.#clock.nowNs(),
      connection: connection.id,
      how: connection.ended,
      forward: connection.forward.tap,
      reverse: connection.reverse.tap,
    });
  }

  /** Tells of traffic while there is some; an idle link costs nothing. */
  #watchTraffic(): void {
    if (this.#trafficTimer !== null) return;
    const told = new Map<number, number>();
    const { trafficIntervalNs = 100_000_000 } = this.#options;
    this.#trafficTimer = setInterval(() => {
      let moved = false;
      for (const [id, { forward, reverse }] of this.#connections) {
        const sum =
          forward.tap.sentBytes + forward.tap.deliveredBytes + reverse.tap.sentBytes + reverse.tap.deliveredBytes;
        if (sum === (told.get(id) ?? 0)) continue;
        told.set(id, sum);
        moved = true;
        this.#tellTraffic(id, forward, reverse);
      }
      if (moved || this.#trafficTimer === null) return;
      clearInterval(this.#trafficTimer);
      this.#trafficTimer = null;
    }, trafficIntervalNs / 1e6);
    this.#trafficTimer.unref();
  }

  #tellTraffic(connection: number, forward: Pipe, reverse: Pipe): void {
    const totals = ({ tap }: Pipe) => ({ sentBytes: tap.sentBytes, deliveredBytes: tap.deliveredBytes });
    this.#tell({
      event: "traffic",
      atNs: this.#clock.nowNs(),
      connection,
      forward: totals(forward),
      reverse: totals(reverse),
    });
  }

  #tell(notice: Notice): void {
    this.#options.onNotice(notice);
  }
}

function cannotListen(listen: Address, error: NodeJS.ErrnoException): UsageError {
  const where = spellAddress(listen);
  if (error.code === "EADDRINUSE") {
    return new UsageError(`${where} is in use by another program; choose another port, or 0 for any free one`);
  }
  if (error.code === "EACCES")
    return new UsageError(`${where} may not be opened by this user; choose a port above 1023`);
  return new UsageError(`cannot listen on ${where}: ${error.message}`);
}
