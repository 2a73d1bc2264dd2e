// `npm run fuzz -- --minutes 20`: builds the fuzz targets of fuzz/ and runs each with libFuzzer for its share of the time. Exits with 1 if
// one finds an input that fails a check, and says where it is.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/lib/paths.mjs';
import { main, Problem } from '../scripts/lib/problem.mjs';
import { mustRun, run } from '../scripts/lib/run.mjs';
import { step } from '../scripts/lib/step.mjs';
import { cargoEnvironment } from '../scripts/setup/targets.mjs';
import { seeds } from './seeds.mjs';

const FUZZ = join(root, 'fuzz');
const TARGET = join(root, 'target', 'fuzz');
/** What runs find, and where they go on the next time. */
const FOUND = join(TARGET, 'corpus');
const SEEDS = join(TARGET, 'seeds');
/** A first build takes two minutes on two idle cores. */
const BUILD_SECONDS = 30 * 60;
/** What libFuzzer takes to start and to end. */
const MORE_SECONDS = 120;
/** The endpoint's limits are tested elsewhere; a short input is executed more often. */
const MAX_BYTES = 1024;
const LIMITS = [`-max_len=${MAX_BYTES}`, '-timeout=10', '-rss_limit_mb=1024', `-dict=${join(FUZZ, 'dictionary.txt')}`];
const LAST_CHARACTERS = 6000;
const USAGE =
  'Usage: npm run fuzz -- [--minutes 20] [--target <name>] [--record]. --record keeps a small part of what was found in fuzz/corpus.';

function options() {
  try {
    const { values } = parseArgs({
      options: { minutes: { type: 'string', default: '20' }, target: { type: 'string' }, record: { type: 'boolean' } },
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Problem(`--minutes must be a number from 0 to 1440.\n${USAGE}`);
    const all = readdirSync(join(FUZZ, 'fuzz_targets')).map((file) => file.replace('.rs', ''));
    const names = all.filter((name) => values.target === undefined || name === values.target);
    if (names.length === 0) throw new Problem(`Unknown fuzz target. The targets are ${all.join(', ')}.`);
    return { names, seconds: Math.max(1, Math.round((minutes * 60) / names.length)), record: values.record };
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(USAGE);
  }
}

/** Resolves with the folder of the programs. The flags for coverage are those of fuzz/.cargo/config.toml. */
async function build() {
  const sentence = "The fuzz targets do not compile. libFuzzer needs a C++ compiler. Cargo's message is above.";
  const args = ['build', '--release', '--locked', '--bins', '--examples'];
  await mustRun('cargo', args, sentence, { cwd: FUZZ, env: cargoEnvironment(), seconds: BUILD_SECONDS });
  const { stdout } = await mustRun('rustc', ['--print', 'host-tuple'], 'rustc does not start.');
  return join(TARGET, 'build', stdout.trim(), 'release');
}

/**
 * @param {string} program
 * @param {string} name
 * @param {number} seconds
 */
async function fuzz(program, name, seconds) {
  const found = join(FOUND, name);
  const failed = join(TARGET, 'failed', name);
  for (const folder of [found, failed]) mkdirSync(folder, { recursive: true });
  const known = ['seeds', 'corpus', 'regressions'].map((kind) => join(FUZZ, kind, name)).filter(existsSync);
  // libFuzzer writes what it finds into the first folder.
  const folders = [found, SEEDS, ...known];
  const args = [
    `-max_total_time=${seconds}`,
    ...LIMITS,
    `-artifact_prefix=${failed}/`,
    '-print_final_stats=1',
    ...folders,
  ];
  const { code, output, timedOut } = await run(program, args, { seconds: seconds + MORE_SECONDS });
  if (timedOut) {
    const limit = seconds + MORE_SECONDS;
    throw new Problem(`\n${output.slice(-LAST_CHARACTERS)}\n\n${name}: stopped at the time limit of ${limit} s.`);
  }
  if (code !== 0) {
    const input = output.match(/Test unit written to (\S+)/)?.[1] ?? 'no file: the program ended without one';
    throw new Problem(
      `\n${output.slice(-LAST_CHARACTERS)}\n\n${name}: an input fails. It is in ${input}; correct the defect and keep the input in fuzz/regressions/${name}/.`,
    );
  }
  const executions = output.match(/stat::number_of_executed_units:\s*(\d+)/)?.[1];
  if (executions === undefined) {
    throw new Problem(`\n${output.slice(-LAST_CHARACTERS)}\n\n${name}: the program has not printed its statistics.`);
  }
  return {
    executions: Number(executions),
    edges: [...output.matchAll(/ cov: (\d+) /g)].at(-1)?.[1],
  };
}

await main(async () => {
  const { names, seconds, record } = options();
  let [programs, total] = ['', 0];
  await step('fuzz targets', async () => {
    programs = await build();
    rmSync(SEEDS, { recursive: true, force: true });
    mkdirSync(SEEDS, { recursive: true });
    for (const [index, input] of [...seeds(MAX_BYTES)].entries()) writeFileSync(join(SEEDS, `${index}`), input);
    return undefined;
  });
  for (const name of names) {
    await step(`${name}, for ${seconds} s`, async () => {
      const { executions, edges } = await fuzz(join(programs, name), name, seconds);
      total += executions;
      return `${executions.toLocaleString('en-US')} executions, ${edges} edges`;
    });
  }
  if (record) {
    for (const name of names) cpSync(SEEDS, join(FOUND, name), { recursive: true });
    const env = { ...process.env, LIVEKIT_EDGE_FOUND: FOUND };
    const sentence = 'The corpus could not be recorded; the reason is above.';
    process.stdout.write((await mustRun(join(programs, 'examples', 'record'), [], sentence, { env })).stdout);
  }
  console.log(`${total.toLocaleString('en-US')} executions, no input fails`);
});
