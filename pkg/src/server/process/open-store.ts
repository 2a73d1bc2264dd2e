/** Opens the store of a process: PostgreSQL if `DATABASE_URL` is set, else a SQLite file. */

import type { ProcessFeeds } from '../presence/feeds.js';
import { memoryFeeds } from '../presence/local-feeds.js';
import { parsedDatabaseUrl } from '../stores/database-url.js';
import type { Store } from '../stores/store.js';
import { Problem } from './problem.js';

/** Default of `SQLITE_PATH`. */
const DEFAULT_PATH = 'livekit-edge.sqlite';

/** A store that can be closed. */
export type OpenStore = Store & {
  /** Closes the connections or the file. */
  close(): void | Promise<void>;
};

/**
 * Opens the store of `DATABASE_URL` or `SQLITE_PATH`. A missing SQLite file is created; an unusable one is an error.
 * PostgreSQL need not be reachable yet. Each engine is imported only if it is used, because the package `postgres` is
 * optional, and not every runtime has SQLite.
 */
export async function openStore(env: object): Promise<OpenStore> {
  const { url, path } = chooseDatabase(env);
  if (url !== undefined) return openPostgres(url);
  const { sqliteStore } = await import('../stores/sqlite.js').catch(refuseWithoutSqlite);
  return sqliteStore(path);
}

/** Returns the database in the settings: the URL of a PostgreSQL database, else the path of a SQLite file. */
export function chooseDatabase(env: object): { url: string; path?: never } | { url?: never; path: string } {
  const { DATABASE_URL, SQLITE_PATH } = env as Record<string, string | undefined>;
  const url = DATABASE_URL?.trim();
  return url ? { url } : { path: SQLITE_PATH?.trim() || DEFAULT_PATH };
}

/** Throws the error for a runtime without `node:sqlite`. */
export function refuseWithoutSqlite(): never {
  throw new Problem('This runtime has no SQLite: use Node 22.13 or newer, Deno 2.2 or newer, or set DATABASE_URL');
}

/** Opens the presence feeds: shared by all processes on PostgreSQL, else of this process only. */
export async function openFeeds(env: object): Promise<ProcessFeeds> {
  const { url } = chooseDatabase(env);
  return url === undefined ? memoryFeeds() : (await importPostgres()).postgresFeeds(url);
}

async function openPostgres(url: string): Promise<OpenStore> {
  // Checked first, because installing the package would not help with an invalid URL.
  parsedDatabaseUrl(url);
  return (await importPostgres()).postgresStore(url);
}

const importPostgres = () =>
  import('../stores/postgres.js').catch(() => {
    throw new Problem("DATABASE_URL is set, and the package 'postgres' is not installed: npm install postgres");
  });
