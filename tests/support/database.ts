/** Rows of a test's own in a store's database, the same way on every engine. */
import { DatabaseSync } from 'node:sqlite';
import type { D1Database } from '@cloudflare/workers-types';
import postgres from 'postgres';
import { deleteRows, replaceRow, type Statement, updateRows } from './postgres/rows.mjs';

/** A row as SQLite has it, whatever the engine: flags 0 or 1, times Unix seconds, actions JSON text. */
export type Row = Record<string, string | number | null>;

/** A database that a store is asking meanwhile. */
export interface Database {
  /** Writes rows, all or none, each in the place of whatever has its key. */
  insert(table: string, ...rows: Row[]): Promise<void>;
  /** Changes the rows that have these values. */
  update(table: string, set: Row, where: Row): Promise<void>;
  /** Removes the rows that have these values; all of them without any. */
  delete(table: string, where?: Row): Promise<void>;
  /** How many rows have these values. */
  count(table: string, where?: Row): Promise<number>;
}

/** The database of a Worker that runs in Miniflare. */
export function d1Database(db: D1Database): Database {
  return sqlDatabase(async (statements) => {
    const results = await db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values)));
    return results.at(-1)?.results ?? [];
  });
}

/** A SQLite file that another connection has open, too. */
export function sqliteDatabase(path: string): Database & { close(): void } {
  const db = new DatabaseSync(path);
  // First, because the next statements need the timeout.
  db.exec('PRAGMA busy_timeout = 5000');
  const database = sqlDatabase(async (statements) => {
    let results: unknown[] = [];
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const { sql, values } of statements) results = db.prepare(sql).all(...values);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
    return results;
  });
  return { ...database, close: () => db.close() };
}

/** A PostgreSQL database with the tables of `pkg/postgres`. */
export function postgresDatabase(url: string): Database & { close(): Promise<void> } {
  const pool = postgres(url, { max: 2, fetch_types: false, onnotice: () => {} });
  const run = (statements: Statement[]) =>
    pool.begin(async (transaction) => {
      for (const { sql, values } of statements) await transaction.unsafe(sql, values);
    });
  return {
    insert: async (table, ...rows) => void (await run(rows.flatMap((row) => replaceRow(table, row)))),
    update: async (table, set, where) => void (await run([updateRows(table, set, where)])),
    delete: async (table, where) => void (await run([deleteRows(table, where)])),
    async count(table, where) {
      const { sql, values } = deleteRows(table, where);
      const [row] = await pool.unsafe(sql.replace('DELETE', 'SELECT count(*)::int AS count'), values);
      return row?.['count'];
    },
    close: () => pool.end(),
  };
}

/** A database that takes SQLite's SQL: runs statements in one transaction, and resolves with the rows of the last. */
function sqlDatabase(run: (statements: { sql: string; values: Row[string][] }[]) => Promise<unknown[]>): Database {
  const condition = (where: Row) => {
    const tests = Object.keys(where).map((column) => `"${column}" IS ?`);
    return tests.length > 0 ? ` WHERE ${tests.join(' AND ')}` : '';
  };
  return {
    async insert(table, ...rows) {
      await run(
        rows.map((row) => {
          const columns = Object.keys(row).map((column) => `"${column}"`);
          const marks = columns.map(() => '?');
          const sql = `INSERT OR REPLACE INTO "${table}" (${columns.join(', ')}) VALUES (${marks.join(', ')})`;
          return { sql, values: Object.values(row) };
        }),
      );
    },
    async update(table, set, where) {
      const changes = Object.keys(set).map((column) => `"${column}" = ?`);
      const sql = `UPDATE "${table}" SET ${changes.join(', ')}${condition(where)}`;
      await run([{ sql, values: [...Object.values(set), ...Object.values(where)] }]);
    },
    async delete(table, where = {}) {
      await run([{ sql: `DELETE FROM "${table}"${condition(where)}`, values: Object.values(where) }]);
    },
    async count(table, where = {}) {
      const sql = `SELECT count(*) AS count FROM "${table}"${condition(where)}`;
      const [row] = await run([{ sql, values: Object.values(where) }]);
      return (row as { count: number }).count;
    },
  };
}
