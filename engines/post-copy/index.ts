/**
 * Post-copy: Hines, Deshpande, Gopalan: "Post-Copy Live Migration of Virtual Machines", SIGOPS Operating Systems Review
 * 43(3), 2009. Only the device state travels while the guest is stopped; memory follows it.
 */
import type { Engine, Outcome, Process, SourcePorts } from "../../harness/contract/index.ts";
import { receiveGuest } from "../transfer/receiver.ts";
import { Sender } from "../transfer/sender.ts";
import { handOver, isExpectedFailure, openSession, outcomeOf, withdraw } from "../transfer/session.ts";
import { serveDestination } from "./serve.ts";

function* source(ports: SourcePorts): Process<Outcome> {
  const { clock, guest, report } = ports;
  const sender = new Sender(ports, guest.memory.newPageSet());
  let pausedNs = 0;
  try {
    yield* openSession(ports);
    report.phase("switchover");
    guest.pause();
    pausedNs = clock.nowNs();
    guest.memory.syncDirtyLog(sender.toSend);
    sender.toSend.addAll();
    report.switchToPostCopy();
    yield* handOver(ports, sender, true);
  } catch (error) {
    if (isExpectedFailure(error)) withdraw(ports, (error as Error).message);
    return outcomeOf(error);
  }
  return yield* serveDestination(ports, sender, pausedNs, "not-applicable");
}

export const postCopy: Engine = {
  manifest: {
    version: 1,
    name: "post-copy",
    title: "Post-copy",
    description: "Moves the processors first; memory follows by demand faults and a background push.",
    paper: "Hines, Deshpande, Gopalan, Post-Copy Live Migration of Virtual Machines, SIGOPS OSR 2009",
    worlds: ["virtual"],
    capabilities: ["post-copy", "cancel", "streams", "compression", "bandwidth-cap", "huge-pages", "pre-paging"],
  },
  source,
  destination: receiveGuest,
};
