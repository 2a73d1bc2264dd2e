// `npm test`, which CI runs as it is: every gate, none left out because another failed, and one closing line.
import { NAMES, whyNotInstalled } from '../tests/support/install.mjs';
import { main, Problem } from './lib/problem.mjs';
import { secondsSince, step } from './lib/step.mjs';
import { livekitServer } from './livekit/binary.mjs';
import { setup } from './setup.mjs';
import { closingLine } from './test/count.mjs';
import { gates } from './test/gates.mjs';

/** @param {import('./test/gates.mjs').Gate} gate */
async function pass(gate) {
  const started = performance.now();
  process.stdout.write(`${gate.name} ... `);
  const result = await gate.run().catch(crashed);
  const { passed, failed, skipped, output } = result;
  process.stdout.write(`${closingLine([result])} (${secondsSince(started)})\n`);
  for (const line of skipped) console.log(`  skipped: ${line}`);
  if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
  return { passed, failed, skipped };
}

/**
 * @param {unknown} error
 * @returns {import('./test/gates.mjs').Result}
 */
function crashed(error) {
  const output = error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? '') : `${error}`;
  return { passed: 0, failed: 1, skipped: [], output };
}

await main(async () => {
  const counts = [];
  try {
    await setup();
    // Not within a test: minutes of installing and building are no reason to think that it hangs.
    for (const name of NAMES) {
      await step(`packages of target/tools/${name}`, async () => (await whyNotInstalled(name)) ?? 'ready');
    }
    await step("LiveKit's server", async () => (await livekitServer(() => {})).skip ?? 'ready');
  } catch (error) {
    // The gates that need what could not be made fail on their own, and the others have something to say.
    console.log(`\n${crashed(error).output}\n`);
    counts.push(crashed(error));
  }
  for (const gate of gates) counts.push(await pass(gate));
  if (counts.some(({ failed }) => failed > 0)) process.exitCode = 1;
  console.log(closingLine(counts));
});
