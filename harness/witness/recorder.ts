/** Collects what was seen of one migration, in either world, and makes the trace of it. */
import { timeLimitNs } from "../base/policy-limits.ts";
import type { Cell, Claims, Outcome, Trace, TraceEvent } from "../contract/index.ts";
import { goodputCeilingBytesPerSecond, roundTripNs } from "../link/index.ts";

/** More events than this are counted, not kept: a migration of a million rounds must not fill memory. */
const EVENT_LIMIT = 20_000;

export class TraceRecorder {
  readonly events: TraceEvent[] = [];
  readonly claims: { -readonly [Name in keyof Claims]: Claims[Name] } = {
    totalTimeNs: null,
    downtimeNs: null,
    bytes: null,
    rounds: null,
    pages: null,
  };
  #dropped = 0;

  add(event: TraceEvent): void {
    const rare = event.kind !== "round" && event.kind !== "sync" && event.kind !== "throttle";
    if (this.events.length < EVENT_LIMIT || rare) this.events.push(event);
    else this.#dropped++;
  }

  claim(claims: Partial<Claims>): void {
    Object.assign(this.claims, claims);
  }

  build(parts: {
    world: Trace["world"];
    cell: Cell;
    outcome: Outcome;
    endedNs: number;
    series: Trace["series"];
    memory: Trace["memory"];
    guest: Trace["guest"];
    link: Trace["link"];
  }): Trace {
    if (this.#dropped > 0) {
      this.add({
        atNs: parts.endedNs,
        by: "witness",
        kind: "note",
        text: `${this.#dropped} further rounds and syncs were not kept`,
      });
    }
    this.add({ atNs: parts.endedNs, by: "witness", kind: "ended", text: parts.outcome.reason });
    return {
      version: 1,
      world: parts.world,
      conditions: conditionsOf(parts.cell),
      outcome: parts.outcome,
      events: this.events,
      series: parts.series,
      memory: parts.memory,
      guest: parts.guest,
      link: parts.link,
      claims: { ...this.claims },
    };
  }
}

function conditionsOf(cell: Cell): Trace["conditions"] {
  const { link, policy, scenario } = cell;
  const roundTrip = roundTripNs(link);
  const ceiling = goodputCeilingBytesPerSecond(link.forward);
  return {
    memoryBytes: scenario.guest.memoryBytes,
    pageSizeBytes: scenario.guest.pageSizeBytes,
    downtimeLimitNs: policy.switchover.downtimeLimitNs,
    maxRounds: policy.rounds.max,
    preCopyBytesPerSecond: policy.bandwidth.preCopyBytesPerSecond,
    postCopyBytesPerSecond: policy.bandwidth.postCopyBytesPerSecond,
    giveUpNs: scenario.giveUpNs,
    policyLimitNs: timeLimitNs(policy, scenario.guest.memoryBytes),
    goodputCeilingBytesPerSecond: ceiling,
    roundTripNs: roundTrip,
    bandwidthDelayBytes: Math.round((link.forward.rateBitsPerSecond / 8) * (roundTrip / 1e9)),
    faults: scenario.faults.map((fault) => fault.kind),
    remainingPages: policy.switchover.remainingPages,
    deviceStateBytes: scenario.guest.deviceStateBytes,
    sendBufferBytes: link.transport.sendBufferBytes * link.transport.streams,
    resumeNs: scenario.host.resumeNs,
  };
}
