// Medians and quartiles, also of the ratios of two candidates in the same rounds.

/** @typedef {{ median: number, low: number, high: number }} Spread low and high are the quartiles */

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/**
 * Returns a quantile, interpolated between two values.
 * @param {ArrayLike<number>} sorted
 * @param {number} at from 0 to 1
 */
export function quantile(sorted, at) {
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Returns the ratios of each round, so that a slow phase of the machine affects both candidates.
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs
 */
export const ratio = (ours, theirs) => spread(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
