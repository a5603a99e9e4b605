/** Where the guest runs, and for how long it has. Both sides may be told to run at once: that is the engine's fault to make. */
import type { Trace } from "../contract/index.ts";

export type Side = "source" | "destination";
/** Told whenever the guest begins or ceases to run on a side. */
export type RunListener = (side: Side, running: boolean, nowNs: number) => void;

interface SideState {
  /** The engine wants the guest to run here. */
  wanted: boolean;
  frozen: boolean;
  killed: boolean;
  running: boolean;
  sinceNs: number;
  ranNs: number;
}

export class RunState {
  readonly #sides: Record<Side, SideState>;
  readonly #listeners: RunListener[] = [];
  #stoppedSinceNs: number | null = null;
  #stoppedNs = 0;

  /** The guest runs on the source from `startNs` on. */
  constructor(startNs: number) {
    const state = { frozen: false, killed: false, sinceNs: startNs, ranNs: 0 };
    this.#sides = {
      source: { ...state, wanted: true, running: true },
      destination: { ...state, wanted: false, running: false },
    };
  }

  onChange(listener: RunListener): void {
    this.#listeners.push(listener);
  }

  isRunning(side: Side): boolean {
    return this.#sides[side].running;
  }

  change(
    side: Side,
    change: Partial<Pick<SideState, "wanted" | "frozen" | "killed">>,
    nowNs: number,
    apply: (running: boolean) => void,
  ): void {
    const state = this.#sides[side];
    Object.assign(state, change);
    const running = state.wanted && !state.frozen && !state.killed;
    if (running === state.running) return;
    if (state.running) state.ranNs += nowNs - state.sinceNs;
    state.sinceNs = nowNs;
    state.running = running;
    apply(running);
    if (this.owner() === "none") this.#stoppedSinceNs = nowNs;
    else if (this.#stoppedSinceNs !== null) {
      this.#stoppedNs += nowNs - this.#stoppedSinceNs;
      this.#stoppedSinceNs = null;
    }
    for (const listener of this.#listeners) listener(side, running, nowNs);
  }

  /** Who runs the guest now. */
  owner(): Trace["memory"]["owner"] {
    const source = this.#sides.source.running;
    const destination = this.#sides.destination.running;
    if (source && destination) return "both";
    return source ? "source" : destination ? "destination" : "none";
  }

  /** The side whose memory counts: a guest that runs nowhere lies where it was last, unless that side is gone. */
  whereabouts(started: boolean): Side | "nowhere" {
    const { source, destination } = this.#sides;
    if (destination.running) return "destination";
    if (source.running) return "source";
    if (started && !destination.killed) return "destination";
    return source.killed ? "nowhere" : "source";
  }

  /** How long the guest has run on the side, from the beginning of its workload. */
  ranNs(side: Side, nowNs: number): number {
    const state = this.#sides[side];
    return state.ranNs + (state.running ? nowNs - state.sinceNs : 0);
  }

  /** How long it has run nowhere. */
  stoppedNs(nowNs: number): number {
    return this.#stoppedNs + (this.#stoppedSinceNs === null ? 0 : nowNs - this.#stoppedSinceNs);
  }
}
