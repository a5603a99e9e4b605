/**
 * The p-quantile of the values, by linear interpolation between order statistics (Hyndman and Fan 1996, type 7; what R
 * and NumPy do by default). NaN for an empty list.
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}
