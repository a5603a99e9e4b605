/**
 * Which packets of a direction are lost. Instead of asking for every packet, the number of the next lost one is drawn:
 * a geometric gap (Bernoulli), or geometric sojourns in two states with a geometric gap within each (Gilbert 1960,
 * Elliott 1963).
 */
import { log } from "../base/math.ts";
import type { Random } from "../base/random.ts";
import type { LossModel } from "../contract/index.ts";

/** A chain that changes state so often without a loss is as good as its mean. */
const MAX_SOJOURNS = 100_000;

export class LossProcess {
  /** Number of the next packet that is lost, counted from 1; Infinity when none will be. */
  nextPacket = 0;
  readonly #model: LossModel;
  readonly #random: Random;
  #bad = false;
  #sojourn = Infinity;

  constructor(model: LossModel, random: Random) {
    this.#model = model;
    this.#random = random;
    if (model.model === "gilbert-elliott") this.#sojourn = this.#geometric(model.goodToBad);
    this.draw();
  }

  /** Moves on to the next lost packet. */
  draw(): void {
    const model = this.#model;
    if (model.model === "none") this.nextPacket = Infinity;
    else if (model.model === "bernoulli") this.nextPacket += this.#geometric(model.probability);
    else this.#drawFromChain(model);
  }

  #drawFromChain(model: Extract<LossModel, { model: "gilbert-elliott" }>): void {
    if (model.lossInGood === 0 && model.lossInBad === 0) {
      this.nextPacket = Infinity;
      return;
    }
    let packet = this.nextPacket;
    for (let count = 0; count < MAX_SOJOURNS; count++) {
      const gap = this.#geometric(this.#bad ? model.lossInBad : model.lossInGood);
      if (gap <= this.#sojourn) {
        this.#sojourn -= gap;
        this.nextPacket = packet + gap;
        return;
      }
      packet += this.#sojourn;
      this.#bad = !this.#bad;
      this.#sojourn = this.#geometric(this.#bad ? model.badToGood : model.goodToBad);
    }
    this.nextPacket = packet + this.#geometric(meanLoss(model));
  }

  /** Packets up to and including the first hit, when each is hit with this probability. */
  #geometric(probability: number): number {
    if (probability === 0) return Infinity;
    return 1 + Math.floor(this.#random.nextExponential() / -log(1 - probability));
  }
}

/** Share of packets lost in the long run. */
export function meanLoss(model: LossModel): number {
  if (model.model === "none") return 0;
  if (model.model === "bernoulli") return model.probability;
  const { goodToBad, badToGood, lossInGood, lossInBad } = model;
  if (goodToBad === 0) return lossInGood;
  const bad = goodToBad / (goodToBad + badToGood);
  return bad * lossInBad + (1 - bad) * lossInGood;
}
