/** One migration in the virtual world: a guest, two sides of an engine, their connections, and the witness. */
import { Random } from "../../base/random.ts";
import {
  Cancelled,
  type Cell,
  type Channels,
  ConnectionLost,
  type DestinationPorts,
  type Engine,
  type Frame,
  type Outcome,
  type Parameters,
  type Phase,
  type Process,
  type Reporter,
  type SourceGuest,
  type SourcePorts,
  type Trace,
} from "../../contract/index.ts";
import { GuestModel, type Side } from "../../guest/index.ts";
import { roundTripNs } from "../../link/index.ts";
import { ProcessGroup } from "../../process/process.ts";
import { CapMeter } from "../../witness/cap-meter.ts";
import { TraceRecorder } from "../../witness/recorder.ts";
import { SeriesRecorder } from "../../witness/series.ts";
import { Endpoint } from "./connection.ts";
import type { DirectionActor } from "./direction.ts";
import type { Actor, ActorEvent, Kernel } from "./kernel.ts";
import { leastPageBytes } from "./sizes.ts";

const FIRST_SAMPLE_NS = 10_000_000;
/** At most as much in a batch as the link carries in this time, so that content is read close to when it leaves. */
const BATCH_NS = 8_000_000;
const SMALLEST_BATCH_BYTES = 65_536;
/** The finest grain that a large guest is cut into; coarser batches are cheaper to simulate. */
const BATCHES_PER_GUEST = 1024;
/** But for this: no coarser than fits a small send buffer, as long as that is not finer than this share of the guest. */
const FINEST_BATCHES_PER_GUEST = 4096;
const BUFFER_SHARE = 0.75;

export interface Path {
  readonly forward: DirectionActor;
  readonly reverse: DirectionActor;
}

export interface MigrationOptions {
  /** @default as much as the link carries in 8 ms, within bounds */
  readonly batchPages?: number;
  /** @default 1 */
  readonly leastBatchPages?: number;
  /** Step of the series at first; it grows with the length of the migration. @default 10 ms */
  readonly firstSampleNs?: number;
}

interface SideState {
  readonly group: ProcessGroup;
  ended: boolean;
  killed: boolean;
}

/** The guest as an actor of the kernel: post-copy faults happen by themselves. */
class GuestActor implements Actor {
  constructor(readonly model: GuestModel) {}
  nextEventNs(): number {
    return this.model.nextEventNs();
  }
  advance(nowNs: number): void {
    this.model.advance(nowNs);
  }
}

export class Migration {
  readonly guest: GuestModel;
  readonly recorder = new TraceRecorder();
  readonly source: SideState = { group: new ProcessGroup(), ended: false, killed: false };
  readonly destination: SideState = { group: new ProcessGroup(), ended: false, killed: false };
  readonly endpoints: { readonly source: Endpoint[]; readonly destination: Endpoint[] } = {
    source: [],
    destination: [],
  };
  outcome: Outcome | null = null;
  endedNs = 0;
  readonly #guestEvent: ActorEvent;
  #phaseListeners: ((phase: Phase) => void)[] = [];
  readonly #series: SeriesRecorder;
  #remainingPages: number;
  #dirtyBytesPerSecond = 0;
  #lastSyncNs = 0;
  #pageBytes = 0;
  #meters = { "pre-copy": new CapMeter(), "post-copy": new CapMeter() };
  #metered: CapMeter | null = null;
  #lastPageSeen = false;
  #faults = 0;
  #overListener: () => void = () => {};
  #lastSampleBytes = 0;
  #phase: Phase = "setup";
  #batchPages: number;
  #leastBatchPages: number;
  #bugs: unknown[] = [];

  constructor(
    readonly kernel: Kernel,
    readonly path: Path,
    readonly cell: Cell,
    readonly engine: Engine,
    options: MigrationOptions = {},
  ) {
    const { scenario, identity } = cell;
    this.guest = new GuestModel({
      guest: scenario.guest,
      workload: scenario.workload,
      random: new Random(identity.seed, "workload"),
      integrity: cell.integrity,
      warmUpNs: scenario.warmUpNs,
    });
    this.#guestEvent = kernel.register(new GuestActor(this.guest));
    this.#remainingPages = scenario.guest.memoryBytes / scenario.guest.pageSizeBytes;
    this.#batchPages = options.batchPages ?? this.#chooseBatch();
    this.#series = new SeriesRecorder(options.firstSampleNs ?? FIRST_SAMPLE_NS);
    this.#leastBatchPages = Math.min(this.#batchPages, options.leastBatchPages ?? 1);
    this.guest.onRunChange((side, running, nowNs) => {
      this.recorder.add({ atNs: nowNs, by: "witness", kind: running ? "guest-running" : "guest-stopped", side });
      this.#guestEvent.touch();
    });
  }

  // Set-up

  #chooseBatch(): number {
    const { guest } = this.cell.scenario;
    const { transport } = this.cell.link;
    const rate = this.cell.link.forward.rateBitsPerSecond / 8;
    // A batch that fills the send buffer by itself would leave the link idle while the next one is prepared.
    const mostCoarse = Math.max(guest.memoryBytes / FINEST_BATCHES_PER_GUEST, transport.sendBufferBytes * BUFFER_SHARE);
    const coarse = Math.floor(Math.min(guest.memoryBytes / BATCHES_PER_GUEST, mostCoarse));
    const bytes = Math.max(SMALLEST_BATCH_BYTES, coarse, (rate * BATCH_NS) / 1e9);
    return Math.max(1, Math.floor(bytes / guest.pageSizeBytes));
  }

  /** Starts both sides; the connections take a round trip to open. */
  start(): void {
    this.recorder.add({ atNs: this.kernel.nowNs, by: "witness", kind: "asked" });
    const channels = this.#connect();
    this.kernel.after(roundTripNs(this.cell.link), () => {
      this.destination.group.run(
        this.engine.destination(this.#destinationPorts(channels.destination)),
        () => this.#sideEnded("destination"),
        (error) => this.#destinationFailed(error),
      );
      this.source.group.run(
        this.engine.source(this.#sourcePorts(channels.source)),
        (outcome) => this.#finish(outcome),
        (error) => this.#sourceFailed(error),
      );
    });
    this.#scheduleSample();
    this.kernel.at(this.cell.scenario.giveUpNs, () => {
      const seconds = this.cell.scenario.giveUpNs / 1e9;
      this.cancel(new Cancelled(`the harness's limit of ${seconds} s has passed`), "gave-up");
    });
  }

  #connect(): { source: Channels; destination: Channels } {
    const { transport } = this.cell.link;
    const open = (carries: "control" | "pages" | "demand"): { source: Endpoint; destination: Endpoint } => {
      const end = (out: DirectionActor) =>
        new Endpoint({
          kernel: this.kernel,
          out,
          sendBufferBytes: transport.sendBufferBytes,
          carries,
          onSend: (frame) => this.#tap(frame),
          onLost: (error) => this.loseConnections(error),
        });
      const source = end(this.path.forward);
      const destination = end(this.path.reverse);
      source.peer = destination;
      destination.peer = source;
      this.endpoints.source.push(source);
      this.endpoints.destination.push(destination);
      return { source, destination };
    };
    const control = open("control");
    const faults = open("demand");
    const pages = Array.from({ length: transport.streams }, () => open("pages"));
    const pick = (side: Side): Channels => ({
      control: control[side],
      faults: faults[side],
      pages: pages.map((pair) => pair[side]),
      batchPages: this.#batchPages,
      leastBatchPages: this.#leastBatchPages,
    });
    return { source: pick("source"), destination: pick("destination") };
  }

  // Ports

  get #parameters(): Parameters {
    const { policy, scenario } = this.cell;
    return { policy, transfer: scenario.transfer, host: scenario.host, prePagingPages: scenario.prePagingPages };
  }

  #basePorts(side: Side) {
    const { kernel } = this;
    const { group } = this[side];
    const busyUntilNs: number[] = [];
    return {
      clock: {
        nowNs: () => kernel.nowNs,
        sleep: (durationNs: number) => ({
          start: (resume: () => void) => cancelling(kernel.after(durationNs, resume)),
        }),
      },
      tasks: { all: (processes: Process<void>[]) => group.all(processes) },
      processor: {
        work: (thread: number, durationNs: number) => ({
          start: (resume: () => void) => {
            const endNs = Math.max(busyUntilNs[thread] ?? 0, kernel.nowNs) + durationNs;
            busyUntilNs[thread] = endNs;
            if (endNs <= kernel.nowNs) {
              resume();
              return () => {};
            }
            return cancelling(kernel.at(endNs, resume));
          },
        }),
      },
      parameters: this.#parameters,
      report: this.#reporter(side),
    };
  }

  #sourcePorts(channels: Channels): SourcePorts {
    return {
      ...this.#basePorts("source"),
      guest: this.#watchSource(this.guest.source),
      channels,
      abort: { shield: () => this.source.group.shield() },
    };
  }

  #destinationPorts(channels: Channels): DestinationPorts {
    const { destination } = this.guest;
    const { kernel } = this;
    const guestEvent = this.#guestEvent;
    const { memory } = destination;
    return {
      ...this.#basePorts("destination"),
      channels,
      guest: {
        memory: {
          pageCount: memory.pageCount,
          pageSizeBytes: memory.pageSizeBytes,
          presentPages: () => memory.presentPages(),
          isPresent: (page) => memory.isPresent(page),
          install: (batch) => {
            this.guest.advance(kernel.nowNs);
            memory.install(batch);
            guestEvent.touch();
            if (!this.#lastPageSeen && memory.presentPages() === memory.pageCount) this.#noteLastPage();
          },
          discard: (span) => {
            this.#lastPageSeen = false;
            memory.discard(span);
          },
        },
        loadDeviceState: (state) => destination.loadDeviceState(state),
        start: () => ({
          start: (resume) =>
            cancelling(
              kernel.after(this.cell.scenario.host.resumeNs, () => {
                this.guest.advance(kernel.nowNs);
                destination.startNow();
                guestEvent.touch();
                resume();
              }),
            ),
        }),
        isRunning: () => destination.isRunning(),
        onFault: (handler) =>
          destination.onFault((page) => {
            this.#faults++;
            const handlingNs = this.cell.scenario.host.faultHandlingNs ?? 0;
            if (handlingNs === 0) handler(page);
            else kernel.after(handlingNs, () => handler(page));
          }),
      },
    };
  }

  /** Keeps the guest's clock up to date for every request, and notes what the witness can see: syncs and throttling. */
  #watchSource(guest: SourceGuest): SourceGuest {
    const { kernel } = this;
    const settle = () => this.guest.advance(kernel.nowNs);
    const { memory } = guest;
    const throttled = () => {
      this.recorder.add({ atNs: kernel.nowNs, by: "witness", kind: "throttle", share: this.guest.throttleShare() });
    };
    return {
      vcpus: guest.vcpus,
      deviceStateBytes: guest.deviceStateBytes,
      isRunning: () => guest.isRunning(),
      pause: () => {
        settle();
        guest.pause();
      },
      resume: () => {
        settle();
        guest.resume();
      },
      setThrottle: (share) => {
        settle();
        const before = this.guest.throttleShare();
        guest.setThrottle(share);
        if (this.guest.throttleShare() !== before) throttled();
      },
      limitDirtyRate: (limit) => {
        settle();
        const before = this.guest.throttleShare();
        guest.limitDirtyRate(limit);
        if (this.guest.throttleShare() !== before) throttled();
      },
      captureDeviceState: () => {
        settle();
        return guest.captureDeviceState();
      },
      memory: {
        pageCount: memory.pageCount,
        pageSizeBytes: memory.pageSizeBytes,
        newPageSet: () => memory.newPageSet(),
        syncDirtyLog: (into) => {
          settle();
          const pages = memory.syncDirtyLog(into);
          this.#noteSync(pages);
          return pages;
        },
        withoutDirtied: (span) => {
          settle();
          return memory.withoutDirtied(span);
        },
        read: (span) => {
          settle();
          return memory.read(span);
        },
      },
    };
  }

  #reporter(side: Side): Reporter {
    const at = () => this.kernel.nowNs;
    return {
      phase: (phase) => {
        this.recorder.add({ atNs: at(), by: "engine", kind: "phase", phase, side });
        if (side === "source") this.#enterPhase(phase);
      },
      round: (round, sent) => {
        this.recorder.add({ atNs: at(), by: "engine", kind: "round", round, pages: sent.pages, bytes: sent.bytes });
      },
      remaining: (pages) => {
        this.#remainingPages = pages;
      },
      note: (text) => this.recorder.add({ atNs: at(), by: "engine", kind: "note", text, side }),
      switchToPostCopy: () => this.recorder.add({ atNs: at(), by: "engine", kind: "switch-to-post-copy" }),
      claim: (claims) => this.recorder.claim(claims),
    };
  }

  // The witness

  onPhase(listener: (phase: Phase) => void): void {
    this.#phaseListeners.push(listener);
  }

  #enterPhase(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    const bytes = this.#cappedBytes();
    this.#metered?.end(this.kernel.nowNs, bytes);
    this.#metered = phase === "pre-copy" || phase === "post-copy" ? this.#meters[phase] : null;
    if (this.#metered !== null) {
      this.#metered.begin(this.kernel.nowNs, bytes);
      this.#scheduleMeter(this.#metered);
    }
    for (const listener of this.#phaseListeners) listener(phase);
  }

  #scheduleMeter(meter: CapMeter): void {
    this.kernel.at(meter.nextNs(), () => {
      if (this.#metered !== meter || this.isOver()) return;
      meter.tick(this.kernel.nowNs, this.#cappedBytes());
      this.#scheduleMeter(meter);
    });
  }

  #forwardBytes(): number {
    this.path.forward.settle();
    let bytes = 0;
    for (const endpoint of this.endpoints.source) bytes += endpoint.sentBytes();
    return bytes;
  }

  /** What a bandwidth cap governs: the page streams, not the pages that the guest is waiting for. */
  #cappedBytes(): number {
    this.path.forward.settle();
    let bytes = 0;
    for (const endpoint of this.endpoints.source)
      if (endpoint.options.carries === "pages") bytes += endpoint.sentBytes();
    return bytes;
  }

  #reverseBytes(): number {
    this.path.reverse.settle();
    let bytes = 0;
    for (const endpoint of this.endpoints.destination) bytes += endpoint.sentBytes();
    return bytes;
  }

  #tap(frame: Frame): void {
    if (frame.kind !== "pages") return;
    const { scenario } = this.cell;
    this.#pageBytes += leastPageBytes(frame.batch, scenario.transfer, scenario.guest.pageSizeBytes);
  }

  #noteSync(pages: number): void {
    const nowNs = this.kernel.nowNs;
    const sinceNs = nowNs - this.#lastSyncNs;
    const bytes = pages * this.cell.scenario.guest.pageSizeBytes;
    if (sinceNs > 0) this.#dirtyBytesPerSecond = (bytes * 1e9) / sinceNs;
    this.#lastSyncNs = nowNs;
    this.recorder.add({ atNs: nowNs, by: "witness", kind: "sync", pages, bytes: this.#forwardBytes() });
  }

  #noteLastPage(): void {
    this.#lastPageSeen = true;
    const pages = this.guest.destination.memory.presentPages();
    this.recorder.add({ atNs: this.kernel.nowNs, by: "witness", kind: "last-page", pages });
  }

  #scheduleSample(): void {
    this.kernel.after(this.#series.stepNs, () => {
      if (this.isOver()) return;
      const stepNs = this.#series.stepNs;
      const bytes = this.#forwardBytes();
      const { pageSizeBytes } = this.cell.scenario.guest;
      const running = this.guest.destination.isRunning();
      const { memory } = this.guest.destination;
      this.#series.add({
        remainingBytes: (running ? memory.pageCount - memory.presentPages() : this.#remainingPages) * pageSizeBytes,
        dirtyBytesPerSecond: this.#dirtyBytesPerSecond,
        goodputBytesPerSecond: ((bytes - this.#lastSampleBytes) * 1e9) / stepNs,
        throttleShare: this.guest.throttleShare(),
        faults: this.#faults,
      });
      this.#lastSampleBytes = bytes;
      this.#scheduleSample();
    });
  }

  // The end

  /** Called once, when both sides have ended. */
  onOver(listener: () => void): void {
    this.#overListener = listener;
  }

  isOver(): boolean {
    return this.outcome !== null && this.destination.ended;
  }

  /** Asks the source to cancel; past the hand-over it refuses, and the witness notes that. */
  cancel(reason: Cancelled, as: "cancelled" | "gave-up"): void {
    if (this.outcome !== null) return;
    this.#cancelledAs = as;
    if (this.source.group.cancel(reason)) return;
    this.recorder.add({ atNs: this.kernel.nowNs, by: "witness", kind: "cancel-refused", text: reason.message });
  }

  #cancelledAs: "cancelled" | "gave-up" = "cancelled";

  #finish(outcome: Outcome): void {
    const gaveUp = outcome.kind === "cancelled" && this.#cancelledAs === "gave-up";
    this.outcome = gaveUp ? { ...outcome, kind: "gave-up", convergence: "gave-up" } : outcome;
    this.#sideEnded("source");
  }

  #sourceFailed(error: unknown): void {
    this.#bugs.push(error);
    this.#finish({ kind: "failed", reason: `the engine crashed: ${describe(error)}`, convergence: "not-applicable" });
  }

  #destinationFailed(error: unknown): void {
    if (!(error instanceof ConnectionLost)) this.#bugs.push(error);
    this.recorder.add({
      atNs: this.kernel.nowNs,
      by: "engine",
      kind: "note",
      text: describe(error),
      side: "destination",
    });
    this.#sideEnded("destination");
  }

  /** A process that ends closes its connections, as any operating system sees to it. */
  #sideEnded(side: Side): void {
    this.#markEnded(side);
    for (const endpoint of this.endpoints[side]) endpoint.close();
  }

  #markEnded(side: Side): void {
    this[side].ended = true;
    this.endedNs = this.kernel.nowNs;
    if (this.isOver()) this.#overListener();
  }

  /** Every connection of the migration is gone at once. */
  loseConnections(error: ConnectionLost): void {
    for (const endpoint of [...this.endpoints.source, ...this.endpoints.destination]) endpoint.loseHere(error);
  }

  kill(side: Side): void {
    const state = this[side];
    if (state.ended) {
      this.guest.advance(this.kernel.nowNs);
      this.guest.kill(side);
      return;
    }
    state.killed = true;
    state.group.kill();
    this.guest.advance(this.kernel.nowNs);
    this.guest.kill(side);
    if (side === "source") {
      this.outcome = { kind: "failed", reason: "the source was killed", convergence: "not-applicable" };
    }
    this.#markEnded(side);
    const error = new ConnectionLost(`the ${side} was killed`);
    this.kernel.after(roundTripNs(this.cell.link) / 2, () => this.loseConnections(error));
  }

  freeze(side: Side): void {
    this[side].group.freeze();
    for (const endpoint of this.endpoints[side]) endpoint.suspend(true);
    this.guest.advance(this.kernel.nowNs);
    this.guest.freeze(side);
  }

  thaw(side: Side): void {
    this.guest.advance(this.kernel.nowNs);
    this.guest.thaw(side);
    this.#guestEvent.touch();
    this[side].group.thaw();
    for (const endpoint of this.endpoints[side]) endpoint.suspend(false);
  }

  /** What was seen. A migration that is not over is reported as stalled. */
  trace(): Trace {
    const outcome: Outcome = this.outcome ?? {
      kind: "stalled",
      reason: "neither finished nor gave up within the harness's patience",
      convergence: "stalled",
    };
    const nowNs = this.isOver() ? this.endedNs : this.kernel.nowNs;
    const forwardBytes = this.#forwardBytes();
    this.#metered?.end(nowNs, this.#cappedBytes());
    this.guest.advance(this.kernel.nowNs);
    for (const bug of this.#bugs) this.recorder.add({ atNs: nowNs, by: "engine", kind: "note", text: stackOf(bug) });
    const { stats } = this.path.forward.model;
    return this.recorder.build({
      world: "virtual",
      cell: this.cell,
      outcome,
      endedNs: nowNs,
      series: this.#series.build(),
      memory: this.guest.audit(),
      guest: this.guest.accounting(),
      link: {
        forwardBytes,
        reverseBytes: this.#reverseBytes(),
        pageBytes: this.#pageBytes,
        lostPackets: stats.lostPackets,
        timeouts: stats.timeouts,
        peakQueueBytes: Math.round(stats.peakQueueBytes),
        maxPreCopyBytesPerSecond: this.#meters["pre-copy"].maxBytesPerSecond,
        maxPostCopyBytesPerSecond: this.#meters["post-copy"].maxBytesPerSecond,
      },
    });
  }
}

function cancelling(timer: { cancel(): void }): () => void {
  return () => timer.cancel();
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Only the message: stack lines hold paths and line numbers, which differ between machines. */
function stackOf(error: unknown): string {
  return `crash: ${describe(error)}`;
}
