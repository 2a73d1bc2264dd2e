// Applies pkg/migrations to a D1 database, each file once, in the table that wrangler's own command keeps.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

const FOLDER = join(root, 'pkg', 'migrations');
/** The same as wrangler's, so that `wrangler d1 migrations apply --local` and `npm start` understand each other. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** All migrations in the order of their numbers. */
export function migrations() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => ({ name, sql: readFileSync(join(FOLDER, name), 'utf8') }));
}

/**
 * Applies the missing migrations in one batch, which is a transaction: one that fails leaves nothing behind.
 * @param {import('@cloudflare/workers-types').D1Database} db
 */
export async function applyMigrations(db) {
  await db.prepare(TABLE).run();
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(results.map(({ name }) => name));
  const missing = migrations().filter(({ name }) => !applied.has(name));
  const mark = db.prepare('INSERT INTO d1_migrations(name) VALUES (?)');
  const statements = missing.flatMap(({ name, sql }) => [db.prepare(sql), mark.bind(name)]);
  if (statements.length > 0) await db.batch(statements);
}
