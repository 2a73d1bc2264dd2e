// Where the dev server can run: each with a database of its own that keeps the demo data between runs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { demoStatements } from '../demo-data.mjs';
import { startProcess } from '../process.mjs';
import { startWorker } from '../worker.mjs';

/**
 * @typedef {object} Start
 * @property {number} port
 * @property {Record<string, string>} settings
 * @property {string} folder for the database
 *
 * @typedef {{ name: string, start: (start: Start) => Promise<{ url: string, stop: () => Promise<unknown>, ended?: Promise<number> }> }} Platform
 */

/** @type {Record<string, Platform>} */
export const platforms = {
  workerd: {
    name: 'the Cloudflare Workers runtime with a D1 database',
    start: ({ port, settings, folder }) => startWorker({ port, bindings: settings, persist: folder, log: print }),
  },
  node: {
    name: 'Node with a SQLite file',
    start: (start) => startWithFile('node', start),
  },
  deno: {
    name: 'Deno with a SQLite file',
    start: (start) => startWithFile('deno', start),
  },
};

/** The Worker's lines keep their level by going where a Worker's console goes. @param {import('../worker.mjs').WorkerLog} line */
function print({ level, message }) {
  const stream = level === 'error' || level === 'warn' ? process.stderr : process.stdout;
  stream.write(`${message}\n`);
}

/**
 * @param {'node' | 'deno'} runtime
 * @param {Start} start
 */
async function startWithFile(runtime, { port, settings, folder }) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `livekit-edge-${runtime}.sqlite`);
  await loadDemo(path);
  const env = { ...settings, HOST: '127.0.0.1', PORT: `${port}`, SQLITE_PATH: path };
  return startProcess({ runtime, env, folder, log: (line) => process.stdout.write(`${line}\n`) });
}

/** @param {string} path */
async function loadDemo(path) {
  // The store itself makes the tables. It is there only after the set-up has compiled it.
  const { sqliteStore } = await import('livekit-edge/stores/sqlite');
  sqliteStore(path).close();
  const db = new DatabaseSync(path);
  for (const { sql, values } of demoStatements()) db.prepare(sql).run(...values);
  db.close();
}
