// `npm test`, which CI runs as it is: every gate, none left out because another failed, and one closing line.
//
//   npm test -- --only http,core   only these parts
//   npm test -- --jobs 2           so many gates at the same time
//   npm test -- --busy 4           beside so many busy loops
import { basename } from 'node:path';
import { NAMES, whyNotInstalled } from '../tests/support/install.mjs';
import { main, Problem } from './lib/problem.mjs';
import { secondsSince, step } from './lib/step.mjs';
import { livekitServer } from './machine/livekit-server.mjs';
import { setup } from './setup.mjs';
import { startBusyLoops } from './test/busy.mjs';
import { closingLine } from './test/count.mjs';
import { gates, PARTS } from './test/gates.mjs';
import { testOptions } from './test/options.mjs';
import { schedule } from './test/schedule.mjs';

/** Parts of the tests that need packages of target/tools or LiveKit's server: without `--only` all do. */
const NEED_TOOLS = ['examples', 'packaging', 'docs', 'documentation'];
const NEED_LIVEKIT = ['e2e', 'cli', 'interop', 'www', 'scripts'];
const SLOWEST = 5;

/**
 * @param {import('./test/gates.mjs').Gate} gate
 * @param {boolean} isAlone whether nothing else prints meanwhile
 */
async function pass(gate, isAlone) {
  const started = performance.now();
  process.stdout.write(isAlone ? `${gate.name} ... ` : `${gate.name}: started\n`);
  const result = await gate.run().catch(crashed);
  const { failed, skipped, output } = result;
  process.stdout.write(`${isAlone ? '' : `${gate.name} ... `}${closingLine([result])} (${secondsSince(started)})\n`);
  for (const line of skipped) console.log(`  skipped: ${line}`);
  if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
  return result;
}

/**
 * @param {unknown} error
 * @returns {import('./test/gates.mjs').Result}
 */
function crashed(error) {
  const output = error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? '') : `${error}`;
  return { passed: 0, failed: 1, skipped: [], output };
}

/** @param {readonly string[] | undefined} only */
async function prepareTools(only) {
  const isAsked = (/** @type {string[]} */ parts) => only === undefined || parts.some((part) => only.includes(part));
  await setup();
  // Not within a test: minutes of installing and building are no reason to think that it hangs.
  for (const name of isAsked(NEED_TOOLS) ? NAMES : []) {
    await step(`packages of target/tools/${name}`, async () => (await whyNotInstalled(name)) ?? 'ready');
  }
  if (!isAsked(NEED_LIVEKIT)) return;
  await step("LiveKit's server", async () => (await livekitServer()).skip ?? 'ready');
}

/** @param {import('./test/gates.mjs').Result[]} results */
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
    await prepareTools(only);
  } catch (error) {
    // The gates that need what could not be made fail on their own, and the others have something to say.
    console.log(`\n${crashed(error).output}\n`);
    results.push(crashed(error));
  }
  const asked = gates.filter(({ part }) => only === undefined || only.includes(part));
  results.push(...(await schedule(asked, jobs, (gate) => pass(gate, jobs === 1))));
  stopBusyLoops();
  printSlowest(results);
  if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;
  console.log(`All of it took ${secondsSince(started)}`);
  console.log(closingLine(results));
});
