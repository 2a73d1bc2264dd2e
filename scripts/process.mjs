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

/**
 * Resolves when the process listens. Rejects with what it said if it ends before.
 * @param {ProcessOptions} options
 */
export async function startProcess({ runtime, env, folder, entry = join(root, ENTRIES[runtime]), log = () => {} }) {
  const machine = Object.fromEntries(MACHINE.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const [program, ...args] = runtime === 'node' ? [node24(), entry] : deno(entry, folder);
  // One pipe for both, so that lines keep their order.
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', program ?? '', ...args], {
    cwd: root,
    env: { ...machine, DENO_NO_UPDATE_CHECK: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  /** @type {string[]} */
  const said = [];
  /** @type {Promise<string>} */
  const listening = new Promise((resolve, reject) => {
    let url = '';
    createInterface(child.stdout)
      .on('line', (line) => {
        const found = url === '' && line.match(/"Listening on (http:[^"]+)"/)?.[1];
        if (found) {
          url = found;
          for (const early of said) log(early);
          resolve(url);
        } else if (url === '') said.push(line);
        else log(line);
      })
      .on('close', () => reject(new Error(`The server has ended:\n${said.join('\n')}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  endWithThisProcess(stop, ended);
  return { url: await listening, pid: child.pid, ended, stop };
}

/** @type {Set<() => Promise<number>>} */
const running = new Set();

/**
 * A signal that ends this process has to end its servers first: nothing else would.
 * @param {() => Promise<number>} stop
 * @param {Promise<number>} ended
 */
function endWithThisProcess(stop, ended) {
  const isFirst = running.size === 0;
  running.add(stop);
  const remove = () => {
    running.delete(stop);
    if (running.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  ended.then(remove);
  if (isFirst) for (const signal of SIGNALS) process.on(signal, onSignal);
}

/** @param {NodeJS.Signals} signal */
async function onSignal(signal) {
  await Promise.all([...running].map((stop) => stop()));
  process.exit(128 + constants.signals[signal]);
}

/**
 * With the permissions that README names, and no other.
 * @param {string} entry
 * @param {string | undefined} folder
 */
function deno(entry, folder) {
  const files = folder === undefined ? [] : [`--allow-read=.,${folder}`, `--allow-write=${folder}`];
  const permissions = ['--no-prompt', '--allow-net', '--allow-env', ...files];
  return [
    join(modules, 'deno', `deno${EXE}`),
    'run',
    '--node-modules-dir=manual',
    '--no-lock',
    '--cached-only',
    ...permissions,
    entry,
  ];
}
