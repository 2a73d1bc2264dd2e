/** A PostgreSQL with Kraken's tables and the demo data, for the tests of a file. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type PostgresStore, postgresStore } from 'livekit-edge/stores/postgres';
import postgres, { type Sql } from 'postgres';
import { createTables, loadDemoData, type PostgresServer, startPostgres } from './postgres/server.mjs';

interface Running {
  server: PostgresServer;
  /** Connections of the operator. */
  sql: Sql;
  stores: PostgresStore[];
  /** Opens a store that is closed before the server stops. */
  open: typeof postgresStore;
}

/**
 * Runs a server, and connections of its operator, while a file's tests run. `started` is called then: a file's own `before` would not
 * wait for ours.
 */
export function withPostgres(started: (running: Running) => void | Promise<void> = () => {}, connections = 1): Running {
  const stores: PostgresStore[] = [];
  const running = {
    stores,
    open(...args: Parameters<typeof postgresStore>): PostgresStore {
      const store = postgresStore(...args);
      stores.push(store);
      return store;
    },
  } as Running;
  before(async () => {
    running.server = await startPostgres();
    await createTables(running.server.url);
    await loadDemoData(running.server.url);
    running.sql = postgres(running.server.url, { max: connections, onnotice: () => {} });
    await started(running);
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await running.sql?.end();
    await running.server?.stop();
  });
  return running;
}

/** Resolves once no store has a connection: a server notices the end of one later than the client. */
export async function untilDisconnected(sql: Sql): Promise<void> {
  for (const end = Date.now() + 30_000; ; await wait(20)) {
    const [row] = await sql`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'livekit-edge'`;
    if (row?.['n'] === 0) return;
    assert.ok(Date.now() < end, `${row?.['n']} connections are open`);
  }
}

/** A question about a user of the demo data who may join. */
export const QUESTION = {
  userId: 'user-456',
  tokenId: null,
  channelId: 'channel-abc123',
  groupId: null,
  identity: null,
};
