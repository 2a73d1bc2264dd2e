/** Facts and presence in a SQLite file of this machine, for Node (22.13 or newer) and Deno. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { FACTS_SQL } from './facts.sql.js';
import { migrate } from './sqlite-migrations.js';
import { type FactsRow, type Store, StoreFault } from './store.js';

/** Milliseconds to wait for another process's lock, below those after which the endpoint gives up a store. */
const BUSY_TIMEOUT = 1000;

/** A store that is open until it is closed. */
export interface SqliteStore extends Store {
  /** Closes the file; whatever is asked afterwards rejects. */
  close(): void;
}

/**
 * Opens a SQLite file, makes it if it isn't there, and brings its tables up to the package's `migrations/`. `:memory:`
 * is a database that ends with the process. Throws a `StoreFault` if the file cannot be used.
 */
export function sqliteStore(path: string): SqliteStore {
  const database = open(path);
  const facts = database.prepare(FACTS_SQL);
  const moved = watch(path);

  /** A file that was deleted or replaced would still answer, with permissions of the past. */
  function check(): void {
    if (moved()) throw new StoreFault('the database file is gone');
  }

  return {
    async facts({ userId, tokenId, channelId, groupId, identity }) {
      check();
      const row = facts.get(userId, tokenId, channelId, identity, groupId) as unknown as FactsRow & { actions: string };
      return { ...row, actions: JSON.parse(row.actions) };
    },
    close: () => database.close(),
  };
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // SQLite takes no name for a database that nobody will find again.
    if (path === '') throw new Error('no path is given');
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;`);
    const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
    if (health !== 'ok') throw new Error('it is damaged');
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : 'for an unknown reason';
    throw new StoreFault('the database file cannot be used', `The SQLite database ${path} cannot be used: ${why}`);
  }
}

/** Tells whether a path no longer leads to the file that it leads to now. */
function watch(path: string): () => boolean {
  if (path === ':memory:') return () => false;
  const identity = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const opened = identity();
  return () => identity() !== opened;
}
