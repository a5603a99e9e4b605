import { describe, expect, test } from "vitest";
import type { SourceGuest, Throttle } from "../../harness/contract/index.ts";
import { Throttler } from "./throttle.ts";

const SECOND = 1e9;

/** Runs one sync every two seconds and notes what the guest is told. */
function told(throttle: Throttle, syncs: { dirty: number; sent: number }[]): (number | null)[] {
  const heard: (number | null)[] = [];
  const guest = {
    setThrottle: (share: number) => heard.push(share),
    limitDirtyRate: (limit: number | null) => heard.push(limit),
  } as unknown as SourceGuest;
  const throttler = new Throttler(throttle, guest, 0);
  let sentBytes = 0;
  syncs.forEach(({ dirty, sent }, index) => {
    sentBytes += sent;
    throttler.onSync({ nowNs: (index + 1) * 2 * SECOND, dirtyBytes: dirty, sentBytes });
  });
  return heard;
}

const auto: Throttle = {
  kind: "auto-converge",
  triggerPercent: 50,
  initialPercent: 20,
  incrementPercent: 10,
  maxPercent: 45,
};
const busy = (count: number) => Array.from({ length: count }, () => ({ dirty: 80, sent: 100 }));

describe("auto-converge", () => {
  test("acts on every second high period, in steps, up to its maximum", () => {
    expect(told(auto, busy(9))).toEqual([0.2, 0.3, 0.4, 0.45]);
  });
  test("lets a guest alone that dirties at most the trigger share of what is sent", () => {
    expect(
      told(
        auto,
        Array.from({ length: 9 }, () => ({ dirty: 50, sent: 100 })),
      ),
    ).toEqual([]);
  });
  test("QEMU 2.6 waits for three high periods and does not count the first pass", () => {
    expect(told({ ...auto, triggerPeriods: 3, skipsFirstPass: true }, busy(3))).toEqual([]);
    expect(told({ ...auto, triggerPeriods: 3, skipsFirstPass: true }, busy(4))).toEqual([0.2]);
  });
});

test("dirty-limit sets its limit once the rates are high", () => {
  expect(told({ kind: "dirty-limit", bytesPerSecondPerVcpu: 1e6, periodNs: 1e9 }, busy(3))).toEqual([1e6]);
});

test("stun during page send slows the guest just so far that it dirties less than is sent", () => {
  const stun: Throttle = { kind: "stun-during-page-send", dirtyToSendRatio: 0.5, maxPercent: 90 };
  expect(told(stun, [{ dirty: 200, sent: 100 }])).toEqual([0.75]);
  expect(told(stun, [{ dirty: 40, sent: 100 }])).toEqual([]);
  expect(told(stun, [{ dirty: 5000, sent: 100 }])).toEqual([0.9]);
});

test("no throttle tells the guest nothing", () => expect(told({ kind: "none" }, busy(5))).toEqual([]));
