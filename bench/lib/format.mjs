// Formats numbers for people.

/** @param {number} nanoseconds */
export function time(nanoseconds) {
  if (nanoseconds < 1e3) return `${digits(nanoseconds)} ns`;
  if (nanoseconds < 1e6) return `${digits(nanoseconds / 1e3)} µs`;
  return `${digits(nanoseconds / 1e6)} ms`;
}

/** @param {number} count */
export const kilobytes = (count) => `${(count / 1024).toFixed(1)} KB`;

/** @param {number} value */
export const times = (value) => value.toFixed(2);

/** Formats three significant digits. @param {number} value */
export function digits(value) {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/**
 * Formats a median and its quartiles.
 * @param {import('./statistics.mjs').Spread} spread
 * @param {(value: number) => string} format
 */
export const withQuartiles = ({ median, low, high }, format) => `${format(median)} (${format(low)} – ${format(high)})`;
