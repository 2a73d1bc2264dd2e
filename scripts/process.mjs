// Runs the Node or the Deno entry as its users do, in a process of its own: the dev server and the tests alike.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { modules, node24, root } from './lib/paths.mjs';

/** The entries are the very examples that README tells users to copy. */
const ENTRIES = { node: 'examples/node/server.js', deno: 'examples/deno/main.ts' };
/** Variables that a program needs of this machine; the server does not inherit the settings of its parent. */
const MACHINE = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG'];
const EXE = process.platform === 'win32' ? '.exe' : '';
const KILL_AFTER_MS = 15_000;
/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @typedef {object} ProcessOptions
 * @property {'node' | 'deno'} runtime
 * @property {Record<string, string>} env its settings
 * @property {string} [folder] where its SQLite file is; without it Deno may read and write no file
 * @property {string} [entry] another script to run than the example
 * @property {(line: string) => void} [log] gets every line that it writes after the one that says where it listens
 */

/** Functions that stop the servers that run. @type {Set<() => Promise<number>>} */
const running = new Set();

/** Resolves when the process listens. Rejects with its output if it ends before. @param {ProcessOptions} options */
export async function startProcess({ runtime, env, folder, entry = join(root, ENTRIES[runtime]), log = () => {} }) {
  const machine = Object.fromEntries(MACHINE.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const program = runtime === 'node' ? [node24()] : deno(folder);
  // One pipe for both, so that lines keep their order.
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...program, entry], {
    cwd: root,
    env: { ...machine, DENO_NO_UPDATE_CHECK: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  running.add(stop);
  ended.then(() => running.delete(stop));
  for (const signal of SIGNALS) process.off(signal, stopAll).on(signal, stopAll);
  /** @type {string[]} */
  const early = [];
  /** @type {Promise<string>} */
  const listening = new Promise((resolve, reject) => {
    let url = '';
    createInterface(child.stdout)
      .on('line', (line) => {
        if (url !== '') return log(line);
        url = line.match(/"Listening on (http:[^"]+)"/)?.[1] ?? '';
        if (url === '') return early.push(line);
        early.forEach(log);
        resolve(url);
      })
      .on('close', () => reject(new Error(`The server has ended:\n${early.join('\n')}`)));
  });
  return { url: await listening, pid: child.pid, ended, stop };
}

/** A signal that ends this process has to end its servers first: nothing else would. @param {NodeJS.Signals} signal */
async function stopAll(signal) {
  await Promise.all([...running].map((stop) => stop()));
  process.exit(128 + constants.signals[signal]);
}

/** With the permissions that README names, and no other. @param {string | undefined} folder */
function deno(folder) {
  const files = folder === undefined ? [] : [`--allow-read=.,${folder}`, `--allow-write=${folder}`];
  const offline = ['--node-modules-dir=manual', '--no-lock', '--cached-only', '--no-prompt'];
  return [join(modules, 'deno', `deno${EXE}`), 'run', ...offline, '--allow-net', '--allow-env', ...files];
}
