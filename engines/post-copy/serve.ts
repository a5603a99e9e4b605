/** After a hand-over without all of memory: serve the destination until nothing is missing there. */
import { ConnectionLost, type Outcome, type Process, type SourcePorts } from "../../harness/contract/index.ts";
import type { Sender } from "../transfer/sender.ts";
import { awaitRunning } from "../transfer/session.ts";
import { pushRemaining } from "./push.ts";

export function* serveDestination(
  ports: SourcePorts,
  sender: Sender,
  pausedNs: number,
  convergence: Outcome["convergence"],
): Process<Outcome> {
  const { clock, report } = ports;
  try {
    report.phase("resume");
    yield* pushRemaining(ports, sender, function* () {
      yield* awaitRunning(ports);
      report.claim({ downtimeNs: clock.nowNs() - pausedNs });
    });
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    return { kind: "failed", reason: `under post-copy: ${error.message}`, convergence: "not-applicable" };
  }
  report.phase("cleanup");
  report.claim({ totalTimeNs: clock.nowNs(), bytes: sender.bytesSent, rounds: sender.round, pages: sender.pagesSent });
  return { kind: "completed", reason: "the guest runs on the destination and needs the source no more", convergence };
}
