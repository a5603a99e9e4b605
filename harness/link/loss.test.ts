import { expect, test } from "vitest";
import { Random } from "../base/random.ts";
import type { LossModel } from "../contract/index.ts";
import { parseLink } from "./index.ts";
import { LossProcess, meanLoss } from "./loss.ts";
import { Bench } from "./testing.ts";

function shareLost(model: LossModel, packets: number): number {
  const process = new LossProcess(model, new Random(7, "loss"));
  let lost = 0;
  for (; process.nextPacket <= packets; process.draw()) lost += 1;
  return lost / packets;
}

test("Bernoulli loses its share", () => {
  for (const probability of [0.001, 0.1, 0.9]) {
    expect(shareLost({ model: "bernoulli", probability }, 2_000_000) / probability).toBeCloseTo(1, 1);
  }
});

test("Gilbert-Elliott loses its share: 0.1 % into bursts that lose half, 5 packets long", () => {
  const model = parseLink("rate=1Gbps,loss=ge(0.1%,20%,0%,50%)").forward.loss;
  expect(meanLoss(model)).toBeCloseTo((0.001 / 0.201) * 0.5, 12);
  expect(shareLost(model, 20_000_000) / meanLoss(model)).toBeCloseTo(1, 1);
});

test("Gilbert-Elliott loses in bursts, Bernoulli does not", () => {
  const followed = (model: LossModel): number => {
    const process = new LossProcess(model, new Random(7, "loss"));
    let close = 0;
    for (let count = 0; count < 20_000; count++) {
      const before = process.nextPacket;
      process.draw();
      if (process.nextPacket - before <= 3) close += 1;
    }
    return close / 20_000;
  };
  expect(
    followed({ model: "gilbert-elliott", goodToBad: 0.001, badToGood: 0.2, lossInGood: 0, lossInBad: 0.5 }),
  ).toBeGreaterThan(0.6);
  expect(followed({ model: "bernoulli", probability: 0.0025 })).toBeLessThan(0.02);
});

test("a chain that never loses is never asked again", () => {
  const none = { model: "gilbert-elliott", goodToBad: 0.5, badToGood: 0.5, lossInGood: 0, lossInBad: 0 } as const;
  expect(new LossProcess(none, new Random(1)).nextPacket).toBe(Infinity);
  const rare = { ...none, goodToBad: 1, badToGood: 1, lossInBad: 1e-9 };
  expect(new LossProcess(rare, new Random(1)).nextPacket).toBeGreaterThan(1e6);
});

test("a flow loses the link's share of its packets, and sends them again", () => {
  const bench = new Bench(parseLink("rate=1Gbps,rtt=10ms,cc=bbr,loss=0.5%"));
  bench.model.openFlow().enqueue(2e9, 0);
  bench.run();
  const { lostPackets, resentBytes } = bench.model.stats;
  expect(resentBytes / 2e9).toBeGreaterThan(0.0045);
  expect(resentBytes / 2e9).toBeLessThan(0.0055);
  expect(lostPackets).toBeGreaterThanOrEqual(resentBytes / 1448);
});
