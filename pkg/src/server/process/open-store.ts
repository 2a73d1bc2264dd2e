/** settings → the store of a process: PostgreSQL where `DATABASE_URL` is set, else a SQLite file. */

import { parsedDatabaseUrl } from '../stores/database-url.js';
import type { Store } from '../stores/store.js';
import { Problem } from './problem.js';

/** The default of `SQLITE_PATH`. */
const DEFAULT_PATH = 'livekit-edge.sqlite';

/** A store that can be closed. */
export type OpenStore = Store & {
  /** Closes its connections or its file. */
  close(): void | Promise<void>;
};

/**
 * Opens the store that `DATABASE_URL` or `SQLITE_PATH` names. A missing SQLite file is created; an unusable one is an error. A
 * PostgreSQL may be down. Each engine is imported only if it is used: the package `postgres` is optional, and not every
 * runtime has SQLite.
 */
export async function openStore(env: object): Promise<OpenStore> {
  const { url, path } = databaseOf(env);
  if (url !== undefined) return openPostgres(url);
  const { sqliteStore } = await import('../stores/sqlite.js').catch(refuseWithoutSqlite);
  return sqliteStore(path);
}

/** The database that the settings name: the URL of a PostgreSQL, or else the path of a SQLite file. */
export function databaseOf(env: object): { url: string; path?: never } | { url?: never; path: string } {
  const { DATABASE_URL, SQLITE_PATH } = env as Record<string, string | undefined>;
  const url = DATABASE_URL?.trim();
  return url ? { url } : { path: SQLITE_PATH?.trim() || DEFAULT_PATH };
}

/** What to do where `node:sqlite` cannot be imported. */
export function refuseWithoutSqlite(): never {
  throw new Problem('This runtime has no SQLite: use Node 22.13 or newer, Deno 2.2 or newer, or set DATABASE_URL');
}

async function openPostgres(url: string): Promise<OpenStore> {
  // Before the package is imported: it would not help with the address of another database.
  parsedDatabaseUrl(url);
  const { postgresStore } = await import('../stores/postgres.js').catch(() => {
    throw new Problem("DATABASE_URL is set, and the package 'postgres' is not installed: npm install postgres");
  });
  return postgresStore(url);
}
