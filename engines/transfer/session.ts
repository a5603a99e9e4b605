/** What every engine does before the first page and at the hand-over, on the source side. */
import {
  type Cancelled,
  ConnectionLost,
  type Outcome,
  PeerSilent,
  type Process,
  type SourcePorts,
  wait,
} from "../../harness/contract/index.ts";
import type { Sender } from "./sender.ts";

/** Patience with a silent peer, in round trips' terms far above any link that is up. */
export const PEER_TIMEOUT_NS = 30_000_000_000;

/** The destination said no before any harm was done. */
export class Refused extends Error {
  override name = "Refused";
}

/** Introduces the guest to the destination, and waits for its consent. */
export function* openSession(ports: SourcePorts): Process<void> {
  const { channels, clock, guest, parameters, report } = ports;
  report.phase("setup");
  yield* wait(clock.sleep(parameters.host.setupNs));
  const { pageCount, pageSizeBytes } = guest.memory;
  yield* wait(channels.control.send({ kind: "hello", protocol: 1, pageCount, pageSizeBytes }));
  const answer = yield* wait(channels.control.receive(PEER_TIMEOUT_NS));
  if (answer?.kind === "refuse") throw new Refused(answer.reason);
  if (answer?.kind !== "accept")
    throw new ConnectionLost(`expected consent, got ${answer?.kind ?? "the end of the connection"}`);
}

/**
 * Gives the guest away: the right to run travels in the device-state frame. Until that frame is sent every failure
 * leaves the guest with the source; afterwards the source must not run it again, whatever happens, because the
 * destination may.
 */
export function* handOver(ports: SourcePorts, sender: Sender, postCopy: boolean): Process<void> {
  const { abort, channels, guest } = ports;
  const state = guest.captureDeviceState();
  abort.shield();
  // On a connection that is warm already: a cold one would start slowly, at a round trip per doubling, with the guest dark.
  sender.count(0, yield* wait(channels.pages[0].send({ kind: "device-state", state, postCopy })));
}

/** Waits for the destination's word that the guest runs there; patient for as long as the last pages are still leaving. */
export function* awaitRunning(ports: SourcePorts): Process<void> {
  const { channels } = ports;
  const backlog = () => channels.pages.reduce((bytes, stream) => bytes + stream.backlogBytes(), 0);
  for (let before = backlog(); ; ) {
    try {
      const answer = yield* wait(channels.control.receive(PEER_TIMEOUT_NS));
      if (answer?.kind === "running") return;
      throw new ConnectionLost(`expected word that the guest runs, got ${answer?.kind ?? "the end of the connection"}`);
    } catch (error) {
      const left = backlog();
      if (!(error instanceof PeerSilent) || left >= before) throw error;
      before = left;
    }
  }
}

/** Ends a migration before the hand-over: the destination forgets the guest, the source runs it on. */
export function withdraw(ports: SourcePorts, reason: string): void {
  const { channels, guest, report } = ports;
  report.phase("cleanup");
  guest.setThrottle(0);
  guest.limitDirtyRate(null);
  if (!guest.isRunning()) guest.resume();
  channels.control.post({ kind: "cancel", reason });
}

/** Turns what stopped an engine before the hand-over into its outcome; bugs are passed on. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof Refused)
    return { kind: "failed", reason: `refused: ${error.message}`, convergence: "not-applicable" };
  if (error instanceof ConnectionLost) return { kind: "failed", reason: error.message, convergence: "not-applicable" };
  if ((error as Error)?.name === "Cancelled") {
    return { kind: "cancelled", reason: (error as Cancelled).message, convergence: "not-applicable" };
  }
  throw error;
}

/** Failures that an engine answers by leaving the guest where it is. */
export function isExpectedFailure(error: unknown): boolean {
  return error instanceof Refused || error instanceof ConnectionLost || (error as Error)?.name === "Cancelled";
}
