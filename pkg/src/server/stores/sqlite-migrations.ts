/** Applies the package's `migrations/` to a SQLite database, each file once. */
import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Beside `dist/` and `src/` alike. */
const FOLDER = new URL('../../../migrations/', import.meta.url);
/** The same table as wrangler's, so that a database may be copied from and to D1. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies the migrations that a database does not have yet. */
export function migrate(database: DatabaseSync): void {
  for (const name of migrationNames()) {
    transaction(database, () => {
      // In the transaction, since another process may start with the same file.
      database.exec(TABLE);
      const { changes } = database.prepare('INSERT OR IGNORE INTO d1_migrations(name) VALUES (?)').run(name);
      if (Number(changes) > 0) database.exec(readFileSync(new URL(name, FOLDER), 'utf8'));
    });
  }
}

/** The migrations that a database does not have yet; it is not changed. */
export function pendingMigrations(database: DatabaseSync): string[] {
  const isListed = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'`).get() !== undefined;
  const applied = isListed
    ? database
        .prepare('SELECT name FROM d1_migrations')
        .all()
        .map(({ name }) => name)
    : [];
  return migrationNames().filter((name) => !applied.includes(name));
}

const migrationNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();

/** Runs `work` in a transaction, which locks the database for writing at its start. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back itself after some errors, such as a full disk.
    }
    throw error;
  }
}
