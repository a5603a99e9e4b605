/** Carries out the planned faults: at a time, or so long after the engine first entered a phase. */
import { Cancelled, ConnectionLost, type Fault } from "../../contract/index.ts";
import type { Migration } from "./migration.ts";

export function scheduleFaults(migration: Migration, faults: readonly Fault[]): void {
  for (const fault of faults) {
    const { when } = fault;
    const fire = () => inject(migration, fault);
    if ("atNs" in when) {
      migration.kernel.at(when.atNs, fire);
      continue;
    }
    let seen = false;
    migration.onPhase((phase) => {
      if (phase !== when.phase || seen) return;
      seen = true;
      migration.kernel.after(when.afterNs, fire);
    });
  }
}

function inject(migration: Migration, fault: Fault): void {
  if (migration.isOver()) return;
  note(migration, "fault-injected", fault);
  const clear = undo(migration, fault);
  if (clear === null || !("durationNs" in fault) || fault.durationNs === null) return;
  migration.kernel.after(fault.durationNs, () => {
    note(migration, "fault-cleared", fault);
    clear();
  });
}

function note(migration: Migration, kind: "fault-injected" | "fault-cleared", fault: Fault): void {
  const side = "side" in fault ? { side: fault.side } : {};
  migration.recorder.add({ atNs: migration.kernel.nowNs, by: "witness", kind, text: fault.kind, ...side });
}

/** Injects the fault; returns how it ends, or null where it has no duration. */
function undo(migration: Migration, fault: Fault): (() => void) | null {
  const { path, kernel } = migration;
  const directions = (which: "forward" | "reverse" | "both") =>
    which === "both" ? [path.forward, path.reverse] : [path[which]];
  switch (fault.kind) {
    case "cancel":
      migration.cancel(new Cancelled("cancelled by the operator"), "cancelled");
      return null;
    case "kill":
      migration.kill(fault.side);
      return null;
    case "freeze":
      migration.freeze(fault.side);
      return () => migration.thaw(fault.side);
    case "blackhole": {
      const set = (on: boolean) => {
        for (const direction of directions(fault.direction)) direction.command((model) => model.setBlackhole(on));
      };
      set(true);
      return () => set(false);
    }
    case "reset":
      migration.loseConnections(new ConnectionLost("the connection was reset"));
      return null;
    case "corrupt":
      path[fault.direction].command((model) => model.corruptNextFrames(fault.frames));
      return null;
    case "slow": {
      const set = (rate: number | null) => {
        for (const direction of directions("both")) direction.command((model) => model.setRate(rate));
      };
      set(fault.rateBitsPerSecond);
      return () => set(null);
    }
  }
  throw new Error(`unknown fault at ${kernel.nowNs}`);
}
