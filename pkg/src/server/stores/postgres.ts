/** Facts and presence in PostgreSQL: Kraken's own database as it is, besides the tables of `postgres/`. */

import { END, FACTS, MOVE, MUTE, PRESENCE } from './postgres.sql.js';
import { connection, type PostgresSql } from './postgres-connection.js';
import { horizon, KEEP_SECONDS, participantOf } from './presence.sql.js';
import type { FactsRow, PresenceRow, Store } from './store.js';

export type { PostgresSql } from './postgres-connection.js';

/** A store that is open until it is closed. */
export interface PostgresStore extends Store {
  /** Closes its connections, at the latest in a second; whatever is asked afterwards rejects. */
  close(): Promise<void>;
}

/** How a store connects. */
export interface PostgresOptions {
  /**
   * Whether every call opens a connection of its own. On Cloudflare Workers that is the default, since a socket belongs
   * to the request that opened it; Hyperdrive keeps the real connections.
   */
  readonly perRequest?: boolean;
}

/**
 * A store on a PostgreSQL database: `postgres://user:password@host/database`, with `?sslmode=verify-full` for TLS and
 * `?prepare=false` behind a pooler that knows no prepared statements. Prisma's parameters mean what they mean there. Make it
 * once in a process; it connects when it is first asked, and gives up a question after two seconds. Any fault rejects as a
 * `StoreFault`; an address that is none throws one.
 *
 * On Cloudflare Workers: `livekit({ store: (env) => postgresStore(env.HYPERDRIVE.connectionString) })`, with the
 * compatibility flag `nodejs_compat`. Hyperdrive's cache may stay on: the questions are such that it does not keep them.
 *
 * Instead of an address it takes a `Sql` of postgres.js, whose settings and end are then its owner's business. What takes
 * too long is given up there but not cancelled, which could hit another question: its owner bounds it with
 * `connection: { statement_timeout: 2000 }`.
 */
export function postgresStore(database: string | PostgresSql, options: PostgresOptions = {}): PostgresStore {
  const { ask, close } = connection(database, options.perRequest ?? isWorker());
  return {
    async facts({ userId, tokenId, channelId, groupId, identity }) {
      return answer<FactsRow>(await ask(FACTS, [userId, tokenId, channelId, identity, groupId]));
    },
    async applyPresence({ eventId, createdAt, change, room, roomSid, participant }) {
      const now = Math.floor(Date.now() / 1000);
      if (change === 'ended') {
        await ask(END, [eventId, now, roomSid, createdAt, horizon(createdAt, now), now - KEEP_SECONDS]);
        return;
      }
      const { sid, identity, name } = participantOf(participant);
      await ask(MOVE, [eventId, now, roomSid, sid, room, identity, storable(name), change === 'joined', createdAt]);
    },
    async presence(room) {
      return answer<PresenceRow[]>(await ask(PRESENCE, [room]));
    },
    async setServerMuted(room, identity, isServerMuted) {
      await ask(MUTE, [room, identity, isServerMuted]);
    },
    close,
  };
}

/** The one value of the one row. More rows, from tables without their keys, are nothing to choose from. */
function answer<Answer>(rows: readonly unknown[]): Answer {
  if (rows.length !== 1) throw new TypeError('One row was expected');
  return (rows[0] as { answer: Answer }).answer;
}

/** PostgreSQL keeps no U+0000, and a participant's strange name must not keep LiveKit's event from being applied. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD');

const isWorker = (): boolean => globalThis.navigator?.userAgent === 'Cloudflare-Workers';
