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

/** Denies actions to a member in channel-abc123, by an overwrite of the channel. */
export function overwrite(path: string, userId: string, deny: readonly string[]): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA busy_timeout = 5000');
  const columns = '"id", "channelId", "targetType", "userId", "allow", "deny"';
  const insert = db.prepare(`INSERT INTO "ChannelPermissionOverwrite" (${columns}) VALUES (?, ?, ?, ?, ?, ?)`);
  insert.run(`overwrite-${userId}`, 'channel-abc123', 'MEMBER', userId, '[]', JSON.stringify(deny));
  db.close();
}
