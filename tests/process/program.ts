/** The Node and the Deno entry as bare programs, with whatever settings and permissions a test gives them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';

export type Runtime = 'node' | 'deno';
export const RUNTIMES: readonly Runtime[] = ['node', 'deno'];

const DENO = [join(modules, 'deno', 'deno'), 'run', '--no-prompt', '--no-lock', '--cached-only'];
/** Those that README names. */
export const PERMISSIONS = ['--allow-net', '--allow-env', '--allow-read', '--allow-write'];

/** A program that was started. */
export interface Program {
  /** Every line of both streams. */
  lines: string[];
  /** Only what went to stderr. */
  errors: string[];
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Where it listens; rejects if it ends instead. */
  url: Promise<string>;
}

/** Programs that a failed test has not stopped would keep the file's process alive. */
const running = new Set<ChildProcess>();
after(() => running.forEach((child) => void child.kill('SIGKILL')));

/** Starts the example of a runtime in a folder. */
export function start(
  runtime: Runtime,
  folder: string,
  env: Record<string, string> = {},
  { permissions = PERMISSIONS, settings = demoSettings } = {},
): Program {
  const entry = join(root, 'examples', runtime, runtime === 'node' ? 'server.js' : 'main.ts');
  const command = runtime === 'node' ? [node24()] : [...DENO, '--node-modules-dir=manual', ...permissions];
  const [program = '', ...args] = [...command, entry];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH, HOME, DENO_NO_UPDATE_CHECK: '1', HOST: '127.0.0.1', PORT: '0', ...settings, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const found = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (stream === child.stderr) errors.push(...parts);
      const url = /"Listening on (http:[^"]+)"/.exec(text)?.[1];
      if (url !== undefined) found.resolve(url);
    });
  }
  running.add(child);
  child.once('close', () => running.delete(child));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  ended.then(() => found.reject(new Error(lines.join('\n'))));
  found.promise.catch(() => {});
  return { lines, errors, signal: (signal) => child.kill(signal), ended, url: found.promise };
}

/** What the lines of a log say. Fails on a line that is no JSON object, such as one of a stack trace. */
export const said = (lines: readonly string[]): string[] =>
  lines.map((line) => JSON.parse(line)).map(({ level, message }) => `${level}: ${message}`);
