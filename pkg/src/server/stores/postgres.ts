/**
 * A store in PostgreSQL: Kraken's database, unchanged, and the additional tables of `postgres/`.
 *
 * @module livekit-edge/stores/postgres
 */

import { isWorker } from '../is-worker.js';
import { nowSeconds } from '../now.js';
import { type Layouts, newLayouts } from './layouts.js';
import { KEEP_HELD_SECONDS } from './moderation.js';
import { END, factsSql, LAYOUT, MOVE, MUTE, PRESENCE } from './postgres.sql.js';
import { connection, type PostgresSql } from './postgres-connection.js';
import { HOLD, HOLDERS, KICK, LIFT, LOCK, UNLOCK } from './postgres-moderation.sql.js';
import { CLAIM, COMPARED, CONNECTIONS, DUE, JOINED } from './postgres-reconciliation.sql.js';
import { postgresRecordings } from './postgres-recordings.js';
import { ROOM_KIND, ROOMS_OF_USER } from './postgres-rooms.sql.js';
import { horizon, KEEP_SECONDS, pageValues, requireParticipant } from './presence.sql.js';
import type { StoredConnection } from './reconciliation.js';
import { claimValues, correctionParameters, dueValues } from './reconciliation.sql.js';
import type { RoomKind, UserRoom } from './rooms.js';
import { shareConnection } from './shared-connection.js';
import type { PresenceRow, Store } from './store.js';
import { UNREAD } from './unread.sql.js';

export type { PostgresQuery, PostgresSql, Value } from './postgres-connection.js';
export { type ListeningSql, postgresFeeds } from './postgres-signals.js';

/** A store that must be closed. */
export interface PostgresStore extends Store {
  /** Closes the connections within a second. Later calls reject. */
  close(): Promise<void>;
}

/** Options of {@link postgresStore}. */
export interface PostgresOptions {
  /**
   * Whether every call opens a new connection. This is the default on Cloudflare Workers, where a socket belongs to the
   * request that opened it, and where Hyperdrive pools the connections to the database.
   */
  readonly perRequest?: boolean;
}

/**
 * Creates a store on a PostgreSQL database: `postgres://user:password@host/database`, with `?sslmode=verify-full` for
 * TLS and `?prepare=false` behind a pooler without prepared statements. Prisma's parameters have Prisma's meaning.
 * Create it once in a process. It connects for the first query, and each query has a timeout of two seconds. Errors
 * reject with a `StoreFault`; an invalid URL throws one.
 *
 * On Cloudflare Workers: `livekit({ store: (env) => postgresStore(env.HYPERDRIVE.connectionString) })`, with the
 * compatibility flag `nodejs_compat`. Hyperdrive's cache may stay on: it does not cache these queries.
 *
 * Instead of a URL it accepts a `Sql` of postgres.js, which the application configures and closes. After the timeout
 * such a query is not cancelled, because that could cancel another one: set `connection: { statement_timeout: 2000 }`.
 */
export function postgresStore(database: string | PostgresSql, options: PostgresOptions = {}): PostgresStore {
  const layouts = cachedLayouts(database);
  const perRequest = options.perRequest ?? isWorker();
  const opened = connection(database, perRequest);
  const { ask, close } = opened;
  const store: PostgresStore = {
    async facts({ userId, tokenId, sessionId, channelId, groupId, identity }) {
      const values = [userId, tokenId, channelId, identity, groupId, sessionId ?? null];
      return layouts({
        facts: async (sql) => answer(await ask(sql, values)),
        layout: async () => answer(await ask(LAYOUT, [])),
      });
    },
    async unread() {
      return answer(await ask(UNREAD, []));
    },
    async applyPresence({ eventId, createdAt, change, room, roomSid, participant }) {
      const now = nowSeconds();
      const old = horizon(createdAt, now);
      if (change === 'ended') {
        await ask(END, [eventId, now, old, now - KEEP_SECONDS, roomSid, createdAt, room]);
        return;
      }
      const { sid, identity, name, isAgent = false } = requireParticipant(participant);
      const moved = [roomSid, createdAt, room, sid, identity, storable(name), change === 'joined', isAgent];
      await ask(MOVE, [eventId, now, old, now - KEEP_SECONDS, ...moved]);
    },
    async presence(room, page) {
      return answer<PresenceRow[]>(await ask(PRESENCE, pageValues(room, page)));
    },
    async setServerMuted({ room, identity, participantSid, isServerMuted, askedAt }) {
      await ask(MUTE, [room, identity, participantSid, isServerMuted, askedAt]);
    },
    async roomKind(room) {
      return answer<RoomKind | null>(await ask(ROOM_KIND, [room]));
    },
    async roomsOfUser(userId, limit) {
      return answer<UserRoom[]>(await ask(ROOMS_OF_USER, [userId, limit]));
    },
    async claimReconciliation(room, now) {
      return (await ask(CLAIM, claimValues(room, now))).length > 0;
    },
    async connections(room) {
      return answer<StoredConnection[]>(await ask(CONNECTIONS, [room]));
    },
    async correctPresence(correction, now) {
      const { room, roomSid } = correction;
      const { missing = '[]', joined, latest } = correctionParameters(correction);
      // Joins are stored first, so that a participant whose connection was replaced is present all the time.
      if (joined !== undefined) await ask(JOINED, [room, latest, joined, now - KEEP_SECONDS, roomSid]);
      await ask(COMPARED, [missing, room, now]);
    },
    async roomsToReconcile(running, now, limit) {
      return answer<string[]>(await ask(DUE, dueValues(running, now, limit)));
    },
    async kick({ channelId, identity, until, byUserId, createdAt, heldSince }) {
      return answer<number>(await ask(KICK, [channelId, identity, until, byUserId, createdAt, heldSince]));
    },
    async liftKick({ channelId, identity }) {
      await ask(LIFT, [channelId, identity]);
    },
    async setLocked({ channelId, isLocked, byUserId, changedAt }) {
      await (isLocked ? ask(LOCK, [channelId, changedAt, byUserId]) : ask(UNLOCK, [channelId]));
    },
    async addHolder({ room, identity, userId, issuedAt, heldSince }) {
      await ask(HOLD, [room, identity, userId, issuedAt, heldSince - KEEP_HELD_SECONDS]);
    },
    async holders({ room, identity, heldSince }) {
      return answer<string[]>(await ask(HOLDERS, [room, identity, heldSince]));
    },
    recordings: postgresRecordings({ ask }),
    close,
  };
  return perRequest ? store : shareConnection(store, opened);
}

/** Cached layouts by the database's URL, because on Workers each request creates a new store. */
const KNOWN = new Map<string, Layouts>();
const MAX_KNOWN = 16;

function cachedLayouts(database: string | PostgresSql): Layouts {
  if (typeof database !== 'string') return newLayouts(factsSql);
  const known = KNOWN.get(database) ?? newLayouts(factsSql);
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(database, known);
  return known;
}

/** Returns the value of the only row. Several rows, which a table without its keys could return, are an error. */
function answer<Answer>(rows: readonly unknown[]): Answer {
  if (rows.length !== 1) throw new TypeError('One row was expected');
  return (rows[0] as { answer: Answer }).answer;
}

/** Replaces U+0000, which PostgreSQL cannot store, so that a participant's name cannot prevent an event from being applied. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD');
