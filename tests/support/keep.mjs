// Runs a server that must not outlive this process. A child process (this file) runs the server and ends it when this process is gone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { node24 } from '../../scripts/lib/paths.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';

const FILE = fileURLToPath(import.meta.url);
const POLL_MS = 50;
const START_MS = 30_000;

/**
 * @typedef {object} Server
 * @property {string} title for people
 * @property {string} program
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {{ uid?: number, gid?: number, signal: NodeJS.Signals, remove?: string }} keeping whose process it is, what ends it, and a
 *   folder that is removed then
 * @property {(log: string) => boolean | Promise<boolean>} isReady
 * @property {(text: string) => void} [onLog] gets what the server logs as it comes
 *
 * @typedef {object} Kept
 * @property {number | undefined} pid of the server itself
 * @property {() => string} log what it has logged so far
 * @property {() => Promise<void>} stop
 */

/**
 * Resolves once the server is ready, and rejects with its last log line if it ends before.
 * @param {Server} server
 * @returns {Promise<Kept>}
 */
export async function keep({ title, program, args, env, keeping, isReady, onLog }) {
  // In a group of its own: Ctrl-C in a terminal must not end the keeper before it has cleaned up.
  const keeper = spawn(node24(), [FILE, JSON.stringify(keeping), program, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let [log, ended] = ['', false];
  /** @type {number | undefined} */
  let pid;
  keeper.once('message', (message) => {
    pid = Number(message);
  });
  for (const stream of [keeper.stdout, keeper.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      log += text;
      onLog?.(text);
    });
  }
  // `close` does not come after a disconnect of ours.
  const end = Promise.all([
    once(keeper, 'exit'),
    ...[keeper.stdout, keeper.stderr].map((stream) => stream && once(stream, 'close')),
  ]).then(() => {
    ended = true;
  });
  // A process that does not stop it can still end.
  const handles = /** @type {{ ref?(): void, unref?(): void }[]} */ ([
    keeper,
    keeper.channel,
    keeper.stdout,
    keeper.stderr,
  ]);
  for (const handle of handles) handle.unref?.();
  const stop = async () => {
    for (const handle of handles) handle.ref?.();
    if (keeper.connected) keeper.disconnect();
    await end;
  };
  const isUp = async () => !ended && pid !== undefined && (await isReady(log));
  for (const deadline = performance.now() + START_MS; !(await isUp()); await wait(POLL_MS)) {
    if (!ended && performance.now() < deadline) continue;
    await stop();
    throw new Problem(`${title} did not start: ${log.trim().split('\n').at(-1)}`);
  }
  return { pid, log: () => log, stop };
}

function main() {
  const [, , job = '', program = '', ...args] = process.argv;
  const { signal, remove, uid, gid } = JSON.parse(job);
  const server = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], uid, gid });
  const stop = () => server.kill(signal);
  process.on('disconnect', stop).on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  process.once('exit', () => remove && rmSync(remove, { recursive: true, force: true, maxRetries: 5 }));
  server.once('spawn', () => process.send?.(server.pid));
  server.once('error', () => process.exit(127));
  server.once('exit', (code) => process.exit(code ?? 1));
}

if (process.argv[1] === FILE) main();
