// Starts a PostgreSQL of its own for the tests: in a temporary folder, on 127.0.0.1, gone when its starter is.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { demoRows } from '../../../scripts/demo-data.mjs';
import { onPath, root } from '../../../scripts/lib/paths.mjs';
import { Problem } from '../../../scripts/lib/problem.mjs';
import { aptInstall } from '../../../scripts/machine/apt.mjs';
import { freePort } from '../../../scripts/serve/port.mjs';
import { keep } from '../keep.mjs';
import { replaceRow } from './rows.mjs';

const SCHEMA = join(root, 'pkg', 'postgres');
const DEBIAN = '/usr/lib/postgresql';
const HOST = '127.0.0.1';
const USER = 'postgres';
const ATTEMPTS = 3;

/** Nothing here has to survive a power cut. Errors of queries are checked by tests and not logged. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  shared_buffers: '16MB',
  // Test files that share it have dozens each.
  max_connections: '300',
  lc_messages: 'C',
  log_min_messages: 'log',
};

/**
 * @typedef {object} PostgresServer
 * @property {string} url of an empty database
 * @property {(name: string) => Promise<string>} createDatabase makes another and returns its address
 * @property {() => Promise<void>} stop ends the server and removes its folder
 */

/**
 * The server ends with this process, however that ends.
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres() {
  const programs = await programsFolder();
  // Another process may listen on the port before PostgreSQL does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(programs, await freePort(0, ''));
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * @param {string} programs
 * @param {number} port
 * @returns {Promise<PostgresServer>}
 */
async function start(programs, port) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-postgres-'));
  // Other users of this machine can reach the port, too.
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const identity = unprivileged();
  if (identity) for (const path of [folder, passwordFile]) chownSync(path, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const make = `--pgdata ${data} --username ${USER} --pwfile ${passwordFile} --auth=scram-sha-256 --encoding=UTF8 --locale=C`;
  const settings = Object.entries(SETTINGS).map(([name, value]) => `-c ${name}='${value}'`);
  const script = `cd ${folder} && "$0"/initdb ${make} --no-sync && exec "$0"/postgres -D ${data} -p ${port} ${settings.join(' ')}`;
  const { stop } = await keep({
    title: 'PostgreSQL',
    program: '/bin/sh',
    args: ['-c', script, programs],
    env: process.env,
    // Immediate shutdown: the data is deleted anyway.
    keeping: { ...identity, signal: 'SIGQUIT', remove: folder },
    isReady: (log) => log.includes('ready to accept connections'),
  });
  const url = `postgres://${USER}:${password}@${HOST}:${port}/${USER}`;
  return {
    url,
    stop,
    createDatabase: (name) => createDatabase(url, name),
  };
}

/**
 * Makes an empty database in a server, and returns its address.
 * @param {string} url
 * @param {string} name
 */
export async function createDatabase(url, name) {
  await withDatabase(url, (sql) => sql.unsafe(`CREATE DATABASE "${name}"`));
  return new URL(`/${name}`, url).href;
}

/**
 * Makes the tables of pkg/postgres in an empty database.
 * @param {string} url
 */
export async function createTables(url) {
  const names = readdirSync(SCHEMA).filter((name) => name.endsWith('.sql'));
  await withDatabase(url, async (sql) => {
    for (const name of names.sort()) await sql.unsafe(readFileSync(join(SCHEMA, name), 'utf8'));
  });
}

/**
 * Loads demo-data.json into a database that has the tables.
 * @param {string} url
 */
export async function loadDemoData(url) {
  const statements = demoRows().flatMap(({ table, row }) => replaceRow(table, row));
  await withDatabase(url, (sql) =>
    sql.begin(async (transaction) => {
      for (const { sql: text, values } of statements) await transaction.unsafe(text, values);
    }),
  );
}

/**
 * @template Result
 * @param {string} url
 * @param {(sql: import('postgres').Sql) => PromiseLike<Result>} work
 */
async function withDatabase(url, work) {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Where `initdb` and `postgres` are, installed from Debian if need be. */
async function programsFolder() {
  const reason = findPrograms() ? undefined : await aptInstall(['postgresql']);
  const folder = findPrograms();
  if (folder !== undefined) return folder;
  throw new Problem(`The tests need PostgreSQL's programs initdb and postgres on PATH: install them (${reason}).`);
}

/** On PATH, or where Debian hides them, the newest. */
function findPrograms() {
  const found = onPath('initdb');
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(found ? [dirname(found)] : []), ...versions.map((version) => join(DEBIAN, version, 'bin'))];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root: the user that Debian's package makes, or else nobody. */
function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  const id = (/** @type {string} */ option, /** @type {string} */ name) =>
    Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of [USER, 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // There is no such user here.
    }
  }
  throw new Problem('PostgreSQL does not run as root, and there is neither a user postgres nor nobody.');
}
