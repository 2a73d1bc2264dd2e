/** Applies the files of `migrations/` to a SQLite database, each once. */
import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** The folder with migrations. The path is the same from `dist/` and `src/`. */
const FOLDER = new URL('../../../migrations/', import.meta.url);
/**
 * Creates the table of applied migrations. It is the same as wrangler's, so that a database can be copied from and to
 * D1.
 */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies pending migrations. */
export function migrate(database: DatabaseSync): void {
  for (const name of migrationNames()) {
    transaction(database, () => {
      // Inside the transaction, because another process may start with the same file.
      database.exec(TABLE);
      const { changes } = database.prepare('INSERT OR IGNORE INTO d1_migrations(name) VALUES (?)').run(name);
      if (Number(changes) > 0) database.exec(readFileSync(new URL(name, FOLDER), 'utf8'));
    });
  }
}

/** Lists pending migrations without changing the database. */
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
      // After some errors, such as a full disk, SQLite has already rolled back.
    }
    throw error;
  }
}
