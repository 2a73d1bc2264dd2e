/**
 * A store in a Cloudflare D1 database.
 *
 * @module livekit-edge/stores/d1
 */
import { factsSql, LAYOUT_SQL } from './facts.sql.js';
import { type Layouts, newLayouts } from './layouts.js';
import { factsRow, sqliteFault, toLayout } from './sqlite-answers.js';
import { sqliteMethods } from './sqlite-methods.js';
import { type Store, StoreFault } from './store.js';

/** The used part of Cloudflare's `D1PreparedStatement`. */
export interface D1Statement {
  /** Returns the statement with values for its parameters. */
  bind(...values: unknown[]): D1Statement;
  /** Returns the first row, or `null`. */
  first(): Promise<unknown>;
  /** Returns all rows. */
  all(): Promise<{
    /** The rows. */
    results: unknown[];
  }>;
}

/** The used part of Cloudflare's `D1Database`. */
export interface D1 {
  /** Prepares a statement. */
  prepare(sql: string): D1Statement;
  /** Runs statements in one transaction. */
  batch(statements: D1Statement[]): Promise<unknown>;
}

/** Cached layouts by database, because each request creates a new store. */
const KNOWN = new WeakMap<D1, Layouts>();

function cachedLayouts(database: D1): Layouts {
  const known = KNOWN.get(database) ?? newLayouts(factsSql);
  KNOWN.set(database, known);
  return known;
}

/**
 * Creates a store on a D1 database with the tables of `migrations/`. Without a database each call rejects with a
 * `StoreFault`.
 */
export function d1Store(database: D1 | undefined): Store {
  /** Queries the database, and converts errors into a `StoreFault`. */
  async function ask<Answer>(question: (database: D1) => Promise<Answer>): Promise<Answer> {
    if (database === undefined) throw new StoreFault('no database is bound');
    return question(database).catch((error: unknown) => {
      throw sqliteFault(error);
    });
  }

  return {
    async facts({ userId, tokenId, sessionId, channelId, groupId, identity }) {
      const values = [userId, tokenId, channelId, identity, groupId, sessionId ?? null];
      return ask((db) => {
        const first = (sql: string, bound: (string | null)[]) =>
          db
            .prepare(sql)
            .bind(...bound)
            .first()
            .catch((error: unknown) => {
              throw sqliteFault(error);
            });
        return cachedLayouts(db)({
          facts: async (sql) => factsRow(await first(sql, values)),
          layout: async () => toLayout(await first(LAYOUT_SQL, [])),
        });
      });
    },
    ...sqliteMethods({
      async all({ sql, values }) {
        const { results } = await ask((db) =>
          db
            .prepare(sql)
            .bind(...values)
            .all(),
        );
        return results;
      },
      async transaction(statements) {
        const bound = (db: D1) => statements.map(({ sql, values }) => db.prepare(sql).bind(...values));
        const results = (await ask((db) => db.batch(bound(db)))) as { results: unknown[] }[];
        return results.at(-1)?.results ?? [];
      },
    }),
  };
}
