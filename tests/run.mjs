// `npm test`: runs every gate, also after a failure, and prints one closing line for CI.
//
//   npm test -- --only http,core   only these parts
//   npm test -- --jobs 1           maximum of concurrent gates; the number of cores if not given
//   npm test -- --busy 4           with 4 busy loops
import { basename } from 'node:path';
import { main, Problem } from '../scripts/lib/problem.mjs';
import { secondsSince } from '../scripts/lib/step.mjs';
import { setup } from '../scripts/setup.mjs';
import { startBusyLoops } from './run/busy.mjs';
import { closingLine } from './run/count.mjs';
import { gates, PARTS } from './run/gates.mjs';
import { CORES, testOptions } from './run/options.mjs';
import { schedule, withTools } from './run/schedule.mjs';
import { tools } from './run/tools.mjs';

/** Test files that run at a time, for each core: most of them wait. */
const FILES_A_CORE = 3;
const SLOWEST = 5;

/**
 * @typedef {import('./run/gates.mjs').Result} Result
 * @typedef {import('./run/gates.mjs').Gate | import('./run/tools.mjs').Tool} Item
 */

/**
 * @param {Item} item
 * @param {number} files that run at a time
 */
async function runItem(item, files) {
  const started = performance.now();
  console.log(`${item.name}: started`);
  const ended = (/** @type {string} */ how) => console.log(`${item.name} ... ${how} (${secondsSince(started)})`);
  const result = 'make' in item ? await makeTool(item, ended) : await item.run(files).catch(crashed);
  if (result === undefined) return { passed: 0, failed: 0, skipped: [], output: '' };
  const { failed, skipped, output } = result;
  ended(closingLine([result]));
  for (const line of skipped) console.log(`  skipped: ${line}`);
  if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
  return result;
}

/**
 * @param {import('./run/tools.mjs').Tool} tool
 * @param {(how: string) => void} ended
 * @returns {Promise<Result | undefined>} only if it failed
 */
async function makeTool({ make }, ended) {
  try {
    ended((await make()) ?? 'ready');
    return undefined;
  } catch (error) {
    return crashed(error);
  }
}

/**
 * @param {unknown} error
 * @returns {Result}
 */
function crashed(error) {
  const output = error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? '') : `${error}`;
  return { passed: 0, failed: 1, skipped: [], output };
}

/** @param {Result[]} results */
function printSlowest(results) {
  const files = results.flatMap(({ durations = [] }) => durations).sort((a, b) => b.ms - a.ms);
  if (files.length === 0) return;
  console.log('\nThe slowest test files:');
  for (const { file, ms } of files.slice(0, SLOWEST)) console.log(`  ${(ms / 1000).toFixed(1)} s ${basename(file)}`);
  console.log('');
}

await main(async () => {
  const { only, jobs, busy } = testOptions(process.argv.slice(2), PARTS);
  const started = performance.now();
  const results = [];
  const stopBusyLoops = startBusyLoops(busy);
  try {
    const failure = await setup().catch(crashed);
    // Gates that do not need the failed step still run.
    if (failure !== undefined) results.push(failure);
    if (failure !== undefined) console.log(`\n${failure.output}\n`);
    const asked = gates.filter(({ part }) => only === undefined || only.includes(part));
    const files = Math.ceil((CORES * FILES_A_CORE) / jobs);
    results.push(...(await schedule(withTools(asked, tools), jobs, (item) => runItem(item, files))));
  } finally {
    stopBusyLoops();
  }
  printSlowest(results);
  if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;
  console.log(`Total time: ${secondsSince(started)}`);
  console.log(closingLine(results));
});
