/** A Zipf distribution as bands of ranks: within a factor of two the weight is constant, at its mean over the band. */
import { log, pow } from "../base/math.ts";

export interface ZipfBand {
  /** First rank of the band, from 0. */
  readonly first: number;
  readonly pages: number;
  /** Share of all accesses that goes to one page of the band. */
  readonly sharePerPage: number;
}

/** From this rank on the sum is taken as an integral; the error is below 1e-7 of the band. */
const SUM_BELOW = 4096;

/** Sum of r^-exponent over the ranks [first, end), counted from 1. */
function weightOf(first: number, end: number, exponent: number): number {
  if (first >= SUM_BELOW) {
    const low = first - 0.5;
    const high = end - 0.5;
    if (exponent === 1) return log(high / low);
    const power = 1 - exponent;
    return (pow(high, power) - pow(low, power)) / power;
  }
  let sum = 0;
  for (let rank = first; rank < end; rank++) sum += pow(rank, -exponent);
  return sum;
}

/** Ranks 1, 2-3, 4-7, …; the hottest page comes first. */
export function zipfBands(pages: number, exponent: number): ZipfBand[] {
  const weights: number[] = [];
  let total = 0;
  for (let first = 1; first <= pages; first *= 2) {
    const weight = weightOf(first, Math.min(first * 2, pages + 1), exponent);
    weights.push(weight);
    total += weight;
  }
  let first = 0;
  return weights.map((weight) => {
    const count = Math.min(first + 1, pages - first);
    const band = { first, pages: count, sharePerPage: weight / total / count };
    first += count;
    return band;
  });
}
