/**
 * Pre-copy: Clark, Fraser, Hand, Hansen, Jul, Limpach, Pratt, Warfield: "Live Migration of Virtual Machines", NSDI 2005;
 * Nelson, Lim, Hutchins: "Fast Transparent Migration for Virtual Machines", USENIX ATC 2005.
 */
import type { Engine, Outcome, Process, SourcePorts } from "../../harness/contract/index.ts";
import { receiveGuest } from "../transfer/receiver.ts";
import { awaitRunning, handOver, isExpectedFailure, openSession, outcomeOf, withdraw } from "../transfer/session.ts";
import { finish, Iteration } from "./iterate.ts";

function* source(ports: SourcePorts): Process<Outcome> {
  let iteration: Iteration;
  let convergence: Outcome["convergence"] = "converged";
  let pausedNs = 0;
  try {
    yield* openSession(ports);
    iteration = new Iteration(ports, false);
    const { decision, throttled } = yield* iteration.run();
    if (decision.kind !== "switchover") {
      withdraw(ports, decision.reason);
      return { kind: "gave-up", reason: decision.reason, convergence: "gave-up" };
    }
    if (decision.forced) convergence = "forced";
    else if (throttled) convergence = "throttled";
    ports.report.phase("switchover");
    ports.guest.pause();
    pausedNs = ports.clock.nowNs();
    iteration.syncLast();
    yield* iteration.sendRest();
    yield* handOver(ports, iteration.sender, false);
  } catch (error) {
    if (isExpectedFailure(error)) withdraw(ports, (error as Error).message);
    return outcomeOf(error);
  }
  return yield* conclude(ports, iteration.sender, pausedNs, convergence);
}

/** After the hand-over: whatever happens now, the guest is no longer the source's to run. */
export function* conclude(
  ports: SourcePorts,
  sent: { readonly bytesSent: number; readonly pagesSent: number; readonly round: number },
  pausedNs: number,
  convergence: Outcome["convergence"],
): Process<Outcome> {
  const { clock, report } = ports;
  try {
    report.phase("resume");
    yield* awaitRunning(ports);
    report.claim({ downtimeNs: clock.nowNs() - pausedNs });
    yield* finish(ports);
  } catch (error) {
    const { reason } = outcomeOf(error);
    return { kind: "failed", reason: `after the hand-over: ${reason}`, convergence: "not-applicable" };
  }
  report.claim({ totalTimeNs: clock.nowNs(), bytes: sent.bytesSent, rounds: sent.round, pages: sent.pagesSent });
  return { kind: "completed", reason: "the guest runs on the destination", convergence };
}

export const preCopy: Engine = {
  manifest: {
    version: 1,
    name: "pre-copy",
    title: "Pre-copy",
    description:
      "Sends all memory while the guest runs, then what it dirtied, round after round; stops it for the last round.",
    paper: "Clark et al., Live Migration of Virtual Machines, NSDI 2005",
    worlds: ["virtual"],
    capabilities: [
      "pre-copy",
      "cancel",
      "streams",
      "delta",
      "compression",
      "auto-converge",
      "dirty-limit",
      "stun-during-page-send",
      "bandwidth-cap",
      "huge-pages",
    ],
  },
  source,
  destination: receiveGuest,
};
