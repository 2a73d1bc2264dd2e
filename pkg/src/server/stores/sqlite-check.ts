/** Checks a SQLite file without changing it. Opening a store would create the file and its tables. */
import { DatabaseSync } from 'node:sqlite';
import { sqliteFault } from './sqlite-answers.js';
import { pendingMigrations } from './sqlite-migrations.js';
import { checkPages, prepareStatements } from './sqlite-statements.js';
import { StoreFault } from './store.js';

/**
 * Opens an existing file and returns the number of pending migrations. If there are none, it also prepares the
 * statements of the store. Throws a `StoreFault`.
 */
export function checkSqlite(path: string): number {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    checkPages(database);
    const pending = pendingMigrations(database).length;
    if (pending === 0) prepareStatements(database);
    return pending;
  } catch (error) {
    const fault = sqliteFault(error);
    if (fault instanceof StoreFault) throw fault;
    throw new StoreFault('the database file cannot be used', error instanceof Error ? error.message : undefined);
  } finally {
    database?.close();
  }
}
