/**
 * Facts and presence in a Cloudflare D1 database.
 *
 * @module livekit-edge/stores/d1
 */
import { factsSql, LAYOUT_SQL } from './facts.sql.js';
import { type Layouts, newLayouts } from './layouts.js';
import { factsRow, layoutOf, sqliteFault } from './sqlite-answers.js';
import { sqliteMethods } from './sqlite-methods.js';
import { type Store, StoreFault } from './store.js';

/** The part of Cloudflare's `D1PreparedStatement` that is used. */
export interface D1Statement {
  /** The statement with values for its parameters. */
  bind(...values: unknown[]): D1Statement;
  /** The first row, or `null`. */
  first(): Promise<unknown>;
  /** All rows. */
  all(): Promise<{
    /** The rows. */
    results: unknown[];
  }>;
}

/** The part of Cloudflare's `D1Database` that is used. */
export interface D1 {
  /** A statement to bind and run. */
  prepare(sql: string): D1Statement;
  /** Runs the statements as one transaction. */
  batch(statements: D1Statement[]): Promise<unknown>;
}

/** Layouts by database: each request creates a store of its own. */
const KNOWN = new WeakMap<D1, Layouts>();

function layoutsOf(database: D1): Layouts {
  const known = KNOWN.get(database) ?? newLayouts(factsSql);
  KNOWN.set(database, known);
  return known;
}

/** A store on a D1 database with the tables of `migrations/`. Without a database each call rejects with a `StoreFault`. */
export function d1Store(database: D1 | undefined): Store {
  /** Queries the database, and maps its errors. */
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
        return layoutsOf(db)({
          facts: async (sql) => factsRow(await first(sql, values)),
          layout: async () => layoutOf(await first(LAYOUT_SQL, [])),
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
