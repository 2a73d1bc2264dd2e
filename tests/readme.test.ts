// The examples of README.md and docs/ run as they stand there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { TokenVerifier } from 'livekit-server-sdk';
import { COMPATIBILITY_DATE, startWorker } from '../scripts/worker.mjs';
import { userToken } from './support/user-token.ts';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'docs/endpoint.md', 'docs/deploy.md']
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

// Inside the project, so that `livekit-edge` resolves as it does for a user.
const data = join(root, '.data');
mkdirSync(data, { recursive: true });
const folder = mkdtempSync(join(data, 'readme-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes the TypeScript block that follows `<!-- test: name -->` to a file. */
function example(name: string): string {
  const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`ts\n([^]*?)\`\`\``).exec(documents)?.[1];
  assert.ok(block, `No example "${name}" is documented`);
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, block);
  return file;
}

test('the examples are strict TypeScript, with no types but the package has', async () => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --lib es2024,dom';
  const files = ['plain', 'drop-in', 'worker', 'grants', 'hyperdrive'].map(example);
  await promisify(execFile)(process.execPath, [tsc, ...options.split(' '), '--types', '', ...files]);
});

test('the plain example prints a token that LiveKit accepts', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example('plain')]);
  const [token = '', expiresAt = ''] = stdout.split(/\s+/);
  const claims = await new TokenVerifier('devkey', 'secret').verify(token);
  assert.equal(claims.video?.room, 'channel-abc123');
  assert.equal(new Date(expiresAt).getTime() / 1000, claims.exp);
});

test("the package's own README has the same example", () => {
  const own = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'pkg', 'README.md'), 'utf8'))?.[1] ?? '';
  assert.ok(own.includes('generateToken(') && readFileSync(example('plain'), 'utf8').startsWith(own));
});

test('the drop-in example prints what it signed', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example('drop-in')]);
  assert.equal(stdout, 'user-456 channel-abc123\n');
});

/** Asks a Worker for a token of user-456, and returns the claim `video` as LiveKit's SDK reads it. */
async function videoGrant(url: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ roomId: 'channel-abc123' }),
  });
  assert.equal(response.status, 201);
  const { token } = await response.json();
  return (await new TokenVerifier('devkey', 'secret').verify(token)).video;
}

test("an application's own grants are those of the example", async () => {
  const worker = await startWorker({ entry: example('grants') });
  try {
    const expected = { room: 'channel-abc123', roomJoin: true, canPublish: true, canSubscribe: true };
    assert.deepEqual(await videoGrant(`${worker.url}/token`), expected);
  } finally {
    await worker.stop();
  }
});

test('the example that puts somebody out of a room asks the LiveKit server of the environment', async () => {
  const asked: string[] = [];
  const livekit = createServer(({ url }, response) => {
    asked.push(`${url}`);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(livekit, 'listening');
  const { port } = livekit.address() as { port: number };
  const settings = { LIVEKIT_URL: `ws://127.0.0.1:${port}`, LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' };
  await promisify(execFile)(process.execPath, [example('remove')], { env: { ...process.env, ...settings } });
  livekit.close();
  assert.deepEqual(asked, ['/twirp/livekit.RoomService/RemoveParticipant']);
});

test('the Worker example gives a member a token on the Workers runtime', async () => {
  const worker = await startWorker({ entry: example('worker') });
  try {
    assert.equal((await videoGrant(`${worker.url}/api/livekit/token`))?.room, 'channel-abc123');
  } finally {
    await worker.stop();
  }
});

test('wrangler bundles the Worker example as it would to deploy it', async () => {
  const main = example('worker');
  const config = join(folder, 'wrangler.json');
  const database = { binding: 'DB', database_name: 'livekit-edge', database_id: 'local' };
  const settings = { name: 'readme', main, compatibility_date: COMPATIBILITY_DATE, d1_databases: [database] };
  writeFileSync(config, JSON.stringify(settings));
  const out = join(folder, 'out');
  const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', out], {
    env,
  });
  const files = readdirSync(out);
  assert.ok(files.includes('worker.js'), `${files}`);
  assert.equal(files.filter((file) => file.endsWith('livekit_edge.wasm')).length, 1, `${files}`);
});
