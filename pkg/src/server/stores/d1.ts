/**
 * Facts and presence in a Cloudflare D1 database.
 *
 * @module livekit-edge/stores/d1
 */
import { nowSeconds } from '../now.js';
import { factsSql, LAYOUT_SQL } from './facts.sql.js';
import { type Layouts, newLayouts } from './layouts.js';
import {
  HOLDERS_SQL,
  holderStatements,
  holdersValues,
  KICKED_UNTIL_SQL,
  kickStatements,
  lockStatement,
} from './moderation.sql.js';
import { MUTE_SQL, muteValues, PRESENCE_SQL, pageValues, presenceStatements, type Statement } from './presence.sql.js';
import type { StoredConnection } from './reconciliation.js';
import {
  CLAIM_SQL,
  CONNECTIONS_SQL,
  claimValues,
  correctionStatements,
  DUE_SQL,
  dueValues,
} from './reconciliation.sql.js';
import { sqlRecordings } from './recordings.sql.js';
import type { UserRoom } from './rooms.js';
import { ROOM_KIND_SQL, ROOMS_OF_USER_SQL } from './rooms.sql.js';
import { factsRow, kindOf, layoutOf, sqliteFault, untilOf, userIdsOf } from './sqlite-answers.js';
import { type PresenceRow, type Store, StoreFault } from './store.js';

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

  /** The rows of a statement. */
  const rows = async (sql: string, values: readonly (string | number | null)[]): Promise<unknown[]> =>
    (
      await ask((db) =>
        db
          .prepare(sql)
          .bind(...values)
          .all(),
      )
    ).results;

  /** Runs statements as one transaction, and returns their results in order. */
  const run = (statements: readonly Statement[]) =>
    ask(
      (db) =>
        db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values))) as Promise<
          { results: unknown[] }[]
        >,
    );

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
    async applyPresence(change) {
      await run(presenceStatements(change, nowSeconds()));
    },
    presence: async (room, page) => (await rows(PRESENCE_SQL, pageValues(room, page))) as PresenceRow[],
    async setServerMuted(change) {
      await rows(MUTE_SQL, muteValues(change));
    },
    async roomKind(room) {
      return kindOf(await ask((db) => db.prepare(ROOM_KIND_SQL).bind(room).first()));
    },
    async roomsOfUser(userId, limit) {
      const { results } = await ask((db) => db.prepare(ROOMS_OF_USER_SQL).bind(userId, limit).all());
      return results as UserRoom[];
    },
    claimReconciliation: async (room, now) => (await rows(CLAIM_SQL, claimValues(room, now))).length > 0,
    connections: async (room) => (await rows(CONNECTIONS_SQL, [room])) as StoredConnection[],
    async correctPresence(correction, now) {
      await run(correctionStatements(correction, now));
    },
    roomsToReconcile: async (running, now, limit) =>
      (await rows(DUE_SQL, dueValues(running, now, limit))).map((row) => (row as { room: string }).room),
    async kick(change) {
      const kicked = { sql: KICKED_UNTIL_SQL, values: [change.channelId, change.identity] };
      const results = await run([...kickStatements(change), kicked]);
      return untilOf(results.at(-1)?.results[0]);
    },
    async setLocked(change) {
      await run([lockStatement(change)]);
    },
    async addHolder(issued) {
      await run(holderStatements(issued));
    },
    async holders(question) {
      return userIdsOf(await rows(HOLDERS_SQL, holdersValues(question)));
    },
    recordings: sqlRecordings({
      all: ({ sql, values }) => rows(sql, values),
      transaction: run,
    }),
  };
}
