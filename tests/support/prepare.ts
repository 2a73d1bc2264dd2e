/** Makes a program of another language ready to run: once, and again when what it is made from changes. */
import { basename, join } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { digest, unlessFresh } from '../../scripts/lib/stamp.mjs';
import { step } from '../../scripts/lib/step.mjs';

/** For each command. */
const SECONDS = 240;

export interface Recipe {
  /** The required program, with its version option. */
  readonly tool: readonly [program: string, ...args: string[]];
  /** What the program is made from, in its folder. */
  readonly from: readonly string[];
  /** Commands; without a registry the program counts as missing. */
  readonly fetch: readonly (readonly string[])[];
  /** A failure of it is a failure. */
  readonly build?: readonly string[];
}

/** Why the program cannot run on this machine. */
export interface Missing {
  readonly missing: string;
}

class FetchError extends Error {}

/**
 * Resolves to the reason why it is missing, or undefined.
 *
 * @param name for the line of progress
 * @param cwd the folder of the sources
 * @param outputFile a file that exists if it was made
 */
export async function prepare(
  name: string,
  recipe: Recipe,
  cwd: string,
  outputFile: string,
): Promise<Missing | undefined> {
  const { tool, from, fetch, build } = recipe;
  const version = await run(tool[0], tool.slice(1), { cwd });
  if (version.code !== 0) return { missing: `no ${tool[0]} on this machine` };
  const sources = from.map((file) => join(cwd, file));
  const inputs = digest(sources, [version.stdout, JSON.stringify([fetch, build])]);
  try {
    await unlessFresh(`program-${name}`, { inputs, outputs: [outputFile] }, async () => {
      for (const command of fetch) {
        const { code, output } = await perform(name, command, cwd);
        if (code !== 0) throw new FetchError(`${nameOf(command)} failed; is there a registry? ${lastLine(output)}`);
      }
      if (build === undefined) return;
      const { code, output } = await perform(name, build, cwd);
      if (code !== 0) throw new Error(`${nameOf(build)} failed\n${output}`);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return { missing: error.message };
  }
}

/** A virtual environment of Python, a folder, with the very packages of requirements.txt. */
export const pythonRecipe = (venv: string): Recipe => ({
  tool: ['python3', '--version'],
  from: ['requirements.txt'],
  fetch: [
    ['python3', '-m', 'venv', '--clear', venv],
    [join(venv, 'bin', 'pip'), 'install', '--retries=2', '--only-binary=:all:', '-r', 'requirements.txt'],
  ],
});

async function perform(name: string, [program = '', ...args]: readonly string[], cwd: string) {
  let outcome: Awaited<ReturnType<typeof run>> = { code: -1, stdout: '', output: '', timedOut: false };
  await step(`${name}: ${nameOf([program, ...args])}`, async () => {
    outcome = await run(program, args, { cwd, seconds: SECONDS, env: { ...process.env, GOWORK: 'off' } });
    return outcome.code === 0 ? 'done' : `failed: ${lastLine(outcome.output)}`;
  });
  return outcome;
}

const lastLine = (output: string) => output.trim().split('\n').at(-1) ?? '';

/** The program and the first word after it, such as `pip install`. */
const nameOf = ([program = '', ...args]: readonly string[]) =>
  `${basename(program)} ${args.find((arg) => !arg.startsWith('-')) ?? ''}`;
