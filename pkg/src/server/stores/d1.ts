/** Facts and presence in a Cloudflare D1 database. */
import { FACTS_SQL } from './facts.sql.js';
import { MUTE_SQL, PRESENCE_SQL, presenceStatements } from './presence.sql.js';
import { factsRow, sqliteFault } from './sqlite-answers.js';
import { type PresenceRow, type Store, StoreFault } from './store.js';

/** As much of Cloudflare's `D1PreparedStatement` as is used. */
export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  first(): Promise<unknown>;
  all(): Promise<{ results: unknown[] }>;
}

/** As much of Cloudflare's `D1Database` as is used. */
export interface D1 {
  prepare(sql: string): D1Statement;
  /** Runs them all as one transaction. */
  batch(statements: D1Statement[]): Promise<unknown>;
}

/** A store on a D1 database with the tables of `migrations/`; without a database it answers nothing. */
export function d1Store(database: D1 | undefined): Store {
  /** Asks the database, and says of an error of its as much as may be said. */
  async function ask<Answer>(question: (database: D1) => Promise<Answer>): Promise<Answer> {
    if (database === undefined) throw new StoreFault('no database is bound');
    return question(database).catch((error: unknown) => {
      throw sqliteFault(error);
    });
  }

  return {
    async facts({ userId, tokenId, channelId, groupId, identity }) {
      const values = [userId, tokenId, channelId, identity, groupId];
      return factsRow(
        await ask((db) =>
          db
            .prepare(FACTS_SQL)
            .bind(...values)
            .first(),
        ),
      );
    },
    async applyPresence(change) {
      const statements = presenceStatements(change, Math.floor(Date.now() / 1000));
      await ask((db) => db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values))));
    },
    async presence(room) {
      const { results } = await ask((db) => db.prepare(PRESENCE_SQL).bind(room).all());
      return results as PresenceRow[];
    },
    async setServerMuted(room, identity, isServerMuted) {
      await ask((db) => db.prepare(MUTE_SQL).bind(room, identity, Number(isServerMuted)).all());
    },
  };
}
