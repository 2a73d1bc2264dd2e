/** Builds the foreign SDKs once, into .data/interop/, and again if their sources change. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/lib/paths.mjs';
import { type Missing, prepare, pythonRecipe, type Recipe } from '../../support/prepare.ts';

/** `make` or `verify` of an SDK: credentials and standard input in, standard output out. */
export type Program = (command: 'make' | 'verify', key: string, secret: string, input: string) => Promise<string>;

/** An SDK, and how to run it when it is built. */
interface Sdk extends Recipe {
  readonly program: (command: string) => readonly [string, ...string[]];
}

const here = join(root, 'tests', 'interop');
const at = (...path: string[]) => join(root, '.data', 'interop', ...path);

const RECIPES: Readonly<Record<'python' | 'rust' | 'go', Sdk>> = {
  python: {
    ...pythonRecipe(at('python', 'venv')),
    program: (command) => [at('python', 'venv', 'bin', 'python'), join(here, 'python', `${command}.py`)],
  },
  rust: {
    tool: ['cargo', '--version'],
    from: ['Cargo.toml', 'Cargo.lock', 'src'],
    fetch: [['cargo', 'fetch', '--locked']],
    build: ['cargo', 'build', '--locked', '--offline', '--target-dir', at('rust', 'target')],
    program: (command) => [at('rust', 'target', 'debug', 'interop'), command],
  },
  go: {
    tool: ['go', 'version'],
    from: ['go.mod', 'go.sum', 'main.go', 'make.go', 'verify.go'],
    fetch: [['go', 'mod', 'download']],
    // Without optimization it builds in two thirds of the time, with the same results.
    build: ['go', 'build', '-buildvcs=false', '-gcflags=all=-N -l', '-ldflags=-s -w', '-o', at('go', 'interop'), '.'],
    program: (command) => [at('go', 'interop'), command],
  },
};

const MAX_OUTPUT = 64 * 1024 * 1024;

/** An SDK of another language, ready to run. */
export async function ready(language: keyof typeof RECIPES): Promise<Program | Missing> {
  const { program, ...recipe } = RECIPES[language];
  mkdirSync(at(language), { recursive: true });
  const missing = await prepare(`interop-${language}`, recipe, join(here, language), program('verify')[0]);
  if (missing !== undefined) return missing;
  return async (command, key, secret, input) => {
    const [file, ...args] = program(command);
    const running = promisify(execFile)(file, [...args, key, secret], { maxBuffer: MAX_OUTPUT });
    running.child.stdin?.end(input);
    return (await running).stdout;
  };
}
