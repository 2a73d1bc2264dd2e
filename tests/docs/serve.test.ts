// `npm run docs -- --serve` serves only the site, on loopback.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serveFolder } from '../../scripts/docs/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-serve-'));
const site = join(folder, 'site');
let served: Awaited<ReturnType<typeof serveFolder>>;
before(async () => {
  mkdirSync(join(site, 'guide'), { recursive: true });
  mkdirSync(join(folder, 'site-2'));
  writeFileSync(join(folder, 'secret.html'), 'secret');
  writeFileSync(join(folder, 'site-2', 'secret.html'), 'secret');
  writeFileSync(join(site, 'index.html'), 'first page');
  writeFileSync(join(site, 'guide', 'index.html'), 'guide');
  writeFileSync(join(site, 'a b.js'), '1');
  served = await serveFolder(site, 0);
});
after(() => {
  served.close();
  rmSync(folder, { recursive: true });
});

/** Status and body of a request whose target is sent unchanged. */
async function ask(target: string): Promise<string> {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

test('it listens on loopback', () => assert.equal(new URL(served.url).hostname, '127.0.0.1'));

for (const [target, body, type] of [
  ['/', 'first page', 'text/html'],
  ['/index.html?x=1', 'first page', 'text/html'],
  ['/guide/', 'guide', 'text/html'],
  ['/a%20b.js', '1', 'text/javascript'],
] as const) {
  test(`${target} is a page`, async () => {
    const answer = await ask(target);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.ok(answer.includes(body) && answer.includes(`content-type: ${type}`), answer);
  });
}

for (const target of [
  '/missing.html',
  '/guide',
  '/../secret.html',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/../site-2/secret.html',
  '//secret.html',
  '/%',
  '/%00',
  '/index.html/',
]) {
  test(`${target} is 404`, async () => {
    const answer = await ask(target);
    assert.match(answer, /^HTTP\/1\.1 404 /);
    assert.ok(!answer.includes('secret'));
  });
}

test('a port in use is an error', async () => {
  await assert.rejects(serveFolder(site, Number(new URL(served.url).port)), { code: 'EADDRINUSE' });
});
