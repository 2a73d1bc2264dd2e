/**
 * A store in a local SQLite file, for Node (22.13 or newer) and Deno.
 *
 * @module livekit-edge/stores/sqlite
 */

import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { factsSql, LAYOUT_SQL } from './facts.sql.js';
import { newLayouts } from './layouts.js';
import { factsRow, sqliteFault, toLayout } from './sqlite-answers.js';
import { sqliteMethods } from './sqlite-methods.js';
import { migrate, transaction } from './sqlite-migrations.js';
import { checkPages, type Prepared, prepareStatements } from './sqlite-statements.js';
import { type Store, StoreFault } from './store.js';

/** Milliseconds to wait for another process's lock, less than the endpoint's timeout of a store. */
const BUSY_TIMEOUT = 1000;

/** A store that must be closed. */
export interface SqliteStore extends Store {
  /** Closes the file. Later calls reject. */
  close(): void;
}

/**
 * Opens a SQLite file, or creates it, and applies the migrations of the package. `:memory:` is a database in memory.
 * Throws a `StoreFault` if the file cannot be used.
 */
export function sqliteStore(path: string): SqliteStore {
  const { database, prepared } = open(path);
  const moved = watch(path);
  const layouts = newLayouts(factsSql);
  let closed = false;

  /**
   * Queries the file. Rejects if the file was deleted or replaced, because the open file would still return old
   * permissions.
   */
  async function ask<Answer>(question: () => Answer): Promise<Answer> {
    if (closed) throw new StoreFault('the store is closed');
    if (moved()) throw new StoreFault('the database file is gone');
    try {
      return question();
    } catch (error) {
      throw sqliteFault(error);
    }
  }

  return {
    async facts({ userId, tokenId, sessionId, channelId, groupId, identity }) {
      const values = [userId, tokenId, channelId, identity, groupId, sessionId ?? null];
      return layouts({
        facts: (sql) => ask(() => factsRow(prepared(sql).get(values))),
        layout: () => ask(() => toLayout(prepared(LAYOUT_SQL).get([]))),
      });
    },
    ...sqliteMethods({
      all: ({ sql, values }) => ask(() => prepared(sql).all(values)),
      transaction: (statements) =>
        ask(() => {
          let rows: unknown[] = [];
          transaction(database, () => {
            for (const { sql, values } of statements) rows = prepared(sql).all(values);
          });
          return rows;
        }),
    }),
    close() {
      if (!closed) database.close();
      closed = true;
    },
  };
}

interface Open {
  readonly database: DatabaseSync;
  readonly prepared: Prepared;
}

function open(path: string): Open {
  let database: DatabaseSync | undefined;
  try {
    // SQLite would open a temporary database for an empty path.
    if (path === '') throw new Error('no path is given');
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA foreign_keys = ON;`);
    const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: unknown };
    // A commit does not wait for the disk. With a write-ahead log, a power cut loses the last changes of presence but
    // does not corrupt the file, which other journal modes would not guarantee.
    if (mode === 'wal') database.exec('PRAGMA synchronous = NORMAL');
    checkPages(database);
    migrate(database);
    return { database, prepared: prepareStatements(database) };
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : 'for an unknown reason';
    throw new StoreFault('the database file cannot be used', `The SQLite database ${path} cannot be used: ${why}`);
  }
}

/**
 * Returns a function that returns true after the file at the path was replaced or deleted. It checks at most once in
 * each turn of the event loop.
 */
function watch(path: string): () => boolean {
  if (path === ':memory:') return () => false;
  const identity = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const opened = identity();
  let seen: boolean | undefined;
  const forget = () => {
    seen = undefined;
  };
  return () => {
    if (seen === undefined) {
      seen = identity() !== opened;
      setImmediate(forget);
    }
    return seen;
  };
}
