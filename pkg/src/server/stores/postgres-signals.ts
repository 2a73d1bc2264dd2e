/** Signals between processes by PostgreSQL's LISTEN and NOTIFY. */

import type { ProcessFeeds } from '../presence/feeds.js';
import { localFeeds } from '../presence/local-feeds.js';
import { Listeners, type PresenceSignals } from '../presence/signals.js';
import { connection, opening, type PostgresSql, quietly } from './postgres-connection.js';

const CHANNEL = 'livekit_edge_presence';
const NOTIFY = 'SELECT pg_notify($1, $2)';
/** Connections that send: a signal is one short statement. */
const SENDING = 2;
/** Seconds until the next attempt to connect, so that a server that is down is not asked ten times a second. */
const BACKOFF = { backoff: (attempt: number) => Math.min(0.1 * 2 ** attempt, 5) };

/** A `Sql` of postgres.js that can listen. */
export interface ListeningSql extends PostgresSql {
  /** Listens to a channel on a connection of its own; `onListen` is called whenever that is connected (again). */
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen: () => void,
  ): Promise<{
    /** Stops listening. */
    unlisten(): Promise<void>;
  }>;
}

/**
 * Signals by a database's LISTEN and NOTIFY, over one connection while any room is watched. A pooler in transaction mode carries no
 * notifications: watched rooms are then read once a minute.
 */
export function postgresSignals(database: string | ListeningSql): PresenceSignals {
  const { ask, close } = connection(database, false, SENDING);
  const open = typeof database === 'string' ? opening(database) : undefined;
  const listeners = new Listeners();
  /** Tells our own notifications apart, which the listeners of this process have had already. */
  const sender = `${crypto.randomUUID().slice(0, 8)}:`;
  let stop: (() => void) | undefined;

  function start(): () => void {
    const sql = open === undefined ? (database as ListeningSql) : (open(1, BACKOFF) as ListeningSql);
    // Signals of the time without a connection are lost.
    const listening = sql.listen(
      CHANNEL,
      (payload) => receive(payload),
      () => listeners.callAll(),
    );
    // postgres.js connects again by itself.
    quietly(listening);
    return () => {
      if (open !== undefined) quietly(sql.end({ timeout: 0 }));
      else quietly(listening.then(({ unlisten }) => unlisten()));
    };
  }

  function receive(payload: string): void {
    if (!payload.startsWith(sender)) listeners.call(payload.slice(payload.indexOf(':') + 1));
  }

  return {
    async changed(room) {
      listeners.call(room);
      await ask(NOTIFY, [CHANNEL, `${sender}${room}`]);
    },
    listen(room, listener) {
      const remove = listeners.add(room, listener);
      stop ??= start();
      return () => {
        remove();
        if (!listeners.isEmpty) return;
        stop?.();
        stop = undefined;
      };
    },
    async close() {
      stop?.();
      stop = undefined;
      await close();
    },
  };
}

/**
 * Feeds of several processes with one PostgreSQL: a change is seen by those who watch at any of them. `serve()` uses them where
 * `DATABASE_URL` is set. Close them when the process stops.
 */
export const postgresFeeds = (database: string | ListeningSql): ProcessFeeds => localFeeds(postgresSignals(database));
