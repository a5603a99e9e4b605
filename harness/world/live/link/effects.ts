/** Carries out commands on the path and its connections, and ends those that last for a time. */
import { UsageError } from "../../../base/errors.ts";
import type { Action, ConnectionChoice, Directions } from "./commands.ts";
import type { Connection } from "./connection.ts";
import { DIRECTIONS, type Direction, type DirectionName } from "./direction.ts";
import type { Pacer } from "./pacer.ts";

export interface EffectsOptions {
  readonly directions: Readonly<Record<DirectionName, Direction>>;
  readonly connections: ReadonlyMap<number, Connection>;
  readonly pacer: Pacer;
  readonly nowNs: () => number;
  readonly onStop: () => void;
}

export class Effects {
  readonly #options: EffectsOptions;
  /** Counts restores: what was begun before one has nothing left to end. */
  #era = 0;

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  /** @throws UsageError when there is no such connection, or the offset has passed */
  apply(action: Action): void {
    switch (action.command) {
      case "rate":
        this.#rate(action);
        break;
      case "outage":
        this.#blackhole("both", action.durationNs);
        break;
      case "blackhole":
        this.#blackhole(action.direction, action.durationNs);
        break;
      case "restore":
        this.#restore();
        break;
      case "reset":
        for (const connection of this.#choose(action.connection)) connection.reset();
        break;
      case "half-open":
        for (const connection of this.#choose(action.connection)) connection.halfOpen(action.keep);
        break;
      case "corrupt":
        for (const connection of this.#choose(action.connection)) {
          connection.pipe(action.direction).corrupt(action.offset, action.mask);
        }
        break;
      case "corrupt-frames":
        this.#each(action.direction, (direction) => direction.model.corruptNextFrames(action.frames));
        break;
      case "stall":
        this.#stall(action);
        break;
      case "status":
        break;
      case "stop":
        this.#options.onStop();
        break;
    }
  }

  #rate({ direction: which, rateBitsPerSecond, durationNs }: Extract<Action, { command: "rate" }>): void {
    this.#each(which, (direction) => direction.model.setRate(rateBitsPerSecond));
    this.#later(durationNs, () => this.#each(which, (direction) => direction.model.setRate(null)));
  }

  #blackhole(which: Directions, durationNs: number | null): void {
    this.#each(which, (direction) => direction.addBlackhole());
    this.#later(durationNs, () => this.#each(which, (direction) => direction.removeBlackhole()));
  }

  #stall({ connection: choice, direction, durationNs }: Extract<Action, { command: "stall" }>): void {
    const names = direction === "both" ? DIRECTIONS : [direction];
    const pipes = this.#choose(choice).flatMap((connection) => names.map((name) => connection.pipe(name)));
    for (const pipe of pipes) pipe.stall(true);
    this.#later(durationNs, () => {
      for (const pipe of pipes) pipe.stall(false);
    });
  }

  #restore(): void {
    this.#era += 1;
    this.#each("both", (direction) => direction.restore());
    for (const connection of this.#options.connections.values()) {
      connection.forward.unstall();
      connection.reverse.unstall();
    }
  }

  #later(durationNs: number | null, undo: () => void): void {
    if (durationNs === null) return;
    const { pacer, nowNs } = this.#options;
    const era = this.#era;
    pacer.at(nowNs() + durationNs, () => {
      if (this.#era === era) undo();
    });
  }

  #each(which: Directions, change: (direction: Direction) => void): void {
    const { directions, pacer } = this.#options;
    for (const name of which === "both" ? DIRECTIONS : [which]) {
      pacer.settle(directions[name]);
      change(directions[name]);
    }
    pacer.hurry();
  }

  #choose(choice: ConnectionChoice): Connection[] {
    const { connections } = this.#options;
    if (choice === "all") return [...connections.values()];
    const chosen = connections.get(choice);
    if (chosen === undefined) {
      const open = [...connections.keys()].join(", ") || "none";
      throw new UsageError(`there is no connection ${choice}; open: ${open}`);
    }
    return [chosen];
  }
}
