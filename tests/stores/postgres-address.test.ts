/** DATABASE_URL in the forms of Prisma, libpq and hosting companies: an unknown parameter never reaches PostgreSQL. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFault } from 'livekit-edge/server';
import { type PostgresOptions, postgresStore } from 'livekit-edge/stores/postgres';
import postgres from 'postgres';
import { createTables, loadDemoData } from '../support/postgres/server.mjs';
import { QUESTION, withPostgres } from '../support/with-postgres.ts';

const MARK = 'hunter2';

const running = withPostgres();

const address = (query: string, url = running.server.url) => `${url}${url.includes('?') ? '&' : '?'}${query}`;

async function userOf(url: string, options?: PostgresOptions): Promise<unknown> {
  const store = postgresStore(url, options);
  try {
    return (await store.facts(QUESTION)).userId;
  } finally {
    await store.close();
  }
}

for (const query of [
  'schema=public',
  'schema=public&connection_limit=5&pool_timeout=10&connect_timeout=15&socket_timeout=5',
  'pgbouncer=true&connection_limit=1',
  'statement_cache_size=0&schema=public',
  'sslmode=disable',
  'sslmode=prefer&sslaccept=accept_invalid_certs',
  'sslmode=disable&channel_binding=prefer&gssencmode=disable&keepalives=1',
  'application_name=kraken&statement_timeout=2000&TimeZone=UTC&options=-c%20work_mem%3D1MB',
  'search_path=public&target_session_attrs=read-write',
  'supa=base-pooler.x&app.tenant=7',
]) {
  test(`?${query} works`, async () => {
    assert.equal(await userOf(address(query)), 'user-456');
    assert.equal(await userOf(address(query), { perRequest: true }), 'user-456');
  });
}

test("Prisma's schema is the search path for the tables, whatever its name", async () => {
  for (const schema of ['kraken', 'Kraken "X", public']) {
    const url = await running.server.createDatabase(`of_${schema.length}`);
    const own = postgres(url, { max: 1, onnotice: () => {} });
    try {
      await createTables(url);
      await loadDemoData(url);
      await own`ALTER SCHEMA public RENAME TO ${own(schema)}`;
      await own`CREATE SCHEMA public`;
    } finally {
      await own.end();
    }
    assert.equal(await userOf(address(`schema=${encodeURIComponent(schema)}`, url)), 'user-456');
    await assert.rejects(userOf(address('schema=public', url)), { name: 'tables are missing' });
  }
});

test('connection_limit limits the number of connections', async () => {
  const store = postgresStore(address('connection_limit=2&application_name=limited'));
  try {
    await Promise.all(Array.from({ length: 50 }, () => store.facts(QUESTION)));
    const [row] = await running.sql`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'limited'`;
    assert.equal(row?.['n'], 2);
  } finally {
    await store.close();
  }
});

test('if the URL requires TLS and the server has none, it is an error', async () => {
  for (const query of ['sslmode=require', 'sslmode=verify-full', 'sslmode=verify-ca', 'ssl=true', 'sslaccept=strict']) {
    await assert.rejects(userOf(address(query)), { name: 'the database cannot be reached' }, query);
  }
});

test('an unusable URL throws at once, in a sentence without any part of the URL', () => {
  for (const url of [
    '',
    MARK,
    `mysql://root:${MARK}@localhost/db`,
    `root:${MARK}@localhost`,
    `postgres://u:${MARK}@h:port/d`,
    `postgres://u:${MARK}%@h/d`,
    `postgres://u:${MARK}@h /d`,
    `postgres://u:p@h/d?${MARK}=1`,
    `postgres://u:p@h/d?sslmode=${MARK}`,
    `postgres://u:p@h/d?sslmod=require`,
    `postgres://u:p@h/d?sslcert=/etc/${MARK}.pem`,
    `postgres://u:p@h/d?connection_limit=${MARK}`,
    'postgres://u:p@h/d?schema=',
  ]) {
    for (const perRequest of [false, true]) {
      assert.throws(
        () => postgresStore(url, { perRequest }),
        (error: Error) => {
          assert.ok(error instanceof StoreFault);
          assert.equal(error.name, 'the URL of the database is invalid');
          assert.match(error.message, /^DATABASE_URL (is not|has a)/);
          return !`${error.stack}${error.cause}`.includes(MARK);
        },
        url,
      );
    }
  }
});
