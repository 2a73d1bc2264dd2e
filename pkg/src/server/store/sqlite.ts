/** Facts and presence in a SQLite file of this machine, for Node (22.13 or newer) and Deno. */
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FACTS_SQL } from './facts.sql.js';
import { MUTE_SQL, PRESENCE_SQL, presenceStatements } from './presence.sql.js';
import { factsRow, sqliteFault } from './sqlite-answers.js';
import { migrate, transaction } from './sqlite-migrations.js';
import { type PresenceRow, type Store, StoreFault } from './store.js';

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
  const { database, prepared } = open(path);
  const moved = watch(path);
  let closed = false;

  /** A file that was deleted or replaced would still answer, with permissions of the past. */
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
    async facts({ userId, tokenId, channelId, groupId, identity }) {
      return factsRow(await ask(() => prepared(FACTS_SQL).get(named(userId, tokenId, channelId, identity, groupId))));
    },
    async applyPresence(change) {
      const statements = presenceStatements(change, Math.floor(Date.now() / 1000));
      await ask(() =>
        transaction(database, () => {
          for (const { sql, values } of statements) prepared(sql).run(named(...values));
        }),
      );
    },
    async presence(room) {
      const rows = await ask(() => prepared(PRESENCE_SQL).all(named(room)));
      return rows.map((row) => ({ ...row }) as unknown as PresenceRow);
    },
    async setServerMuted(room, identity, isServerMuted) {
      await ask(() => prepared(MUTE_SQL).run(named(room, identity, Number(isServerMuted))));
    },
    close() {
      if (!closed) database.close();
      closed = true;
    },
  };
}

interface Open {
  database: DatabaseSync;
  /** A statement, prepared when it is first asked for. */
  prepared(sql: string): StatementSync;
}

function open(path: string): Open {
  let database: DatabaseSync | undefined;
  try {
    // SQLite takes no name for a database that nobody will find again.
    if (path === '') throw new Error('no path is given');
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;`);
    const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
    if (health !== 'ok') throw new Error('it is damaged');
    migrate(database);
    const prepared = preparer(database);
    // Tables of another shape are an operator's mistake to hear of now.
    for (const sql of [FACTS_SQL, PRESENCE_SQL, MUTE_SQL]) prepared(sql);
    return { database, prepared };
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : 'for an unknown reason';
    throw new StoreFault('the database file cannot be used', `The SQLite database ${path} cannot be used: ${why}`);
  }
}

function preparer(database: DatabaseSync): Open['prepared'] {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql.replaceAll(/\?(\d)/g, ':v$1'));
    statements.set(sql, statement);
    return statement;
  };
}

/** The parameters `?1`, `?2`, … under names, since Node 22 takes no numbers. */
function named(...values: (string | number | null)[]): Record<string, string | number | null> {
  return Object.fromEntries(values.map((value, index) => [`v${index + 1}`, value]));
}

/**
 * Tells whether a path no longer leads to the file that it leads to now. What is asked in one turn of the event loop is
 * answered by one look.
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
