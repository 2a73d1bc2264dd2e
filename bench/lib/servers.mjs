// Starts the endpoint on each platform, and the NestJS application, each in its own process with the same demo data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { demoSettings, demoStatements } from '../../scripts/demo-data.mjs';
import { dist, modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { startWorker } from '../../scripts/worker.mjs';
import { DENO } from './programs.mjs';

const HOST = '127.0.0.1';
const START_MS = 20_000;
const POLL_MS = 50;
/** The environment variables that a server inherits. All others are settings of the user who runs the benchmark. */
const MACHINE = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG'];

/**
 * @typedef {object} Server
 * @property {string} url of the token route
 * @property {() => number | undefined} memory resident bytes, if the system reports them
 * @property {() => number | undefined} cpu nanoseconds of CPU time of the process, if the system reports them
 * @property {() => Promise<unknown>} stop
 */

/** @typedef {(db: DatabaseSync) => void} Fill adds rows to the demo data */

/**
 * Creates a separate database, with the package's store.
 * @param {string} path
 * @param {Fill} [fill]
 */
async function database(path, fill) {
  const { sqliteStore } = await import('livekit-edge/stores/sqlite');
  sqliteStore(path).close();
  const db = new DatabaseSync(path);
  for (const { sql, values } of demoStatements()) db.prepare(sql).run(...values);
  fill?.(db);
  db.close();
}

/**
 * Starts a server. Its log, one line for each token, is written to a file.
 * @param {string} name
 * @param {string[]} command
 * @param {string} folder
 * @param {Record<string, string>} [more] settings
 * @param {Fill} [fill]
 * @returns {Promise<Server>}
 */
async function start(name, [program = '', ...args], folder, more = {}, fill) {
  const path = join(folder, `${name}.sqlite`);
  await database(path, fill);
  const port = await freePort();
  const machine = Object.fromEntries(MACHINE.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])));
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'w');
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', file, file],
    env: {
      ...machine,
      ...demoSettings,
      NODE_ENV: 'production',
      NO_COLOR: '1',
      HOST,
      PORT: `${port}`,
      SQLITE_PATH: path,
      RATE_LIMIT_PER_USER: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
      DENO_NO_UPDATE_CHECK: '1',
      ...more,
    },
  });
  closeSync(file);
  const ended = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
  };
  const url = `http://${HOST}:${port}/api/livekit/token`;
  const deadline = performance.now() + START_MS;
  while (!(await answers(url))) {
    if (child.exitCode === null && performance.now() < deadline) {
      await wait(POLL_MS);
      continue;
    }
    kill();
    throw new Error(`${name} does not listen:\n${readFileSync(log, 'utf8')}`);
  }
  return { url, stop, ...observed(() => child.pid) };
}

/** @param {string} folder @param {string} [name] @param {Fill} [fill] */
export const onNode = (folder, name = 'node', fill) =>
  start(name, [node24(), join(root, 'examples', 'node', 'server.js')], folder, {}, fill);

/**
 * @param {string} folder
 * @param {string} name
 * @param {Record<string, string>} settings additional settings
 * @param {string} [entry] script to run instead of the example
 */
export const onNodeWith = (folder, name, settings, entry = join(root, 'examples', 'node', 'server.js')) =>
  start(name, [node24(), entry], folder, settings);

/** Starts Deno with the permissions in the documentation. @param {string} folder */
export const onDeno = (folder) => {
  const permissions = ['--allow-net', '--allow-env', `--allow-read=.,${folder}`, `--allow-write=${folder}`];
  const options = ['--no-prompt', '--node-modules-dir=manual', '--no-lock', '--cached-only', ...permissions];
  return start('deno', [DENO, 'run', ...options, join(root, 'examples', 'deno', 'main.ts')], folder);
};

/**
 * Starts workerd. Miniflare reads and drops its log.
 * @param {string} [entry] script to run instead of the package's Worker
 * @returns {Promise<Server>}
 */
export async function onWorkerd(entry) {
  const { url, stop } = await startWorker(entry === undefined ? {} : { entry });
  // Looked up now, while workerd is the newest child process.
  const pid = childNamed('workerd');
  return { url: `${url}/api/livekit/token`, stop, ...observed(() => pid) };
}

/** @param {string} folder */
export async function onNest(folder) {
  const nest = join(root, 'bench', 'nest');
  const { code, output } = await run(node24(), [join(modules, 'typescript', 'bin', 'tsc'), '-p', nest]);
  if (code !== 0) throw new Error(`The NestJS application does not compile:\n${output}`);
  const { factsSql } = await import(join(dist, 'server', 'stores', 'facts.sql.js'));
  const { WHOLE_LAYOUT } = await import(join(dist, 'server', 'stores', 'layouts.js'));
  const sql = join(folder, 'facts.sql');
  writeFileSync(sql, factsSql(WHOLE_LAYOUT));
  return start('nest', [node24(), join(root, 'bench', 'dist', 'nest', 'main.js')], folder, { FACTS_SQL: sql });
}

/** @param {string} url */
const answers = (url) =>
  fetch(url, { method: 'POST' }).then(
    (response) => response.body?.cancel().then(() => true),
    () => false,
  );

/** @returns {Promise<number>} */
async function freePort() {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** @param {() => number | undefined} pid */
function observed(pid) {
  const read = (/** @type {string} */ file, /** @type {RegExp} */ pattern) => {
    try {
      const found = readFileSync(`/proc/${pid()}/${file}`, 'utf8').match(pattern);
      return found?.slice(1).reduce((sum, part) => sum + Number(part), 0);
    } catch {
      // The system has no /proc.
      return undefined;
    }
  };
  const times = (/** @type {number | undefined} */ value, /** @type {number} */ unit) =>
    value === undefined ? undefined : value * unit;
  return {
    memory: () => times(read('status', /^VmRSS:\s+(\d+) kB$/m), 1024),
    // Fields 14 and 15 of proc_pid_stat(5), counted from the closing bracket of the name, in ticks of 10 ms.
    cpu: () => times(read('stat', /\) \S+(?: \S+){10} (\d+) (\d+) /), 1e7),
  };
}

/** Returns the newest child process with this name. @param {string} name */
function childNamed(name) {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return children.map(Number).findLast((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name);
  } catch {
    return undefined;
  }
}
