// Makes a foreign program ready to run: once, and again when what it is made from changes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './run.mjs';
import { digest } from './stamp.mjs';
import { step } from './step.mjs';

/** For each command. */
const SECONDS = 240;

/**
 * @typedef {object} Recipe
 * @property {readonly [program: string, ...args: string[]]} tool what has to be there, and how it tells its version
 * @property {readonly string[]} from what the program is made from, in its folder
 * @property {readonly (readonly string[])[]} fetch commands; without a registry the program counts as missing
 * @property {readonly string[]} [build] a failure of it is a failure
 *
 * @typedef {{ readonly missing: string }} Missing why the program cannot run on this machine
 */

/**
 * Resolves with why it cannot be had, if it cannot.
 * @param {string} name for the line of progress
 * @param {Recipe} recipe
 * @param {{ cwd: string, folder: string, made: string }} where the folder of the sources, the one for what is made, and
 *   a file that is there if it was
 * @returns {Promise<Missing | undefined>}
 */
export async function prepare(name, { tool, from, fetch, build }, { cwd, folder, made }) {
  const version = await run(tool[0], tool.slice(1), { cwd });
  if (version.code !== 0) return { missing: `no ${tool[0]} on this machine` };

  const stamp = join(folder, 'stamp');
  const words = [version.stdout, JSON.stringify([fetch, build])];
  const inputs = digest(
    from.map((file) => join(cwd, file)),
    words,
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs && existsSync(made)) return undefined;
  mkdirSync(folder, { recursive: true });
  for (const command of fetch) {
    const { code, output } = await perform(name, command, cwd);
    if (code !== 0) return { missing: `${nameOf(command)} failed; is there a registry? ${lastLine(output)}` };
  }
  if (build !== undefined) {
    const { code, output } = await perform(name, build, cwd);
    if (code !== 0) throw new Error(`${nameOf(build)} failed\n${output}`);
  }
  writeFileSync(stamp, inputs);
  return undefined;
}

/**
 * A virtual environment of Python with the very packages of requirements.txt.
 * @param {string} venv its folder
 * @returns {Recipe}
 */
export const pythonRecipe = (venv) => ({
  tool: ['python3', '--version'],
  from: ['requirements.txt'],
  fetch: [
    ['python3', '-m', 'venv', '--clear', venv],
    [join(venv, 'bin', 'pip'), 'install', '--retries=2', '--only-binary=:all:', '-r', 'requirements.txt'],
  ],
});

/**
 * @param {string} name
 * @param {readonly string[]} command
 * @param {string} cwd
 */
async function perform(name, [program = '', ...args], cwd) {
  /** @type {import('./run.mjs').Outcome} */
  let outcome = { code: -1, stdout: '', output: '', timedOut: false };
  await step(`${name}: ${nameOf([program, ...args])}`, async () => {
    outcome = await run(program, args, { cwd, seconds: SECONDS, env: { ...process.env, GOWORK: 'off' } });
    return outcome.code === 0 ? 'done' : `failed: ${lastLine(outcome.output)}`;
  });
  return outcome;
}

/** @param {string} output */
const lastLine = (output) => output.trim().split('\n').at(-1) ?? '';

/**
 * The program and the first word after it, such as `pip install`.
 * @param {readonly string[]} command
 */
function nameOf([program = '', ...args]) {
  return `${basename(program)} ${args.find((arg) => !arg.startsWith('-')) ?? ''}`;
}
