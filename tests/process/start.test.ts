// How a process starts, and why it does not: a line of its log, exit code 1, and never a stack trace or a secret.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openStore } from 'livekit-edge/node';
import postgres from 'postgres';
import { parseAddress } from '../../pkg/dist/server/process/address.js';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { createTables, loadDemoData, type PostgresServer, startPostgres } from '../support/postgres/server.mjs';
import { userToken } from '../support/user-token.ts';
import { PERMISSIONS, type Program, RUNTIMES, said, start } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-process-'));
after(() => rmSync(folder, { recursive: true }));
const SHORT = 'warn: LIVEKIT_API_SECRET is shorter than 32 bytes: it can be guessed';
const bearer = () => ({ Authorization: `Bearer ${userToken('user-456')}` });

for (const runtime of RUNTIMES) {
  const ends = async (env: Record<string, string>, expected: RegExp, permissions = PERMISSIONS) => {
    const { ended, lines } = start(runtime, folder, env, { permissions });
    assert.equal(await ended, 1, lines.join('\n'));
    const last = said(lines).at(-1) ?? '';
    assert.match(last, expected);
    assert.doesNotMatch(lines.join('\n'), /hunter2/);
  };

  describe(runtime, () => {
    test('rows 48, 53: what is missing is logged at the start, before the first request', async () => {
      const { url, lines, errors, signal, ended } = start(runtime, folder, {}, { settings: {} });
      const address = await url;
      signal('SIGTERM');
      assert.equal(await ended, 0);
      const problems = [
        'warn: Missing LiveKit configuration: LIVEKIT_API_KEY, LIVEKIT_API_SECRET, LIVEKIT_URL',
        'error: JWT_SECRET is not set: every request is answered 401',
      ];
      assert.deepEqual(said(errors), problems);
      const others = said(lines).filter((line) => !problems.includes(line));
      assert.deepEqual(others, [
        `info: Listening on ${address}`,
        'info: Rate limits are counted in this process',
        'info: Stopping',
      ]);
    });

    test('and is not said again at the first request', async () => {
      const { url, errors, signal, ended } = start(runtime, folder);
      for (let count = 0; count < 3; count++) await fetch(`${await url}/livekit/health`, { headers: bearer() });
      signal('SIGTERM');
      await ended;
      assert.deepEqual(said(errors), [SHORT]);
    });

    test('a port or a host that cannot be', async () => {
      await ends({ PORT: 'http' }, /^error: PORT is 'http': set it to a number from 0 \(any free port\) to 65535$/);
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      await ends(
        { PORT: `${port}` },
        new RegExp(`^error: Cannot listen on http://127.0.0.1:${port} \\((EADDRINUSE|AddrInUse)\\): `),
      );
      taken.close();
      await ends({ HOST: '192.0.2.1' }, /^error: Cannot listen on http:\/\/192.0.2.1:0 \(\w+\): set HOST and PORT/);
    });

    test('a database file that cannot be used', async () => {
      const cannot = /^error: The SQLite database \S+ cannot be used: [^\n]+$/;
      await ends({ SQLITE_PATH: join(folder, 'nowhere', 'x.sqlite') }, cannot);
      mkdirSync(join(folder, 'a-folder'), { recursive: true });
      await ends({ SQLITE_PATH: join(folder, 'a-folder') }, cannot);
      writeFileSync(join(folder, 'text.sqlite'), 'this is no database'.repeat(1000));
      await ends({ SQLITE_PATH: join(folder, 'text.sqlite') }, cannot);
    });

    test('an address that is no PostgreSQL is told without its password', async () => {
      const DATABASE_URL = 'mysql://root:hunter2@localhost/db';
      await ends({ DATABASE_URL }, /^error: DATABASE_URL is not a URL of a PostgreSQL database(?!.*hunter2)/);
    });

    test('a password that ends early in the address is told, without a part of it', async () => {
      const DATABASE_URL = 'postgresql://u:hunter2#hunter2@127.0.0.1:1/d';
      await ends({ DATABASE_URL }, /^error: DATABASE_URL has a # or \/ that is not escaped: write %23 or %2F/);
    });

    test('a parameter of the address that is unknown is told by its number, and nothing is served', async () => {
      const number = 'number 2 after the question mark';
      for (const [query, expected] of [
        ['schema=public&sslmod=hunter2', `DATABASE_URL has an unknown parameter, ${number}`],
        ['schema=public&sslmode=hunter2', `DATABASE_URL has a parameter with an invalid value, ${number}`],
      ]) {
        const DATABASE_URL = `postgresql://u:hunter2@127.0.0.1:1/d?${query}`;
        await ends({ DATABASE_URL }, new RegExp(`^error: ${expected}$`));
      }
    });

    test('what is wrong with settings is said at the start, a sentence each', async () => {
      const settings = {
        ...demoSettings,
        LIVEKIT_URL: 'lk.example.com',
        LIVEKIT_API_SECRET: '"a-secret-of-more-than-32-bytes-in-quotes"',
        JWT_LEEWAY: '1h',
      };
      const { url, errors, signal, ended } = start(runtime, folder, {}, { settings });
      await url;
      signal('SIGTERM');
      await ended;
      assert.deepEqual(said(errors), [
        'warn: LIVEKIT_API_SECRET has quotes around its value, which are part of it: remove them',
        'warn: LIVEKIT_URL is not a ws, wss, http or https URL such as wss://livekit.example.com: clients cannot connect',
        'warn: JWT_LEEWAY is not an integer of seconds from 0 to 300: 10 applies',
      ]);
    });
  });
}

test('every invalid port is told', () => {
  for (const PORT of ['http', '65536', '-1', '80.5', '0x50']) {
    const message = `PORT is '${PORT}': set it to a number from 0 (any free port) to 65535`;
    assert.throws(() => parseAddress({ PORT }), { name: 'Problem', message });
  }
});

test('every address that is no PostgreSQL is told without its password', async () => {
  const message = /^DATABASE_URL is not a URL of a PostgreSQL database(?!.*hunter2)/;
  for (const DATABASE_URL of ['mysql://root:hunter2@localhost/db', 'root:hunter2@localhost', 'hunter2']) {
    await assert.rejects(openStore({ DATABASE_URL }), { message });
  }
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());
  /** A program on each runtime; on Deno without the permission to read or write any file. */
  const startEach = (DATABASE_URL: string) =>
    RUNTIMES.map((runtime) =>
      start(runtime, folder, { DATABASE_URL }, { permissions: ['--allow-net', '--allow-env'] }),
    );
  const stop = async ({ signal, ended }: Program) => {
    signal('SIGTERM');
    assert.equal(await ended, 0);
  };

  test('a database with more about permissions than is read is a warning', async () => {
    await createTables(server.url);
    const sql = postgres(server.url, { max: 1 });
    await sql`CREATE TABLE "CategoryPermissionOverwrite" (id TEXT)`;
    await sql.end();
    for (const program of startEach(server.url)) {
      await program.url;
      const warned = () => program.lines.find((line) => line.includes('about permissions'));
      while (warned() === undefined) await setTimeout(20);
      const { level, names } = JSON.parse(warned() ?? '');
      assert.deepEqual([level, names], ['warn', ['table CategoryPermissionOverwrite']]);
      await stop(program);
    }
  });

  test('a database that is down is waited for: 503, and tokens when it is there', async () => {
    // As Prisma writes it.
    const address = await server.createDatabase('later');
    const programs = startEach(`${address}?schema=public&connection_limit=5&pool_timeout=10`);
    const statuses = () =>
      Promise.all(
        programs.map(async ({ url }) => {
          const body = '{"roomId":"channel-abc123"}';
          return (await fetch(`${await url}/api/livekit/token`, { method: 'POST', headers: bearer(), body })).status;
        }),
      );
    assert.deepEqual(await statuses(), [503, 503]);
    await createTables(address);
    await loadDemoData(address);
    assert.deepEqual(await statuses(), [201, 201]);
    await server.stop();
    assert.deepEqual(await statuses(), [503, 503]);
    for (const program of programs) {
      await stop(program);
      assert.ok(said(program.errors).some((line) => line.startsWith('warn: The store does not answer yet')));
    }
    for (const down of startEach(address)) {
      assert.equal((await fetch(`${await down.url}/livekit/health`, { headers: bearer() })).status, 503);
      await stop(down);
    }
  });
});

test('Deno without a permission says which, in a line', async () => {
  for (const [missing, expected] of [
    ['--allow-env', /^error: Deno refused: Requires env access, run again with the --allow-env flag$/],
    ['--allow-net', /^error: Deno refused: Requires net access to "127.0.0.1:0", run again with the --allow-net flag$/],
    ['--allow-read', /^error: The SQLite database \S+ cannot be used: Requires read access to .+--allow-read flag$/],
    ['--allow-write', /^error: The SQLite database \S+ cannot be used: Requires write access to .+--allow-write flag$/],
  ] as const) {
    const permissions = PERMISSIONS.filter((permission) => permission !== missing);
    const { ended, lines } = start('deno', folder, {}, { permissions });
    assert.equal(await ended, 1, lines.join('\n'));
    assert.match(said(lines).at(-1) ?? '', expected);
  }
});
