/**
 * Transcendental functions built from +, −, ×, ÷ and bit operations only. IEEE 754 fixes those to the last bit, while
 * `Math.exp` and its kin may change between V8 versions, and one changed bit would change a record.
 *
 * `exp` and `log` use argument reduction by ln 2 and a series; the relative error is below 1e-15 (see math.test.ts).
 */

// biome-ignore lint/correctness/noPrecisionLoss: the upper part of ln 2, chosen so that k × LN2_HIGH is exact
const LN2_HIGH = 6.9314718036912381649e-1;
// biome-ignore lint/correctness/noPrecisionLoss: the rest of ln 2 beyond LN2_HIGH
const LN2_LOW = 1.90821492927058770002e-10;
const LN2 = Math.LN2;

const scratch = new DataView(new ArrayBuffer(8));

/** 2^power for an integer power in the normal range [-1022, 1023]. */
function powerOfTwo(power: number): number {
  scratch.setUint32(0, (power + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/** e^x. Overflows to Infinity above 709.78, underflows to 0 below -708. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.78) return Infinity;
  if (x < -708) return 0;
  const k = Math.round(x / LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor series on |r| ≤ 0.35: the 18th term is below 1e-21.
  let term = 1;
  let sum = 0;
  for (let n = 1; n <= 17; n++) {
    term = (term * r) / n;
    sum += term;
  }
  const result = 1 + sum;
  return k > 1023 ? result * powerOfTwo(1023) * 2 : result * powerOfTwo(k);
}

/** 1 − e^(−x), without cancellation for small x; the chance that a Poisson process of mean x has at least one event. */
export function oneMinusExpMinus(x: number): number {
  if (x > 0.35) return 1 - exp(-x);
  let term = 1;
  let sum = 0;
  for (let n = 1; n <= 17; n++) {
    term = (-term * x) / n;
    sum -= term;
  }
  return sum;
}

/** Natural logarithm; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let value = x;
  let exponent = 0;
  if (value < 2.2250738585072014e-308) {
    value *= 18014398509481984; // 2^54: bring a subnormal into the normal range
    exponent = -54;
  }
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  exponent += (high >>> 20) - 1023;
  scratch.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = scratch.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // log m = 2 artanh((m−1)/(m+1)), |s| ≤ 0.1716
  const s = (mantissa - 1) / (mantissa + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = (sum + 1 / n) * s2;
  return exponent * LN2_HIGH + (2 * s * (1 + sum) + exponent * LN2_LOW);
}

/** x^y for x > 0 (0 when x is 0 and y > 0). */
export function pow(x: number, y: number): number {
  if (x === 0) return y === 0 ? 1 : 0;
  return exp(y * log(x));
}

/** Cube root, by Newton's method from an exponential guess. */
export function cbrt(x: number): number {
  if (x === 0 || Number.isNaN(x) || x === Infinity || x === -Infinity) return x;
  const positive = x < 0 ? -x : x;
  let y = exp(log(positive) / 3);
  for (let n = 0; n < 2; n++) y -= (y * y * y - positive) / (3 * y * y);
  return x < 0 ? -y : y;
}

/** Number of one-bits in a 32-bit word. */
export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
