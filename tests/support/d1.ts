/** A D1 database in the Workers runtime, asked with one request for each batch. Miniflare's own client sends two synchronous requests for each statement. */
import type { D1Database, D1Result } from '@cloudflare/workers-types';
import type { Miniflare } from 'miniflare';
import { startWorker as start, type WorkerOptions } from '../../scripts/worker.mjs';

const NAME = 'sql';
const MODULE = 'sql.js';
/** Runs a batch on the database that it shares with the Worker under test. */
const SCRIPT = `export default {
  async fetch(request, { DB }) {
    const statements = await request.json();
    try {
      return Response.json(await DB.batch(statements.map(({ sql, values }) => DB.prepare(sql).bind(...values))));
    } catch ({ message }) {
      return Response.json(message, { status: 500 });
    }
  },
}`;
const manifest = { mainModule: MODULE, modules: { [MODULE]: { type: 'esm', contents: SCRIPT } } };

interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Prepared extends Statement {
  bind(...values: unknown[]): Prepared;
  first(): Promise<unknown>;
  run(): Promise<D1Result<unknown>>;
  all(): Promise<D1Result<unknown>>;
}

/** Starts a Worker whose `db` sends each batch in one request. */
export async function startWorker(options: Omit<WorkerOptions, 'beside'> = {}) {
  const worker = await start({ ...options, beside: (config) => [{ ...config, name: NAME, manifest }] });
  return { ...worker, db: await databaseOf(worker.mf) };
}

const isValue = (value: unknown) => value === null || typeof value === 'string' || Number.isFinite(value);

/** The part of D1's interface that stores and tests use. */
async function databaseOf(mf: Miniflare): Promise<D1Database> {
  const worker = await mf.getWorker(NAME);
  async function batch(statements: readonly Statement[]): Promise<D1Result<unknown>[]> {
    const response = await worker.fetch('http://sql/', { method: 'POST', body: JSON.stringify(statements) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer}`);
    return answer as D1Result<unknown>[];
  }
  const prepare = (sql: string, values: readonly unknown[] = []): Prepared => {
    const run = async () => (await batch([{ sql, values }]))[0] as D1Result<unknown>;
    const first = async () => (await run()).results[0] ?? null;
    const bind = (...bound: unknown[]) => {
      // As in D1: JSON would make null of it.
      if (!bound.every(isValue)) throw new Error('D1_TYPE_ERROR: a value is neither a string, a number nor null');
      return prepare(sql, bound);
    };
    return { sql, values, bind, first, run, all: run };
  };
  return { prepare, batch } as unknown as D1Database;
}
