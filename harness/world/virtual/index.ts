/** The virtual world: clock, link, guest and faults are simulated; the same cell gives the same trace, to the last bit. */
import { Random } from "../../base/random.ts";
import { type Cell, ConnectionLost, type Engine, type Trace, type World } from "../../contract/index.ts";
import { DirectionActor } from "./direction.ts";
import { scheduleFaults } from "./faults.ts";
import { Kernel } from "./kernel.ts";
import { Migration, type MigrationOptions, type Path } from "./migration.ts";

/** A migration past the point of no return gets this much longer than `giveUpNs` before it is called stalled. */
const GRACE_FACTOR = 2;
const GRACE_NS = 60_000_000_000;

export interface FleetMember {
  readonly cell: Cell;
  readonly engine: Engine;
  readonly batchPages?: number;
}

/**
 * From so many migrations on, each has so small a share of the path that everything takes long: a batch of one in so
 * many of a guest, and series that begin with so much per migration, are as fine as those of a migration by itself.
 */
const CROWD = 64;
const BATCHES_IN_A_CROWD = 64;
const FIRST_SAMPLE_IN_A_CROWD_NS = 1_000_000;

/** The path that one or more migrations share. */
export function openPath(kernel: Kernel, cell: Cell): Path {
  const { link, identity } = cell;
  const random = new Random(identity.seed, "link");
  return {
    forward: new DirectionActor(kernel, link, link.forward, link.reverse, random.split("forward")),
    reverse: new DirectionActor(kernel, link, link.reverse, link.forward, random.split("reverse")),
  };
}

function grainOfCrowd({ scenario }: Cell, members: number): MigrationOptions {
  const { memoryBytes, pageSizeBytes } = scenario.guest;
  return {
    leastBatchPages: Math.ceil(memoryBytes / pageSizeBytes / BATCHES_IN_A_CROWD),
    firstSampleNs: members * FIRST_SAMPLE_IN_A_CROWD_NS,
  };
}

/** Runs several migrations over one link at the same time; the link is that of the first. */
export function runTogether(members: readonly FleetMember[]): { traces: Trace[]; handledEvents: number } {
  const kernel = new Kernel();
  const path = openPath(kernel, members[0].cell);
  const migrations = members.map(({ cell, engine, batchPages }) => {
    return new Migration(kernel, path, cell, engine, {
      ...(members.length < CROWD ? {} : grainOfCrowd(cell, members.length)),
      ...(batchPages === undefined ? {} : { batchPages }),
    });
  });
  const loseAll = () => {
    for (const migration of migrations) migration.loseConnections(new ConnectionLost("the connection was reset"));
  };
  path.forward.onReset = loseAll;
  let open = migrations.length;
  for (const migration of migrations) {
    scheduleFaults(migration, migration.cell.scenario.faults);
    migration.onOver(() => open--);
    migration.start();
  }
  const patienceNs = Math.max(...members.map(({ cell }) => cell.scenario.giveUpNs)) * GRACE_FACTOR + GRACE_NS;
  let patient = true;
  kernel.at(patienceNs, () => {
    patient = false;
  });
  kernel.run(() => open === 0 || !patient);
  return { traces: migrations.map((migration) => migration.trace()), handledEvents: kernel.handled };
}

export const virtualWorld: World = {
  name: "virtual",
  run: (cell: Cell, engine: Engine): Trace => runTogether([{ cell, engine }]).traces[0],
};
