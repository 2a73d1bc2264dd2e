// Where the dev server can run: each with a database of its own that keeps the demo data between runs. Each loads what it
// needs when it starts: Miniflare alone takes a quarter of a second.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildPlayground } from '../../www/server/build.mjs';
import { playground } from '../../www/server/playground.mjs';
import { demoStatements } from '../demo-data.mjs';
import { root } from '../lib/paths.mjs';
import { startProcess } from '../process.mjs';

const HOST = '127.0.0.1';
const WWW = join(root, 'www', 'server');

/**
 * @typedef {object} Start
 * @property {number} port 0 for a free one
 * @property {Record<string, string>} settings
 * @property {string} folder for the database
 *
 * @typedef {{ url: string, stop: () => Promise<unknown>, ended?: Promise<number> }} DevServer
 */

/** @type {Record<string, { name: string, start: (start: Start) => Promise<DevServer> }>} */
export const platforms = {
  workerd: { name: 'the Cloudflare Workers runtime with a D1 database', start: startOnWorkerd },
  node: { name: 'Node with a SQLite file', start: startOnNode },
  deno: { name: 'Deno with a SQLite file', start: startOnDeno },
};

/**
 * Without a folder its database is in memory.
 * @param {Omit<Start, 'folder'> & { folder?: string, rateLimits?: Record<string, number> }} start
 */
export async function startOnWorkerd({ port, settings, folder, rateLimits = {} }) {
  const [{ startWorker }, files] = await Promise.all([import('../worker.mjs'), buildPlayground()]);
  const bindings = { ...settings, PLAYGROUND: JSON.stringify(files) };
  return startWorker({ port, bindings, persist: folder, rateLimits, log: print, entry: join(WWW, 'worker.mjs') });
}

/** A Worker's lines keep their level. @param {import('../worker.mjs').WorkerLog} line */
function print({ level, message }) {
  const stream = level === 'error' || level === 'warn' ? process.stderr : process.stdout;
  stream.write(`${message}\n`);
}

/** In this process. @param {Start} start @returns {Promise<DevServer>} */
async function startOnNode({ port, settings, folder }) {
  const { createApp, nodeHandler } = await import('livekit-edge/node');
  const endpoint = await createApp({ env: { ...settings, SQLITE_PATH: await loadDemo(folder, 'node') } });
  const server = createServer(nodeHandler(playground(endpoint, settings, await buildPlayground())));
  await once(server.listen(port, HOST), 'listening');
  const { port: chosen } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://${HOST}:${chosen}`, stop };
}

/** @param {Start} start @returns {Promise<DevServer>} */
async function startOnDeno({ port, settings, folder }) {
  const env = { ...settings, HOST, PORT: `${port}`, SQLITE_PATH: await loadDemo(folder, 'deno') };
  const PLAYGROUND = join(folder, 'playground.json');
  writeFileSync(PLAYGROUND, JSON.stringify(await buildPlayground()));
  return startProcess({
    runtime: 'deno',
    env: { ...env, PLAYGROUND },
    folder,
    entry: join(WWW, 'deno.mjs'),
    log: (line) => process.stdout.write(`${line}\n`),
  });
}

/**
 * Returns the path of a SQLite file with tables and demo data.
 * @param {string} folder
 * @param {string} runtime
 */
async function loadDemo(folder, runtime) {
  const { sqliteStore } = await import('livekit-edge/stores/sqlite');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `livekit-edge-${runtime}.sqlite`);
  // The store itself makes the tables.
  sqliteStore(path).close();
  const db = new DatabaseSync(path);
  for (const { sql, values } of demoStatements()) db.prepare(sql).run(...values);
  db.close();
  return path;
}
