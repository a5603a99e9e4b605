import { expect, test } from "vitest";
import { modelOf, PAGE_BYTES, SECOND, sequential, uniform, workloadOf } from "./test-guest.ts";

test("pause and throttle take work away, and it is accounted", () => {
  const model = modelOf([uniform({ pages: 1000, writes: 600, reads: 400 })], { warmUpNs: 3 * SECOND });
  model.advance(SECOND);
  model.source.setThrottle(0.75);
  model.advance(3 * SECOND);
  model.source.pause();
  model.advance(4 * SECOND);
  model.source.setThrottle(0);
  model.source.resume();
  model.advance(6 * SECOND);
  expect(model.accounting()).toMatchInlineSnapshot(`
    {
      "faultLatencyNs": {
        "max": 0,
        "mean": 0,
        "p50": 0,
        "p99": 0,
      },
      "faults": 0,
      "pausedNs": 1000000000,
      "stalledNs": 0,
      "throttledNs": 1500000000,
      "workDone": 3500,
      "workWanted": 6000,
    }
  `);
});

test("a throttled guest dirties as much less", () => {
  const model = modelOf([sequential({ pages: 4096, writes: 1000 })]);
  const set = model.source.memory.newPageSet();
  model.source.setThrottle(0.9);
  expect(model.throttleShare()).toBeCloseTo(0.9, 12);
  model.advance(SECOND + 10);
  expect(model.source.memory.syncDirtyLog(set)).toBe(100);
});

test("the dirty limit slows vCPUs to so many bytes per second each, phase by phase", () => {
  const phases = [
    { durationNs: SECOND, components: [sequential({ pages: 4096, writes: 1000 })] },
    { durationNs: SECOND, components: [sequential({ pages: 4096, writes: 10 })] },
  ];
  const model = modelOf(workloadOf([], { phases }));
  model.source.limitDirtyRate((50 * PAGE_BYTES) / 1);
  const set = model.source.memory.newPageSet();
  expect(model.throttleShare()).toBeCloseTo(0.8, 12);
  model.advance(SECOND + 10);
  expect(model.source.memory.syncDirtyLog(set)).toBe(200);
  expect(model.throttleShare()).toBe(0);
  model.advance(2 * SECOND + 10);
  expect(model.source.memory.syncDirtyLog(set)).toBe(10);
  model.source.limitDirtyRate(null);
  expect(model.accounting()).toMatchObject({ workWanted: 1010, workDone: 210, throttledNs: 0.8 * SECOND });
});

test("what was done before time 0 does not count", () => {
  const model = modelOf([uniform({ pages: 10, writes: 10 })], { warmUpNs: 5 * SECOND });
  model.advance(0);
  expect(model.accounting()).toMatchObject({ workWanted: 0, workDone: 0, pausedNs: 0, throttledNs: 0 });
});

test("impossible throttles and limits are refused, and time does not go back", () => {
  const model = modelOf([]);
  expect(() => model.source.setThrottle(1)).toThrow("0 to 0.99");
  expect(() => model.source.limitDirtyRate(0)).toThrow("above 0");
  model.advance(5);
  expect(() => model.advance(4)).toThrow("cannot go back");
});

test("whoever listens hears of every start and stop, freezing and killing included", () => {
  const model = modelOf([]);
  const heard: string[] = [];
  model.onRunChange((side, running, nowNs) => heard.push(`${nowNs} ${side} ${running ? "runs" : "stops"}`));
  model.advance(1);
  model.freeze("source");
  model.source.pause();
  model.advance(2);
  model.thaw("source");
  model.source.resume();
  model.advance(3);
  model.destination.startNow();
  model.destination.startNow();
  expect(model.audit().owner).toBe("both");
  model.advance(4);
  model.kill("source");
  model.source.resume();
  model.kill("destination");
  expect(heard).toEqual([
    "1 source stops",
    "2 source runs",
    "3 destination runs",
    "4 source stops",
    "4 destination stops",
  ]);
  expect(model.accounting().pausedNs).toBe(1);
});
