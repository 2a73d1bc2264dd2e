// `npm run fuzz -- --minutes 20`: runs the fuzz targets of fuzz/, each for its share of the time. Exits with 1 if one finds an input that
// fails a check, and says where it is.
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './fuzz/build.mjs';
import { fuzz } from './fuzz/libfuzzer.mjs';
import { writeSeeds } from './fuzz/seeds.mjs';
import { root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';

const FUZZ = join(root, 'fuzz');
/** What runs find, and where they go on the next time. */
const FOUND = join(root, 'target', 'fuzz', 'corpus');
const FAILED = join(root, 'target', 'fuzz', 'failed');
const SEEDS = join(root, 'target', 'fuzz', 'seeds');
const USAGE =
  'Usage: npm run fuzz -- [--minutes 20] [--target <name>] [--record]. --record keeps a small part of what was found in fuzz/corpus.';

function options() {
  try {
    const { values } = parseArgs({
      options: { minutes: { type: 'string', default: '20' }, target: { type: 'string' }, record: { type: 'boolean' } },
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Problem(`--minutes must be a number from 0 to 1440.\n${USAGE}`);
    return { ...values, minutes };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(USAGE);
  }
}

/** @param {string | undefined} chosen */
function targets(chosen) {
  const all = readdirSync(join(FUZZ, 'fuzz_targets')).map((file) => file.replace('.rs', ''));
  if (chosen === undefined) return all;
  if (!all.includes(chosen)) throw new Problem(`There is no fuzz target of that name, but ${all.join(', ')}.`);
  return [chosen];
}

await main(async () => {
  const { minutes, target, record } = options();
  const names = targets(target);
  let programs = '';
  await step('fuzz targets', async () => {
    programs = await build();
    return undefined;
  });
  writeSeeds(SEEDS);
  let executions = 0;
  for (const name of names) {
    for (const folder of [join(FOUND, name), join(FAILED, name)]) mkdirSync(folder, { recursive: true });
    const known = [join(SEEDS, name), join(FUZZ, 'corpus', name), join(FUZZ, 'regressions', name)].filter(existsSync);
    // libFuzzer writes what it finds into the first folder.
    const folders = [join(FOUND, name), ...known];
    const job = {
      program: join(programs, name),
      folders,
      failed: join(FAILED, name),
      dictionary: join(FUZZ, 'dictionary.txt'),
    };
    const result = await fuzz(name, job, (minutes * 60) / names.length);
    executions += result.executions;
    if (result.input !== undefined) {
      throw new Problem(
        `\n${result.output}\n\n${name}: an input fails. It is in ${result.input}; correct the defect and keep the input in fuzz/regressions/${name}/.`,
      );
    }
  }
  if (record) {
    for (const name of names) cpSync(join(SEEDS, name), join(FOUND, name), { recursive: true });
    const program = join(programs, 'examples', 'record');
    const env = { ...process.env, LIVEKIT_EDGE_FOUND: FOUND };
    const { stdout } = await mustRun(program, [], 'The corpus could not be recorded; the reason is above.', { env });
    process.stdout.write(stdout);
  }
  console.log(`${executions.toLocaleString('en-US')} executions, no input fails`);
});
