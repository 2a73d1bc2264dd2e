// Copies of the examples run with the packed tarball, by the commands of their READMEs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings, demoStatements } from '../../scripts/demo-data.mjs';
import { modules, node24 } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { openStream } from '../support/event-stream.ts';
import type { Packed } from '../support/packed.ts';
import { serving } from '../support/serving.ts';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { copyExample, pack, remove } from './copy.ts';

const DENO = join(modules, 'deno', 'deno');
const WRANGLER = join(modules, 'wrangler', 'bin', 'wrangler.js');
const SECRETS = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'JWT_SECRET'];
const { PATH, HOME } = process.env;

let packed: Packed;
before(async () => {
  packed = await pack();
});
after(() => remove(packed));

const settings = (names: string[]) => names.map((name) => `${name}=${demoSettings[name]}\n`).join('');

async function assertToken(url: string): Promise<void> {
  for (const base of ['/api/livekit', '/livekit']) {
    const response = await fetch(`${url}${base}/token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ roomId: 'channel-abc123' }),
    });
    assert.equal(response.status, 201);
    const { token } = await response.json();
    assert.equal((await new TokenVerifier('devkey', 'secret').verify(token)).video?.room, 'channel-abc123');
  }
}

async function assertWatches(url: string): Promise<void> {
  const client = await openStream(`${url}/api/livekit/channels/channel-abc123/voice-presence/events`, {
    Authorization: `Bearer ${userToken('user-456')}`,
  });
  assert.equal((await client.read().next()).event, 'snapshot');
  await client.close();
}

const LISTENING = /http:\/\/[\d.:]+\d/;

test('examples/node: npm start serves a token, and SIGTERM ends it with 0', async () => {
  const folder = copyExample('node', packed);
  writeFileSync(join(folder, '.env'), settings(Object.keys(demoSettings)));
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const command = [node24(), ...scripts.start.split(' ').slice(1)];
  const code = await serving(command, folder, { PORT: '0', HOST: '127.0.0.1' }, LISTENING, async (url) => {
    loadDemo(join(folder, 'livekit-edge.sqlite'));
    await assertToken(url);
  });
  assert.equal(code, 0);
});

test('examples/deno: the task serves a token with the permissions in its command, and SIGTERM ends it with 0', async () => {
  const folder = copyExample('deno', packed);
  writeFileSync(join(folder, '.env'), settings(Object.keys(demoSettings)));
  // Installed as in the first command of its README, in a folder without a manifest, but offline.
  const [, blocks = ''] = readFileSync(join(folder, 'README.md'), 'utf8').split('Until livekit-edge is on a registry');
  const [install = '', start = ''] = blocks.match(/(?<=```sh\n)[^`]+/)?.[0].split('\n') ?? [];
  const tarball = packed.tarball.split('/').at(-1);
  assert.equal(install, `npm install --prefix . ./${tarball} hono postgres`);
  const { tasks } = JSON.parse(readFileSync(join(folder, 'deno.json'), 'utf8'));
  assert.equal(start, tasks.start.replace('run', 'run --node-modules-dir=manual'));
  const [, run = '', ...args] = start.split(' ');
  const command = [DENO, run, '--no-prompt', '--no-lock', '--cached-only', ...args];
  const env = { PORT: '0', HOST: '127.0.0.1', DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(folder, '.deno') };
  const code = await serving(command, folder, env, LISTENING, async (url) => {
    loadDemo(join(folder, 'livekit-edge.sqlite'));
    await assertToken(url);
  });
  assert.equal(code, 0);
});

test('examples/cloudflare: wrangler bundles it, applies its migrations and serves a token', async () => {
  const folder = copyExample('cloudflare', packed);
  const env = { PATH, HOME, WRANGLER_SEND_METRICS: 'false', CI: 'true' } as Record<string, string>;
  const wrangler = async (...args: string[]) =>
    mustRun(node24(), [WRANGLER, ...args], `wrangler ${args[0]} failed`, { cwd: folder, env, seconds: 120 });

  await wrangler('deploy', '--dry-run', '--outdir', 'out');
  assert.ok(readdirSync(join(folder, 'out')).includes('worker.js'));

  writeFileSync(join(folder, '.dev.vars'), settings(SECRETS));
  await wrangler('d1', 'migrations', 'apply', 'livekit-edge', '--local');
  writeFileSync(join(folder, 'demo.sql'), demoStatements().map(literal).join(';\n'));
  await wrangler('d1', 'execute', 'livekit-edge', '--local', '--file', 'demo.sql');
  const command = [node24(), WRANGLER, 'dev', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0'];
  await serving(command, folder, env, /(?<=Ready on )http:\/\/[\d.:]+/, async (url) => {
    await assertToken(url);
    await assertWatches(url);
  });
});

/** A statement with its values inserted. */
function literal({ sql, values }: { sql: string; values: (string | number | null)[] }): string {
  const rest = [...values];
  return sql.replaceAll('?', () => {
    const value = rest.shift() ?? null;
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : `${value}`;
  });
}
