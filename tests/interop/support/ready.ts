/** Makes the foreign SDKs ready to run: once, kept in .data/interop/, and again when what they are made from changes. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { digest } from '../../../scripts/lib/stamp.mjs';
import { step } from '../../../scripts/lib/step.mjs';

type Outcome = Awaited<ReturnType<typeof run>>;

/** `make` or `verify` of an SDK: credentials and standard input in, standard output out. */
export type Program = (command: 'make' | 'verify', key: string, secret: string, input: string) => Promise<string>;

/** Why an SDK cannot run on this machine. */
export interface Missing {
  readonly missing: string;
}

interface Recipe {
  /** The tool that has to be there, and how it tells its version. */
  readonly tool: readonly [program: string, ...args: string[]];
  /** What it is made from, in its folder. */
  readonly from: readonly string[];
  /** Fetches; without a registry the SDK counts as missing. */
  readonly fetch: readonly (readonly string[])[];
  /** Builds; a failure is a failure. */
  readonly build?: readonly string[];
  readonly program: (command: string) => readonly [string, ...string[]];
}

const here = join(root, 'tests', 'interop');
const at = (...path: string[]) => join(root, '.data', 'interop', ...path);

const RECIPES: Readonly<Record<'python' | 'rust' | 'go', Recipe>> = {
  python: {
    tool: ['python3', '--version'],
    from: ['requirements.txt'],
    fetch: [
      ['python3', '-m', 'venv', at('python', 'venv')],
      [at('python', 'venv', 'bin', 'pip'), 'install', '--retries=2', '--only-binary=:all:', '-r', 'requirements.txt'],
    ],
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
    // Without optimisation it builds in two thirds of the time, and is as right.
    build: ['go', 'build', '-buildvcs=false', '-gcflags=all=-N -l', '-ldflags=-s -w', '-o', at('go', 'interop'), '.'],
    program: (command) => [at('go', 'interop'), command],
  },
};

const SECONDS = 240;
const MAX_OUTPUT = 64 * 1024 * 1024;

/** An SDK of another language, ready to run. */
export async function ready(language: keyof typeof RECIPES): Promise<Program | Missing> {
  const { tool, from, fetch, build, program } = RECIPES[language];
  const cwd = join(here, language);
  const version = await run(tool[0], tool.slice(1), { cwd });
  if (version.code !== 0) return { missing: `no ${tool[0]} on this machine` };

  const stamp = at(language, 'stamp');
  const words = [version.stdout, JSON.stringify([fetch, build])];
  const inputs = digest(
    from.map((name) => join(cwd, name)),
    words,
  );
  const isFresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs && existsSync(program('verify')[0]);
  if (!isFresh) {
    mkdirSync(at(language), { recursive: true });
    for (const command of fetch) {
      const { code } = await perform(language, command, cwd);
      if (code !== 0) return { missing: `${nameOf(command)} failed; is there a registry?` };
    }
    if (build !== undefined) {
      const { code, output } = await perform(language, build, cwd);
      if (code !== 0) throw new Error(`${nameOf(build)} failed\n${output}`);
    }
    writeFileSync(stamp, inputs);
  }
  return async (command, key, secret, input) => {
    const [file, ...args] = program(command);
    const running = promisify(execFile)(file, [...args, key, secret], { maxBuffer: MAX_OUTPUT });
    running.child.stdin?.end(input);
    return (await running).stdout;
  };
}

async function perform(language: string, [program = '', ...args]: readonly string[], cwd: string): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await step(`LiveKit's SDK for ${language}: ${nameOf([program, ...args])}`, async () => {
    outcome = await run(program, args, { cwd, seconds: SECONDS, env: { ...process.env, GOWORK: 'off' } });
    return outcome.code === 0 ? 'done' : `failed: ${outcome.output.trim().split('\n').at(-1)}`;
  });
  return outcome as Outcome;
}

/** The program and the first word after it, such as `pip install`. */
function nameOf([program = '', ...args]: readonly string[]): string {
  return `${basename(program)} ${args.find((arg) => !arg.startsWith('-')) ?? ''}`;
}
