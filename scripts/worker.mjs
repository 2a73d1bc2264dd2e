// Runs the Cloudflare entry in the real Workers runtime with a local D1 database: the dev server and the tests alike.
import { Log, LogLevel, Miniflare } from 'miniflare';
import { demoSettings, demoStatements } from './demo-data.mjs';
import { root } from './lib/paths.mjs';
import { bundleWorker, MAIN_MODULE } from './serve/bundle.mjs';
import { applyMigrations } from './serve/migrations.mjs';

/** Not newer than the workerd that package.json pins; the one place that says it. */
export const COMPATIBILITY_DATE = '2026-10-01';

const HOST = '127.0.0.1';
const NAME = 'livekit-edge';
/** The Durable Object of those who watch presence, which is bound if the script exports it. */
const PRESENCE_ROOM = 'PresenceRoom';

/**
 * @typedef {{ level: string, message: string, timestamp: number }} WorkerLog one console line of the Worker
 *
 * @typedef {object} WorkerOptions
 * @property {number} [port] 0 for a free one
 * @property {Record<string, string>} [bindings] the Worker's vars; the demo's if not given
 * @property {string | undefined} [persist] a folder for the database; in memory if not given
 * @property {boolean} [migrate] apply pkg/migrations
 * @property {boolean} [demo] load demo-data.json
 * @property {Record<string, number>} [rateLimits] rate-limit bindings by name: requests a minute; none if not given
 * @property {(line: WorkerLog) => void} [log] gets what the Worker writes to its console; dropped if not given
 * @property {(config: object) => object[]} [beside] more Workers, from the configuration of this one: `mf.getWorker(name)`
 * @property {string} [entry] another script to run than pkg/dist/cloudflare.js
 */

/** @param {WorkerOptions} [options] */
export async function startWorker(options = {}) {
  const { port = 0, bindings = demoSettings, rateLimits = {}, persist, migrate = true, demo = true } = options;
  const { log = () => {}, entry, beside = () => [] } = options;
  const { code, wasm, exports } = await bundleWorker(entry);
  const vars = mapValues(bindings, (value) => ({ type: 'text', value }));
  const limits = mapValues(rateLimits, (limit, name) => ({
    type: 'rate-limit',
    namespace: name,
    simple: { limit, period: 60 },
  }));
  const object = { type: 'durable-object', worker: NAME, exportName: PRESENCE_ROOM };
  const hasObject = exports.includes(PRESENCE_ROOM);
  const config = {
    compatibilityDate: COMPATIBILITY_DATE,
    manifest: {
      mainModule: MAIN_MODULE,
      modulesRoot: root,
      modules: {
        [MAIN_MODULE]: { type: 'esm', contents: code },
        ...mapValues(wasm, (contents) => ({ type: 'wasm', contents })),
      },
    },
    env: { ...vars, ...limits, DB: { type: 'd1', id: NAME }, ...(hasObject ? { PRESENCE_ROOM: object } : {}) },
  };
  const first = hasObject ? { exports: { [PRESENCE_ROOM]: { type: 'durable-object', storage: 'sqlite' } } } : {};
  const workers = [{ ...config, ...first, name: NAME }, ...beside(config)];
  const mf = new Miniflare({
    host: HOST,
    port,
    // Otherwise Miniflare fetches the location of this machine.
    cf: false,
    telemetry: { enabled: false },
    logRequests: false,
    log: new Log(LogLevel.WARN),
    handleStructuredLogs: log,
    ...(persist === undefined ? {} : { resourcePersistencePath: persist }),
    workers: /** @type {any} */ (workers.map((config) => ({ config }))),
  });
  const stop = () => mf.dispose();
  try {
    const url = (await mf.ready).origin;
    /** @type {import('@cloudflare/workers-types').D1Database} */
    const db = await mf.getD1Database('DB');
    if (migrate) await applyMigrations(db);
    if (demo) await db.batch(demoStatements().map(({ sql, values }) => db.prepare(sql).bind(...values)));
    return { url, mf, db, stop };
  } catch (error) {
    // Without this a failed start would leave its workerd running.
    await stop();
    throw error;
  }
}

/**
 * @template Value
 * @param {Record<string, Value>} object
 * @param {(value: Value, name: string) => unknown} change
 */
const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
