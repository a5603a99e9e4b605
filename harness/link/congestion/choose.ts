/** The congestion controls by name. */
import type { Random } from "../../base/random.ts";
import type { Transport } from "../make.ts";
import { Bbr } from "./bbr.ts";
import type { CongestionControl, WindowLimits } from "./congestion.ts";
import { Cubic } from "./cubic.ts";
import { Reno } from "./reno.ts";

export function makeCongestionControl(
  name: Transport["congestionControl"],
  limits: WindowLimits,
  random: Random,
): CongestionControl {
  switch (name) {
    case "reno":
      return new Reno(limits);
    case "cubic":
      return new Cubic(limits);
    case "bbr":
      return new Bbr(limits, random);
  }
}
