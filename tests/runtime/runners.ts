/** One short runner for each runtime: it starts the runtime, runs the suite in it, and stops it. */
import { join } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { startWorker } from '../../scripts/worker.mjs';
import { startChromium } from '../support/chromium.ts';
import { bundleForBrowsers } from './bundle.ts';
import { servePage } from './page.ts';

export interface Result {
  readonly passed: number;
  readonly failed: readonly string[];
}

const SECONDS = 60;

/** Runs a program in the application's folder and reads the JSON that it prints. */
export async function print<T = Result>(
  folder: string,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<T> {
  const names = Object.keys(process.env).filter((name) => !/^(LIVEKIT_|NODE_OPTIONS|NODE_TEST)/.test(name));
  const clean = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  const outcome = await run(program, args, { cwd: folder, env: { ...clean, ...env }, seconds: SECONDS });
  if (outcome.code !== 0) throw new Error(`${program} ended with ${outcome.code}:\n${outcome.output}`);
  return JSON.parse(outcome.stdout);
}

export const onNode = (folder: string, node: string) => print(folder, node, ['print.js']);

const DENO_RUN = ['run', '--no-prompt', '--cached-only', '--no-lock'];

/** Runs a program on Deno, with permission only to read the named variables; a prompt for another fails the test. */
const denoRun = (folder: string, deno: string, program: string, env: readonly string[]): Promise<Result> =>
  print(folder, deno, [...DENO_RUN, ...env.map((name) => `--allow-env=${name}`), program], {
    DENO_DIR: join(folder, '.deno'),
    DENO_NO_UPDATE_CHECK: '1',
  });

/** The root entry: protobuf reads this variable when it is imported. */
export const onDeno = (folder: string, deno: string) => denoRun(folder, deno, 'print.js', ['BUF_BIGINT_DISABLE']);

/** The entry `livekit-edge/tokens`, which needs no permission. */
export const onDenoTokens = (folder: string, deno: string) => denoRun(folder, deno, 'print-tokens.js', []);

export const onBun = (folder: string, bun: string) => print(folder, bun, ['--no-install', 'print.js']);

export async function onWorkerd(folder: string): Promise<Result> {
  const worker = await startWorker({ entry: join(folder, 'worker.js'), migrate: false, demo: false, bindings: {} });
  try {
    return (await (await fetch(worker.url)).json()) as Result;
  } finally {
    await worker.stop();
  }
}

export async function onChromium(folder: string, executablePath: string): Promise<Result> {
  const server = await servePage(await bundleForBrowsers(join(folder, 'page.js')));
  const browser = await startChromium(executablePath);
  try {
    const page = await browser.newPage();
    page.on('console', (message) => console.error(message.text()));
    page.on('pageerror', (error) => console.error(error));
    await page.goto(server.url);
    return await page.evaluate(() => (globalThis as unknown as { result: Promise<Result> }).result);
  } finally {
    await browser.close();
    await server.stop();
  }
}
