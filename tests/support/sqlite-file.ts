/** What tests do to a SQLite file behind the back of the store that has it open. */
import { DatabaseSync } from 'node:sqlite';
import { demoStatements } from '../../scripts/demo-data.mjs';

/** Loads the demo data into a file that has the tables. */
export function loadDemo(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA busy_timeout = 5000');
  for (const { sql, values } of demoStatements()) db.prepare(sql).run(...values);
  db.close();
}

/** Takes all tables away, except the list of migrations. */
export function dropTables(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA busy_timeout = 5000');
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '[A-Z]*'`).all();
  for (const { name } of tables) db.exec(`DROP TABLE "${name}"`);
  db.close();
}
