// Starts a PostgreSQL of its own for the tests: in a temporary folder, on 127.0.0.1, gone when its starter is.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { demoRows } from './demo-data.mjs';
import { onPath, root } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { mustRun, run } from './lib/run.mjs';
import { replaceRow } from './postgres/rows.mjs';

const KEEPER = join(root, 'scripts', 'postgres', 'keeper.mjs');
const SCHEMA = join(root, 'pkg', 'postgres');
const DEBIAN = '/usr/lib/postgresql';
const PACKAGE = 'postgresql';
const APT_SECONDS = 300;

/**
 * @typedef {object} PostgresServer
 * @property {string} url of an empty database
 * @property {(name: string) => Promise<string>} createDatabase makes another and returns its address
 * @property {() => Promise<void>} stop ends the server and removes its folder
 */

/**
 * The server ends with this process, however that ends: it is kept by one of its own, which sees this one go.
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres() {
  const programs = programsFolder() ?? (await installPrograms());
  // In a process group of its own: Ctrl-C in a terminal must not end the keeper before it has cleaned up.
  const keeper = spawn(process.execPath, [KEEPER, programs], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let complaints = '';
  keeper.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => keeper.on('close', resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: keeper.stdout }).once('line', resolve);
    ended.then(() => reject(new Problem(`PostgreSQL did not start:\n${complaints.trimEnd()}`)));
  });
  // A process that does not stop it can still end.
  for (const handle of [keeper, keeper.stdin, keeper.stdout, keeper.stderr]) unref(handle);
  return {
    url,
    async createDatabase(name) {
      await withDatabase(url, (sql) => sql.unsafe(`CREATE DATABASE "${name}"`));
      return new URL(`/${name}`, url).href;
    },
    async stop() {
      keeper.ref();
      keeper.stdin.end();
      await ended;
    },
  };
}

/** @param {unknown} handle a pipe is a socket, though its type does not say so */
function unref(handle) {
  /** @type {{ unref?: () => void }} */ (handle).unref?.();
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

/** Where `initdb` and `postgres` are: on PATH, or where Debian hides them, the newest. */
function programsFolder() {
  const found = onPath('initdb');
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(found ? [dirname(found)] : []), ...versions.map((version) => join(DEBIAN, version, 'bin'))];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** @returns {Promise<string>} */
async function installPrograms() {
  const cure = `install PostgreSQL (on Debian: 'apt-get install ${PACKAGE}')`;
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    throw new Problem(`The tests of the PostgreSQL store need its programs initdb and postgres: ${cure}.`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A failed update leaves the lists as they were, which may be enough.
  await run('apt-get', ['update'], { env, seconds: APT_SECONDS });
  const sentence = `apt-get could not install ${PACKAGE}, which the tests of the PostgreSQL store need: ${cure}.`;
  await mustRun('apt-get', ['install', '-y', '--no-install-recommends', PACKAGE], sentence, {
    env,
    seconds: APT_SECONDS,
  });
  const folder = programsFolder();
  if (folder === undefined) throw new Problem(`Debian's ${PACKAGE} came without initdb and postgres: ${cure}.`);
  return folder;
}
