/**
 * Stop-and-copy: the guest stops, everything is sent, the guest goes on at the other side. The baseline that every live
 * method has to beat (Sapuntzakis et al., "Optimizing the Migration of Virtual Computers", OSDI 2002).
 */
import type { Engine, Outcome, Process, SourcePorts } from "../../harness/contract/index.ts";
import { conclude } from "../pre-copy/index.ts";
import { RateLimit } from "../transfer/rate-limit.ts";
import { receiveGuest } from "../transfer/receiver.ts";
import { Sender } from "../transfer/sender.ts";
import { handOver, isExpectedFailure, openSession, outcomeOf, withdraw } from "../transfer/session.ts";

function* source(ports: SourcePorts): Process<Outcome> {
  const { clock, guest, parameters, report } = ports;
  const sender = new Sender(ports, guest.memory.newPageSet());
  let pausedNs = 0;
  try {
    yield* openSession(ports);
    report.phase("switchover");
    guest.pause();
    pausedNs = clock.nowNs();
    guest.memory.syncDirtyLog(sender.toSend);
    sender.toSend.addAll();
    const limit = new RateLimit(clock, parameters.policy.bandwidth.preCopyBytesPerSecond);
    yield* sender.sendPass({ until: () => false, limit, skipDirtied: false });
    yield* sender.endRound();
    yield* handOver(ports, sender, false);
  } catch (error) {
    if (isExpectedFailure(error)) withdraw(ports, (error as Error).message);
    return outcomeOf(error);
  }
  return yield* conclude(ports, sender, pausedNs, "not-applicable");
}

export const stopCopy: Engine = {
  manifest: {
    version: 1,
    name: "stop-copy",
    title: "Stop-and-copy",
    description: "Stops the guest, sends all of it, resumes it on the destination. The baseline.",
    paper: "Sapuntzakis et al., Optimizing the Migration of Virtual Computers, OSDI 2002",
    worlds: ["virtual"],
    capabilities: ["cancel", "streams", "compression", "bandwidth-cap", "huge-pages"],
  },
  source,
  destination: receiveGuest,
};
