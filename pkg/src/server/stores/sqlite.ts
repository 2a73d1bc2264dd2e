/**
 * Facts and presence in a SQLite file of this machine, for Node (22.13 or newer) and Deno.
 *
 * @module livekit-edge/stores/sqlite
 */
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { factsSql, LAYOUT_SQL } from './facts.sql.js';
import { newLayouts, WHOLE_LAYOUT } from './layouts.js';
import { MUTE_SQL, muteValues, PRESENCE_SQL, pageValues, presenceStatements } from './presence.sql.js';
import { factsRow, layoutOf, sqliteFault } from './sqlite-answers.js';
import { migrate, transaction } from './sqlite-migrations.js';
import { type PresenceRow, type Store, StoreFault } from './store.js';

/** Milliseconds to wait for another process's lock: less than the endpoint's timeout of a store. */
const BUSY_TIMEOUT = 1000;

/** A store that is open until it is closed. */
export interface SqliteStore extends Store {
  /** Closes the file. Later calls reject. */
  close(): void;
}

/**
 * Opens a SQLite file, which it creates if it is missing, and applies the package's `migrations/`. `:memory:` is a database
 * that ends with the process. Throws a `StoreFault` if the file cannot be used.
 */
export function sqliteStore(path: string): SqliteStore {
  const { database, prepared } = open(path);
  const moved = watch(path);
  const layouts = newLayouts(factsSql);
  let closed = false;

  /** Queries the file, unless it was deleted or replaced: it would still answer, with old permissions. */
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
        layout: () => ask(() => layoutOf(prepared(LAYOUT_SQL).get([]))),
      });
    },
    async applyPresence(change) {
      const statements = presenceStatements(change, Math.floor(Date.now() / 1000));
      await ask(() =>
        transaction(database, () => {
          for (const { sql, values } of statements) prepared(sql).run(values);
        }),
      );
    },
    async presence(room, page) {
      return ask(() => prepared(PRESENCE_SQL).all(pageValues(room, page)) as unknown as PresenceRow[]);
    },
    async setServerMuted(change) {
      await ask(() => prepared(MUTE_SQL).run(muteValues(change)));
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
  prepared(sql: string): Statement;
}

function open(path: string): Open {
  let database: DatabaseSync | undefined;
  try {
    // For an empty path SQLite opens a temporary database.
    if (path === '') throw new Error('no path is given');
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA foreign_keys = ON;`);
    const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: unknown };
    // A commit does not wait for the disk. With a write-ahead log, and no other journal, a power cut loses the last changes of presence
    // and damages nothing.
    if (mode === 'wal') database.exec('PRAGMA synchronous = NORMAL');
    const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
    if (health !== 'ok') throw new Error('it is damaged');
    migrate(database);
    const prepared = preparer(database);
    // So that tables of another shape are an error now.
    for (const sql of [factsSql(WHOLE_LAYOUT), PRESENCE_SQL, MUTE_SQL]) prepared(sql);
    return { database, prepared };
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : 'for an unknown reason';
    throw new StoreFault('the database file cannot be used', `The SQLite database ${path} cannot be used: ${why}`);
  }
}

type Value = string | number | null;

/** A statement whose parameters `?1`, `?2`, … are given in their order. */
interface Statement {
  get(values: readonly Value[]): unknown;
  all(values: readonly Value[]): unknown[];
  run(values: readonly Value[]): void;
}

function preparer(database: DatabaseSync): Open['prepared'] {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(database, sql);
    statements.set(sql, statement);
    return statement;
  };
}

/** Replaces numbered parameters by positional ones: Node 22 has none, and named ones cost a tenth of the query. */
function prepare(database: DatabaseSync, sql: string): Statement {
  const places = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number) - 1);
  const inPlace = (values: readonly Value[]) => places.map((place) => values[place] ?? null);
  const statement = database.prepare(sql.replaceAll(/\?\d/g, '?'));
  const toRow = rowReader(statement);
  return {
    get: (values) => toRow(statement.get(...inPlace(values))),
    all: (values) => statement.all(...inPlace(values)).map(toRow),
    run(values) {
      statement.run(...inPlace(values));
    },
  };
}

/** Converts a row to an object, faster than Node does. Node 22.13 has only its own way. */
function rowReader(statement: StatementSync): (row: unknown) => unknown {
  if (statement.setReturnArrays === undefined || statement.columns === undefined) return (row) => row;
  const names = statement.columns().map(({ name }) => name);
  statement.setReturnArrays(true);
  return (values) => {
    if (!Array.isArray(values)) return values;
    const row: Record<string, unknown> = {};
    for (const [at, value] of values.entries()) row[names[at] ?? ''] = value;
    return row;
  };
}

/**
 * Returns a function that is true once the path leads to another file than now, or to none. It looks at most once in each turn
 * of the event loop.
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
