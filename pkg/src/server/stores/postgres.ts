/** Facts and presence in PostgreSQL: Kraken's own database as it is, besides the tables of `postgres/`. */

import { type Layouts, newLayouts } from './layouts.js';
import { END, factsSql, LAYOUT, MOVE, MUTE, PRESENCE } from './postgres.sql.js';
import { connection, type PostgresSql } from './postgres-connection.js';
import { horizon, KEEP_SECONDS, pageValues, participantOf } from './presence.sql.js';
import type { PresenceRow, Store } from './store.js';
import { UNREAD } from './unread.sql.js';

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
  const layouts = layoutsOf(database);
  const { ask, close } = connection(database, options.perRequest ?? isWorker());
  return {
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
      const now = Math.floor(Date.now() / 1000);
      const old = horizon(createdAt, now);
      if (change === 'ended') {
        await ask(END, [eventId, now, old, now - KEEP_SECONDS, roomSid, createdAt, room]);
        return;
      }
      const { sid, identity, name } = participantOf(participant);
      const moved = [roomSid, createdAt, room, sid, identity, storable(name), change === 'joined'];
      await ask(MOVE, [eventId, now, old, now - KEEP_SECONDS, ...moved]);
    },
    async presence(room, page) {
      return answer<PresenceRow[]>(await ask(PRESENCE, pageValues(room, page)));
    },
    async setServerMuted({ room, identity, participantSid, isServerMuted, askedAt }) {
      await ask(MUTE, [room, identity, participantSid, isServerMuted, askedAt]);
    },
    close,
  };
}

/** By the database's URL: on Workers each request makes a store of its own. */
const KNOWN = new Map<string, Layouts>();
const MAX_KNOWN = 16;

function layoutsOf(database: string | PostgresSql): Layouts {
  if (typeof database !== 'string') return newLayouts(factsSql);
  const known = KNOWN.get(database) ?? newLayouts(factsSql);
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(database, known);
  return known;
}

/** The one value of the one row. More rows, from tables without their keys, are nothing to choose from. */
function answer<Answer>(rows: readonly unknown[]): Answer {
  if (rows.length !== 1) throw new TypeError('One row was expected');
  return (rows[0] as { answer: Answer }).answer;
}

/** PostgreSQL keeps no U+0000, and a participant's strange name must not keep LiveKit's event from being applied. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD');

const isWorker = (): boolean => globalThis.navigator?.userAgent === 'Cloudflare-Workers';
