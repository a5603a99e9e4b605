/**
 * The engine against the closed form of pre-copy at constant rates: V(i) = M·λⁱ, T(i) = V(i)/R, λ = D/R,
 * total = (M/R)(1−λⁿ⁺¹)/(1−λ), downtime = V(n)/R + resume (e.g. Liu et al., "Performance and energy modeling for live
 * migration of virtual machines", HPDC 2011). A sweep over all of memory dirties unique pages at a constant rate.
 */
import { describe, expect, test } from "vitest";
import { benchCell, GIB } from "../../harness/bench/cells.ts";
import type { Cell, Trace } from "../../harness/contract/index.ts";
import { goodputCeilingBytesPerSecond } from "../../harness/link/index.ts";
import { virtualWorld } from "../../harness/world/virtual/index.ts";
import { preCopy } from "./index.ts";

const MEMORY = 4 * GIB;

/** A small send buffer: the closed form has none. Exactly `rounds` rounds over a guest of random pages that dirties λ times what the link carries. */
function constantRates(lambda: number, rounds: number): { cell: Cell; rate: number } {
  const cell = benchCell({ memoryBytes: MEMORY, link: "rate=1Gbps,rtt=0.02ms,sndbuf=64KiB", components: [] });
  const pageBytes = 4096 + 8;
  const rate = (goodputCeilingBytesPerSecond(cell.link.forward) * 4096) / pageBytes;
  const sweep = {
    kind: "sequential" as const,
    startBytes: 0,
    lengthBytes: MEMORY,
    writesPerSecond: (lambda * rate) / 4096,
    readsPerSecond: 0,
  };
  return {
    rate,
    cell: {
      ...cell,
      scenario: {
        ...cell.scenario,
        guest: {
          ...cell.scenario.guest,
          deviceStateBytes: 0,
          fill: { zero: 0, duplicate: 0, compressible: 0, compressedShare: 1 },
        },
        workload: { ...cell.scenario.workload, phases: [{ durationNs: null, components: [sweep] }] },
        transfer: { ...cell.scenario.transfer, zeroPages: "send" },
        host: { ...cell.scenario.host, setupNs: 0, resumeNs: 0, sendBytesPerSecondPerThread: 1e12 },
      },
      policy: {
        ...cell.policy,
        switchover: { downtimeLimitNs: null, remainingPages: 0, downtimeSteps: null },
        rounds: { max: rounds, maxMemoryFactor: null, onLimit: "switchover" },
      },
    },
  };
}

const gap = (trace: Trace): number => {
  const stopped = trace.events.find((event) => event.kind === "guest-stopped" && event.side === "source");
  const running = trace.events.find((event) => event.kind === "guest-running" && event.side === "destination");
  return (running?.atNs ?? Infinity) - (stopped?.atNs ?? 0);
};

describe("pre-copy at constant rates agrees with the closed form within 1 %", () => {
  for (const [lambda, rounds] of [
    [0.2, 3],
    [0.5, 5],
    [0.8, 8],
    [0.95, 6],
  ]) {
    test(`λ = ${lambda}, ${rounds} rounds`, () => {
      const { cell, rate } = constantRates(lambda, rounds);
      const trace = virtualWorld.run(cell, preCopy) as Trace;
      // The engine's n rounds are followed by the last, paused one: i runs from 0 to n.
      const last = (MEMORY * lambda ** rounds) / rate;
      const total = ((MEMORY / rate) * (1 - lambda ** (rounds + 1))) / (1 - lambda);
      const running = trace.events.find((event) => event.kind === "guest-running" && event.side === "destination");
      expect(trace.outcome).toMatchObject({ kind: "completed", convergence: "forced" });
      expect(Math.abs((running?.atNs ?? 0) / 1e9 / total - 1)).toBeLessThan(0.01);
      expect(Math.abs(gap(trace) / 1e9 / last - 1)).toBeLessThan(0.01);
    });
  }

  test("λ ≥ 1: it never converges, and every round carries all of memory", () => {
    const { cell } = constantRates(1.2, 6);
    const trace = virtualWorld.run(cell, preCopy) as Trace;
    const rounds = trace.events.filter((event) => event.kind === "round").map((event) => event.pages);
    expect(rounds.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => MEMORY / 4096));
  });
});
