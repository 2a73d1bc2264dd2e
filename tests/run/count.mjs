// Reads how many tests ran out of what the test runners print.

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped one line each: the test and why
 */

/**
 * Cargo prints one `test result:` line for each test program, the doc tests among them.
 * @param {string} output
 * @returns {Count}
 */
export function countCargo(output) {
  let passed = 0;
  let failed = 0;
  for (const line of output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed;/gm)) {
    passed += Number(line[1]);
    failed += Number(line[2]);
  }
  const skipped = [...output.matchAll(/^test (.+) \.\.\. ignored(?:, (.*))?$/gm)].map(
    ([, name, reason]) => `${name}: ${reason ?? 'no reason given'}`,
  );
  return { passed, failed, skipped };
}

/**
 * Node's TAP report closes with totals over all files. A test marked `todo` did not prove anything, so it counts as
 * skipped; a cancelled one (its file crashed, its time ran out) as failed.
 * @param {string} tap
 * @returns {Count}
 */
export function countTap(tap) {
  const total = (/** @type {string} */ name) => Number(tap.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? 0);
  const marked = tap.matchAll(/^\s*(?:not )?ok \d+ - (.+?) # (?:SKIP|TODO)(?: (.*))?$/gm);
  const skipped = [...marked].map(([, name, reason]) => `${name}: ${reason ?? 'no reason given'}`);
  return { passed: total('pass'), failed: total('fail') + total('cancelled'), skipped };
}

/**
 * What `durations.mjs` prints.
 * @param {string} lines
 */
export const parseDurations = (lines) =>
  [...lines.matchAll(/^(\d+) (.+)$/gm)].map(([, ms, file]) => ({ ms: Number(ms), file: file ?? '' }));

/**
 * Counts one failure if no test ran, or if the exit code is not 0 but no test failed.
 * @param {Count} count
 * @param {number} exitCode
 * @returns {Count}
 */
export function withHiddenFailure(count, exitCode) {
  const ranNothing = count.passed + count.failed === 0;
  const failedUnseen = exitCode !== 0 && count.failed === 0;
  return ranNothing || failedUnseen ? { ...count, failed: count.failed + 1 } : count;
}

/**
 * The closing line, in the form that CI reads.
 * @param {Count[]} counts
 */
export function closingLine(counts) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const skipped = counts.reduce((sum, count) => sum + count.skipped.length, 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
