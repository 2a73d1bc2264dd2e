/** The built command line, run as its users run it, with an environment that contains only what a test sets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { dist, node24 } from '../../../scripts/lib/paths.mjs';

export const MAIN = join(dist, 'cli', 'main.js');

/** Settings of the demo, with a secret of 32 bytes. */
export const SETTINGS = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'hunter2-a-secret-of-more-than-thirty-two-bytes',
  LIVEKIT_URL: 'ws://127.0.0.1:7880',
} as const;

/** A command that hangs is stopped, and has no exit code. */
const TIMEOUT_MS = 60_000;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** Standard input; closed at once if absent. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  /** Replaces Node 24 and the built program. */
  readonly program?: readonly [string, ...string[]];
}

/** Starts a command. */
export function start(args: readonly string[], { env = SETTINGS, cwd, program = [node24(), MAIN] }: RunOptions = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const [file, ...first] = program;
  const options = { cwd, env: { PATH, HOME, ...env }, timeout: TIMEOUT_MS } as const;
  return spawn(file, [...first, ...args], { ...options, stdio: 'pipe' });
}

/** Runs a command to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options);
  const ended = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      ended[stream] += text;
    });
  }
  // A program that ends without reading all its input is not an error of the test.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code] = await once(child, 'close');
  return { code, ...ended };
}

/** The output of a command that must succeed. */
export async function printed(args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  if (code !== 0 || stderr !== '') throw new Error(`livekit-edge ${args.join(' ')}: ${code} ${stderr}`);
  return stdout;
}
