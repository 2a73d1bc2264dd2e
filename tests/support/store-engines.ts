/** The stores as the tests of them see them: each on a database of its own with the demo data in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import { postgresStore } from 'livekit-edge/stores/postgres';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { startWorker } from './d1.ts';
import { type Database, d1Database, postgresDatabase, sqliteDatabase } from './database.ts';
import { supportScript } from './endpoint.ts';
import { createTables, loadDemoData, startPostgres } from './postgres/server.mjs';
import { dropTables, loadDemo } from './sqlite-file.ts';

/** A store under test. */
export interface Engine {
  store: Required<Store>;
  database: Database;
  /** How many random cases its speed allows. */
  runs: number;
  /** Of all orders of a scenario, every how manieth is tried. */
  everyOrder: number;
  /** Stores that cannot answer, each with the name that its error has to have, if any in particular. */
  broken(): Promise<{ what: string; store: Store; name?: string }[]>;
  stop(): Promise<void>;
}

const everything = (store: Store) => store as Required<Store>;

/** A D1 database in the Workers runtime, asked from here. */
export async function d1Engine(): Promise<Engine> {
  const entry = supportScript('empty-worker.ts');
  const worker = await startWorker({ entry });
  const empty = await startWorker({ entry, migrate: false, demo: false });
  return {
    store: everything(d1Store(worker.db)),
    database: d1Database(worker.db),
    runs: 30,
    // The SQL is that of SQLite, where all orders are tried, and the way to it from here is long.
    everyOrder: 7,
    async broken() {
      const gone = await startWorker({ entry });
      await gone.stop();
      return [
        { what: 'no database', store: d1Store(undefined), name: 'no database is bound' },
        { what: 'no tables', store: d1Store(empty.db), name: 'tables are missing' },
        { what: 'a database that is gone', store: d1Store(gone.db) },
      ];
    },
    async stop() {
      await empty.stop();
      await worker.stop();
    },
  };
}

/** A SQLite file. */
export async function sqliteEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-sqlite-'));
  const path = join(folder, 'test.db');
  const store = sqliteStore(path);
  const database = sqliteDatabase(path);
  loadDemo(path);
  const empty = sqliteStore(join(folder, 'empty.db'));
  return {
    store: everything(store),
    database,
    runs: 200,
    everyOrder: 1,
    async broken() {
      dropTables(join(folder, 'empty.db'));
      const closed = sqliteStore(join(folder, 'closed.db'));
      closed.close();
      closed.close();
      const gone = sqliteStore(join(folder, 'gone.db'));
      rmSync(join(folder, 'gone.db'));
      return [
        { what: 'no tables', store: empty, name: 'tables are missing' },
        { what: 'a closed store', store: closed, name: 'the store is closed' },
        { what: 'a file that is gone', store: gone, name: 'the database file is gone' },
      ];
    },
    async stop() {
      empty.close();
      store.close();
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A PostgreSQL server, or a database of one that runs. */
export async function postgresEngine(): Promise<Engine> {
  const server = await startPostgres();
  await createTables(server.url);
  await loadDemoData(server.url);
  const store = postgresStore(server.url);
  const database = postgresDatabase(server.url);
  const empty = postgresStore(await server.createDatabase('empty'));
  return {
    store: everything(store),
    database,
    runs: 60,
    everyOrder: 1,
    async broken() {
      const closed = postgresStore(server.url);
      await closed.close();
      const nobody = postgresStore('postgres://postgres@127.0.0.1:1/postgres');
      const noDatabase = postgresStore(new URL('/nothing', server.url).href);
      return [
        { what: 'no tables', store: empty, name: 'tables are missing' },
        { what: 'a closed store', store: closed, name: 'the store is closed' },
        { what: 'no server', store: nobody, name: 'the database cannot be reached' },
        { what: 'no database', store: noDatabase, name: 'SQLSTATE 3D000' },
      ];
    },
    async stop() {
      await Promise.all([store.close(), empty.close(), database.close()]);
      await server.stop();
    },
  };
}
