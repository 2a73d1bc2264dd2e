/** Whether a SQLite file can be used, without a change to it: opening its store creates the file and its tables. */
import { DatabaseSync } from 'node:sqlite';
import { factsSql } from './facts.sql.js';
import { WHOLE_LAYOUT } from './layouts.js';
import { MUTE_SQL, PRESENCE_SQL } from './presence.sql.js';
import { sqliteFault } from './sqlite-answers.js';
import { pendingMigrations } from './sqlite-migrations.js';
import { StoreFault } from './store.js';

/**
 * Opens an existing file, and prepares the statements of its store unless migrations are still to be applied to it. Returns
 * how many. Throws a `StoreFault`.
 */
export function checkSqlite(path: string): number {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: unknown };
    if (health !== 'ok') throw new Error('it is damaged');
    const pending = pendingMigrations(database).length;
    if (pending > 0) return pending;
    for (const sql of [factsSql(WHOLE_LAYOUT), PRESENCE_SQL, MUTE_SQL]) database.prepare(sql.replaceAll(/\?\d/g, '?'));
    return 0;
  } catch (error) {
    const fault = sqliteFault(error);
    if (fault instanceof StoreFault) throw fault;
    throw new StoreFault('the database file cannot be used', error instanceof Error ? error.message : undefined);
  } finally {
    database?.close();
  }
}
