/** The default roles, as the migrations of SQLite leave them. */
import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../scripts/serve/migrations.mjs';

interface DefaultRole {
  id: string;
  name: string;
  actions: string[];
}

export function defaultRoles(): DefaultRole[] {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) database.exec(sql);
  const rows = database.prepare('SELECT id, name, actions FROM "Role" WHERE isDefault').all();
  database.close();
  return rows.map(({ id, name, actions }) => ({
    id: String(id),
    name: String(name),
    actions: JSON.parse(String(actions)),
  }));
}
