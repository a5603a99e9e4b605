/** Ways to break a correct engine in one place: its ports are bent, or what it says is changed, and nothing else. */
import type {
  Claims,
  DestinationPorts,
  Engine,
  Outcome,
  Policy,
  Process,
  SourcePorts,
} from "../../harness/contract/index.ts";

export interface Breakage {
  /** What the broken engine does wrong, as one sentence. */
  readonly description: string;
  readonly source?: (ports: SourcePorts) => SourcePorts;
  readonly destination?: (ports: DestinationPorts) => DestinationPorts;
  /** What the source does once it should be done, and what it then says. */
  readonly after?: (outcome: Outcome, ports: SourcePorts) => Process<Outcome>;
}

/** The correct engine with one thing broken, under a name of its own. */
export function breakEngine(engine: Engine, name: string, breakage: Breakage): Engine {
  const bendSource = breakage.source ?? ((ports) => ports);
  const bendDestination = breakage.destination ?? ((ports) => ports);
  return {
    manifest: { ...engine.manifest, name, title: name, description: breakage.description },
    *source(ports: SourcePorts): Process<Outcome> {
      const outcome = yield* engine.source(bendSource(ports));
      return breakage.after === undefined ? outcome : yield* breakage.after(outcome, ports);
    },
    destination: (ports) => engine.destination(bendDestination(ports)),
  };
}

/** The engine is given another policy than the one that it is judged by. */
export const withPolicy =
  (change: (policy: Policy) => Policy) =>
  (ports: SourcePorts): SourcePorts => ({
    ...ports,
    parameters: { ...ports.parameters, policy: change(ports.parameters.policy) },
  });

/** What the engine claims is changed on the way to the record. */
export const withClaims =
  (change: (claims: Partial<Claims>) => Partial<Claims>) =>
  (ports: SourcePorts): SourcePorts => ({
    ...ports,
    report: { ...ports.report, claim: (claims) => ports.report.claim(change(claims)) },
  });
