/** Signals between processes with PostgreSQL's LISTEN and NOTIFY. */

import type { ProcessFeeds } from '../presence/feeds.js';
import { localFeeds } from '../presence/local-feeds.js';
import { Listeners, type PresenceSignals } from '../presence/signals.js';
import { connection, ignoreRejection, opening, type PostgresSql } from './postgres-connection.js';

const CHANNEL = 'livekit_edge_presence';
const NOTIFY = 'SELECT pg_notify($1, $2)';
/** Maximum number of connections that send signals, which are short statements. */
const SENDING = 2;
/** Backoff in seconds between attempts to connect, so that an unavailable server is not called ten times a second. */
const BACKOFF = { backoff: (attempt: number) => Math.min(0.1 * 2 ** attempt, 5) };

/** A `Sql` of postgres.js that supports LISTEN. */
export interface ListeningSql extends PostgresSql {
  /** Listens to a channel on a separate connection. `onListen` is called whenever that is connected or reconnected. */
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
 * Creates signals with LISTEN and NOTIFY, over one connection while any room is watched. A pooler in transaction mode
 * does not deliver notifications; watched rooms are then read only once a minute.
 */
export function postgresSignals(database: string | ListeningSql): PresenceSignals {
  const { ask, close } = connection(database, false, SENDING);
  const open = typeof database === 'string' ? opening(database) : undefined;
  const listeners = new Listeners();
  /** Identifies this process's own notifications, which its listeners have already received. */
  const sender = `${crypto.randomUUID().slice(0, 8)}:`;
  let stop: (() => void) | undefined;

  function start(): () => void {
    const sql = open === undefined ? (database as ListeningSql) : (open(1, BACKOFF) as ListeningSql);
    // Signals during the time without a connection were lost.
    const listening = sql.listen(
      CHANNEL,
      (payload) => receive(payload),
      () => listeners.callAll(),
    );
    // postgres.js reconnects automatically.
    ignoreRejection(listening);
    return () => {
      if (open !== undefined) ignoreRejection(sql.end({ timeout: 0 }));
      else ignoreRejection(listening.then(({ unlisten }) => unlisten()));
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
 * Creates feeds for several processes with one PostgreSQL database: a change reaches the watchers of every process.
 * `serve()` uses them if `DATABASE_URL` is set. Close them when the process stops.
 */
export const postgresFeeds = (database: string | ListeningSql): ProcessFeeds => localFeeds(postgresSignals(database));
