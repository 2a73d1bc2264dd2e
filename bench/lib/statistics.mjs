// Medians and quartiles, and ratios of two things that were measured in the same rounds.

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
 * Between two values as far as the quantile lies between them.
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
 * Round by round, so that a machine that was slow for a while was so for both.
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs
 */
export const ratio = (ours, theirs) => spread(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
