/**
 * Hybrid: pre-copy rounds first, so that most of memory is there before the processors move, then post-copy for what is
 * still dirty (QEMU docs/devel/migration/postcopy; Sahni and Varma, "A Hybrid Approach to Live Migration of Virtual
 * Machines", CCEM 2012). If the rounds converge by themselves it ends as plain pre-copy.
 */
import { type Engine, type Outcome, type Process, type SourcePorts, wait } from "../../harness/contract/index.ts";
import { serveDestination } from "../post-copy/serve.ts";
import { conclude } from "../pre-copy/index.ts";
import { Iteration } from "../pre-copy/iterate.ts";
import { receiveGuest } from "../transfer/receiver.ts";
import type { Sender } from "../transfer/sender.ts";
import { handOver, isExpectedFailure, openSession, outcomeOf, withdraw } from "../transfer/session.ts";

function* source(ports: SourcePorts): Process<Outcome> {
  const { clock, guest, report } = ports;
  let iteration: Iteration;
  let convergence: Outcome["convergence"] = "converged";
  let pausedNs = 0;
  try {
    yield* openSession(ports);
    iteration = new Iteration(ports, true);
    const { decision, throttled } = yield* iteration.run();
    if (decision.kind === "give-up") {
      withdraw(ports, decision.reason);
      return { kind: "gave-up", reason: decision.reason, convergence: "gave-up" };
    }
    report.phase("switchover");
    guest.pause();
    pausedNs = clock.nowNs();
    iteration.syncLast();
    // Nothing may be left after all: then there is nothing to push either.
    if (decision.kind === "post-copy" && iteration.toSend.size > 0) {
      convergence = "switched-to-post-copy";
      guest.setThrottle(0);
      guest.limitDirtyRate(null);
      report.switchToPostCopy();
      yield* discardStale(ports, iteration.sender);
      yield* handOver(ports, iteration.sender, true);
    } else {
      if (decision.kind === "switchover" && decision.forced) convergence = "forced";
      else if (throttled) convergence = "throttled";
      yield* iteration.sendRest();
      yield* handOver(ports, iteration.sender, false);
    }
  } catch (error) {
    if (isExpectedFailure(error)) withdraw(ports, (error as Error).message);
    return outcomeOf(error);
  }
  if (convergence === "switched-to-post-copy")
    return yield* serveDestination(ports, iteration.sender, pausedNs, convergence);
  return yield* conclude(ports, iteration.sender, pausedNs, convergence);
}

/** Tells the destination which of the pages it holds are out of date; what was never sent needs no word. */
function* discardStale(ports: SourcePorts, sender: Sender): Process<void> {
  const stale = ports.guest.memory.newPageSet();
  stale.addFrom(sender.toSend);
  for (let from = 0; ; ) {
    const span = stale.takeSpan(from, Infinity);
    if (span === null) return;
    from = span.first + span.count;
    sender.count(0, yield* wait(ports.channels.pages[0].send({ kind: "discard", span })));
  }
}

export const hybrid: Engine = {
  manifest: {
    version: 1,
    name: "hybrid",
    title: "Hybrid",
    description: "Pre-copy rounds, then post-copy for what is still dirty.",
    paper: "Sahni and Varma, A Hybrid Approach to Live Migration of Virtual Machines, CCEM 2012",
    worlds: ["virtual"],
    capabilities: [
      "pre-copy",
      "post-copy",
      "cancel",
      "streams",
      "delta",
      "compression",
      "auto-converge",
      "dirty-limit",
      "stun-during-page-send",
      "bandwidth-cap",
      "huge-pages",
      "pre-paging",
    ],
  },
  source,
  destination: receiveGuest,
};
