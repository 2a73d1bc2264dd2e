// The result of a measure: tables, bars for charts, and ratios for the goals.
import { time, times, withQuartiles } from './format.mjs';
import { ratio, spread } from './statistics.mjs';

/**
 * @typedef {{ name: string, value: number, label: string, isOurs: boolean }} Bar
 * @typedef {{ title: string, bars: Bar[] }} Chart shorter is better unless the title says otherwise
 * @typedef {import('./statistics.mjs').Spread} Spread
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {string[]} notes
 * @property {{ caption?: string, table: import('./table.mjs').Table }[]} tables
 * @property {Chart[]} charts
 * @property {string[]} skipped
 * @property {Record<string, Spread>} findings ratios by the name of the goal
 */

/**
 * @param {string} title
 * @param {string[]} [notes]
 * @returns {Section}
 */
export const section = (title, notes = []) => ({ title, notes, tables: [], charts: [], skipped: [], findings: {} });

/**
 * Creates a table with a row for each candidate in the order of their medians, and the ratio to `base`.
 * @param {Map<string, number[]>} values nanoseconds of each round by name
 * @param {string} base
 * @param {Record<string, string>} [remarks] by name
 * @returns {import('./table.mjs').Table}
 */
export function timesTable(values, base, remarks = {}) {
  const ours = values.get(base) ?? [];
  const rows = [...values]
    .map(([name, theirs]) => ({ name, measured: spread(theirs), times: ratio(theirs, ours) }))
    .sort((a, b) => a.measured.median - b.measured.median)
    .map(({ name, measured, times: relative }) => [
      name,
      withQuartiles(measured, time),
      withQuartiles(relative, times),
      ...(Object.keys(remarks).length > 0 ? [remarks[name] ?? ''] : []),
    ]);
  const columns = ['', 'median (quartiles)', `times ${base}`, ...(Object.keys(remarks).length > 0 ? ['remark'] : [])];
  return { columns, rows };
}

/**
 * @param {string} title
 * @param {Map<string, number[]>} values nanoseconds
 * @param {readonly string[]} ours
 * @returns {Chart}
 */
export const timesChart = (title, values, ours) => ({
  title,
  bars: [...values]
    .map(([name, numbers]) => ({ name, value: spread(numbers).median, isOurs: ours.includes(name) }))
    .sort((a, b) => a.value - b.value)
    .map((bar) => ({ ...bar, label: time(bar.value) })),
});

/**
 * Returns the ratio of our time to that of each other candidate, by the name of the goal. Candidates that were not
 * measured are omitted.
 * @param {Map<string, number[]>} values
 * @param {string} ours
 * @param {Record<string, string>} goals name of the other candidate by the name of the goal
 */
export function findings(values, ours, goals) {
  /** @type {Record<string, Spread>} */
  const found = {};
  for (const [goal, other] of Object.entries(goals)) {
    const [mine, theirs] = [values.get(ours), values.get(other)];
    if (mine && theirs) found[goal] = ratio(mine, theirs);
  }
  return found;
}

/**
 * Adds a table of nanoseconds and of their ratio to the first row.
 * @param {Section} found
 * @param {string} caption
 * @param {Map<string, number[]>} values
 */
export function addRatios(found, caption, values) {
  const [first = []] = values.values();
  const rows = [...values].map(([name, measured]) => [
    name,
    withQuartiles(spread(measured), time),
    withQuartiles(ratio(measured, first), times),
  ]);
  found.tables.push({ caption, table: { columns: ['', 'median (quartiles)', 'times the first'], rows } });
}
