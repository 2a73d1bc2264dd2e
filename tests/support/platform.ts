/** The platforms of the endpoint, as its tests see them: where it runs, and on which database. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import postgres from 'postgres';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { dataFolder } from '../../scripts/lib/paths.mjs';
import { startProcess } from '../../scripts/process.mjs';
import { type Database, d1Database, postgresDatabase, sqliteDatabase } from './database.ts';
import { createDatabase, createTables, loadDemoData, startPostgres } from './postgres/server.mjs';
import { dropTables, loadDemo } from './sqlite-file.ts';

/** What the endpoint starts with. */
export interface Start {
  /** Its settings; the demo's unless set. */
  bindings?: Record<string, string>;
  /** Whether the database has tables. */
  migrate?: boolean;
  /** Whether they have the demo data in them. */
  demo?: boolean;
  /** A `…-worker.ts` of tests/support to run instead of the deployable Worker; processes run the `…-process.ts` beside it. */
  entry?: string;
  /** Requests a minute; any number unless set: tests send thousands from one address. */
  limits?: { user?: number; address?: number };
  /** Gets each line of the log. */
  log: (line: string) => void;
}

/** An endpoint that runs. */
export interface Host {
  url: string;
  database: Database;
  /** Runs SQL that the engine understands; parameters are `?`, for PostgreSQL `$1`. */
  sql(sql: string, ...values: (string | number | null)[]): Promise<void>;
  /** Where the database is, if it is a PostgreSQL. */
  databaseUrl?: string;
  stop(): Promise<unknown>;
}

const PLATFORMS = {
  'workerd-d1': startOnWorkerd,
  'deno-sqlite': (start: Start) => startOnSqlite('deno', start),
  'node-sqlite': (start: Start) => startOnSqlite('node', start),
  'node-postgres': startOnPostgres,
};

export type Platform = keyof typeof PLATFORMS;

/** The platform that this run is about: `LIVEKIT_EDGE_PLATFORM`, of which each is a gate of `npm test`. */
export const platform = (process.env['LIVEKIT_EDGE_PLATFORM'] || 'workerd-d1') as Platform;

/** Starts the endpoint on the platform of this run. */
export function startHost(start: Start): Promise<Host> {
  const starter = PLATFORMS[platform];
  if (starter === undefined)
    throw new Error(`LIVEKIT_EDGE_PLATFORM must be one of ${Object.keys(PLATFORMS)}: ${platform}`);
  return starter(start);
}

async function startOnWorkerd({ log, limits: { user, address } = {}, ...start }: Start): Promise<Host> {
  const rateLimits = {
    ...(user === undefined ? {} : { RATE_LIMIT_USER: user }),
    ...(address === undefined ? {} : { RATE_LIMIT_ADDRESS: address }),
  };
  const print = ({ message }: { message: string }) => log(message);
  // Not imported before: Miniflare takes a third of a second, on platforms that do not need it too.
  const { startWorker } = await import('./d1.ts');
  const { url, db, stop } = await startWorker({ ...start, rateLimits, log: print });
  const sql = async (sql: string, ...values: unknown[]) => {
    await db
      .prepare(sql)
      .bind(...values)
      .run();
  };
  return { url, database: d1Database(db), sql, stop };
}

async function startOnSqlite(runtime: 'node' | 'deno', start: Start): Promise<Host> {
  mkdirSync(dataFolder, { recursive: true });
  const folder = mkdtempSync(join(dataFolder, 'platform-'));
  const path = join(folder, 'test.sqlite');
  const server = await startServer(runtime, start, { SQLITE_PATH: path }, folder);
  if (start.demo !== false) loadDemo(path);
  // The store creates its tables when it is opened.
  if (start.migrate === false) dropTables(path);
  const database = sqliteDatabase(path);
  const raw = new DatabaseSync(path);
  return {
    url: server.url,
    database,
    sql: async (sql, ...values) => void raw.prepare(sql).run(...values),
    async stop() {
      await server.stop();
      database.close();
      raw.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The address of a PostgreSQL that all test files of a run share, if there is one (`shared-postgres.ts`). */
export const SHARED_POSTGRES = 'LIVEKIT_EDGE_TEST_POSTGRES';

let postgresUrl: Promise<string> | undefined;
let databases = 0;

/** That of all test files, or else one of this file's own, which ends with the process. */
const postgresServer = async () => process.env[SHARED_POSTGRES] ?? (await startPostgres()).url;

async function startOnPostgres(start: Start): Promise<Host> {
  postgresUrl ??= postgresServer();
  databases += 1;
  const address = await createDatabase(await postgresUrl, `test_${process.pid}_${databases}`);
  if (start.migrate !== false) await createTables(address);
  if (start.demo !== false) await loadDemoData(address);
  const server = await startServer('node', start, { DATABASE_URL: address });
  const database = postgresDatabase(address);
  const raw = postgres(address, { max: 1, fetch_types: false, onnotice: () => {} });
  return {
    url: server.url,
    databaseUrl: address,
    database,
    sql: async (sql, ...values) => void (await raw.unsafe(sql, values)),
    async stop() {
      await Promise.all([server.stop(), database.close(), raw.end()]);
    },
  };
}

const startServer = (
  runtime: 'node' | 'deno',
  { bindings = demoSettings, limits: { user = 0, address = 0 } = {}, entry, log }: Start,
  store: Record<string, string>,
  folder?: string,
) =>
  startProcess({
    runtime,
    env: {
      RATE_LIMIT_PER_USER: `${user}`,
      RATE_LIMIT_PER_ADDRESS: `${address}`,
      ...bindings,
      ...store,
      HOST: '127.0.0.1',
      PORT: '0',
    },
    log,
    ...(folder === undefined ? {} : { folder }),
    ...(entry === undefined ? {} : { entry: entry.replace(/-worker\.ts$/, '-process.ts') }),
  });
