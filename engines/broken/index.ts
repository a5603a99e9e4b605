/**
 * Negative controls: engines that break one rule each. They are not among the engines that users run; a test shows that
 * the check meant for each catches it, that no other check does, and that the correct engine passes them all.
 */
import {
  type Engine,
  type PageSet,
  type SourcePorts,
  type Stream,
  type Wait,
  wait,
} from "../../harness/contract/index.ts";
import { hybrid } from "../hybrid/index.ts";
import { postCopy } from "../post-copy/index.ts";
import { preCopy } from "../pre-copy/index.ts";
import { breakEngine, withClaims, withPolicy } from "./break.ts";

/** Bends the sync of the dirty log. */
const withSync =
  (sync: (into: PageSet, ports: SourcePorts) => number) =>
  (ports: SourcePorts): SourcePorts => ({
    ...ports,
    guest: {
      ...ports.guest,
      memory: { ...ports.guest.memory, syncDirtyLog: (into) => sync(into, ports) },
    },
  });

const losesTheLastRound = breakEngine(preCopy, "loses-the-last-round", {
  description: "Does not ask the dirty log again once the guest is paused.",
  source: withSync((into, { guest }) => (guest.isRunning() ? guest.memory.syncDirtyLog(into) : 0)),
});

const forgetsOnePage = breakEngine(preCopy, "forgets-one-page", {
  description: "Drops one dirty page of the last sync, and sends everything else.",
  source: withSync((into, { guest }) => {
    const last = !guest.isRunning();
    const found = guest.memory.syncDirtyLog(into);
    if (last) into.takeSpan(0, 1);
    return found;
  }),
});

const capturesStateEarly = breakEngine(preCopy, "captures-state-early", {
  description: "Sends the device state that it captured before the guest's last run.",
  source: (ports) => {
    const early = ports.guest.captureDeviceState();
    return { ...ports, guest: { ...ports.guest, captureDeviceState: () => early } };
  },
});

/** A set that says a page was taken out, and keeps it. */
function keepsWhatIsRemoved(set: PageSet): PageSet {
  return {
    pageCount: set.pageCount,
    get size() {
      return set.size;
    },
    has: (page) => set.has(page),
    add: (page) => set.add(page),
    remove: (page) => set.has(page),
    addAll: () => set.addAll(),
    addFrom: (other) => set.addFrom(other),
    clear: () => set.clear(),
    takeSpan: (from, maxPages) => set.takeSpan(from, maxPages),
  };
}

const pushesTwice = breakEngine(postCopy, "pushes-twice", {
  description: "Under post-copy the background push sends a page again that a fault has already fetched.",
  source: (ports) => ({
    ...ports,
    guest: {
      ...ports.guest,
      memory: { ...ports.guest.memory, newPageSet: () => keepsWhatIsRemoved(ports.guest.memory.newPageSet()) },
    },
  }),
});

/** A connection that swallows the marks between rounds. */
function withoutMarks(stream: Stream): Stream {
  return {
    send: (frame) => (frame.kind === "end-of-round" ? already(0) : stream.send(frame)),
    receive: (timeoutNs) => stream.receive(timeoutNs),
    subscribe: (handler) => stream.subscribe(handler),
    post: (frame) => stream.post(frame),
    backlogBytes: () => stream.backlogBytes(),
    close: () => stream.close(),
  };
}

const already = <T>(value: T): Wait<T> => ({
  start: (resume) => {
    resume(value);
    return () => {};
  },
});

const letsRoundsOvertake = breakEngine(preCopy, "lets-rounds-overtake", {
  description: "Sends on several streams without marking where a round ends, so that the last round may come too late.",
  source: (ports) => ({
    ...ports,
    channels: { ...ports.channels, pages: ports.channels.pages.map(withoutMarks) },
  }),
});

const runsTwiceForAnInstant = breakEngine(preCopy, "runs-twice-for-an-instant", {
  description: "Resumes the source for a microsecond after the destination has started.",
  *after(outcome, { clock, guest }) {
    guest.resume();
    yield* wait(clock.sleep(1000));
    guest.pause();
    return outcome;
  },
});

const leavesTheGuestSlow = breakEngine(preCopy, "leaves-the-guest-slow", {
  description: "Gives up, but does not take its throttle back.",
  // biome-ignore lint/correctness/useYield: it does not wait
  *after(outcome, { guest }) {
    if (outcome.kind === "gave-up") guest.setThrottle(0.2);
    return outcome;
  },
});

const ignoresTheTimeLimit = breakEngine(preCopy, "ignores-the-time-limit", {
  description: "Iterates past the policy's limit on time.",
  source: withPolicy((policy) => ({
    ...policy,
    time: { ...policy.time, totalLimitNs: policy.time.totalLimitNs === null ? null : policy.time.totalLimitNs * 2 },
  })),
});

const countsBeforeCompression = breakEngine(preCopy, "counts-before-compression", {
  description: "Claims the bytes that it read, not those that it sent.",
  source: withClaims((claims) => (claims.bytes == null ? claims : { ...claims, bytes: (claims.pages ?? 0) * 4096 })),
});

const capsPreCopyOnly = breakEngine(hybrid, "caps-pre-copy-only", {
  description: "Obeys the bandwidth cap in pre-copy, and forgets it under post-copy.",
  source: withPolicy((policy) => ({ ...policy, bandwidth: { ...policy.bandwidth, postCopyBytesPerSecond: null } })),
});

const switchesTooEarly = breakEngine(preCopy, "switches-too-early", {
  description: "Switches over when the rest fits twice the downtime that was allowed, and calls that converged.",
  source: withPolicy((policy) => ({
    ...policy,
    switchover: { ...policy.switchover, downtimeLimitNs: (policy.switchover.downtimeLimitNs ?? 0) * 2 },
  })),
});

const startsCountingLate = breakEngine(preCopy, "starts-counting-late", {
  description: "Starts its downtime clock after the last round was sent.",
  source: withClaims((claims) =>
    claims.downtimeNs == null ? claims : { ...claims, downtimeNs: claims.downtimeNs / 10 },
  ),
});

const saysCompletedWhenItGaveUp = breakEngine(preCopy, "says-completed-when-it-gave-up", {
  description: "Leaves the guest at the source, and reports success.",
  // biome-ignore lint/correctness/useYield: it only changes what is said
  *after(outcome) {
    return { ...outcome, kind: "completed", convergence: "not-applicable" };
  },
});

const hidesItsThrottle = breakEngine(preCopy, "hides-its-throttle", {
  description: "Slows the guest until it converges, and does not say so.",
  // biome-ignore lint/correctness/useYield: it only changes what is said
  *after(outcome) {
    return { ...outcome, convergence: "converged" };
  },
});

export interface BrokenEngine {
  readonly engine: Engine;
  readonly correct: Engine;
  /** The one check that is meant to catch it. */
  readonly caughtBy: string;
}

export const brokenEngines: readonly BrokenEngine[] = [
  { engine: losesTheLastRound, correct: preCopy, caughtBy: "memory-intact" },
  { engine: forgetsOnePage, correct: preCopy, caughtBy: "memory-intact" },
  { engine: capturesStateEarly, correct: preCopy, caughtBy: "memory-intact" },
  { engine: pushesTwice, correct: postCopy, caughtBy: "memory-intact" },
  { engine: letsRoundsOvertake, correct: preCopy, caughtBy: "memory-intact" },
  { engine: runsTwiceForAnInstant, correct: preCopy, caughtBy: "one-side-runs" },
  { engine: leavesTheGuestSlow, correct: preCopy, caughtBy: "source-survives" },
  { engine: ignoresTheTimeLimit, correct: preCopy, caughtBy: "gave-up-within-limits" },
  { engine: countsBeforeCompression, correct: preCopy, caughtBy: "bytes-accounted" },
  { engine: capsPreCopyOnly, correct: hybrid, caughtBy: "bandwidth-respected" },
  { engine: switchesTooEarly, correct: preCopy, caughtBy: "downtime-within-limit" },
  { engine: startsCountingLate, correct: preCopy, caughtBy: "truthful-downtime" },
  { engine: saysCompletedWhenItGaveUp, correct: preCopy, caughtBy: "truthful-state" },
  { engine: hidesItsThrottle, correct: preCopy, caughtBy: "convergence-honest" },
];
