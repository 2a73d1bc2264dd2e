/** Keys of an identity provider on workerd, where no request may wait for the I/O of another. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startWorker } from '../../scripts/worker.mjs';
import { supportScript } from '../support/endpoint.ts';
import { CLAIMS, makeKey, type Provider, startProvider } from '../support/jwks-provider.ts';

const MINUTE = 60_000;
const rsa = makeKey('RS256', 'rsa');
const ec = makeKey('ES256', 'ec');
const ed = makeKey('EdDSA', 'ed');
const next = makeKey('ES256', 'next');
const stranger = makeKey('ES256', 'stranger');
const good = [rsa.jwk(), ec.jwk(), ed.jwk()];

let worker: Awaited<ReturnType<typeof startWorker>>;
let provider: Provider;
let tests = 0;
let asked = 0;
before(async () => {
  const entry = supportScript('jwks-worker.ts');
  [worker, provider] = await Promise.all([startWorker({ entry, migrate: false, demo: false }), startProvider()]);
});
after(() => Promise.all([worker.stop(), provider.stop()]));
beforeEach(() => {
  tests += 1;
  asked = provider.requests;
  provider.list(...good);
});

const requests = () => provider.requests - asked;

/** Every test has its own URL, and therefore its own cache. */
async function verify(token: string, ahead = 0, more = ''): Promise<string> {
  const query = new URLSearchParams({ jwks: `${provider.url}?${tests}`, ahead: `${ahead}` });
  const response = await fetch(`${worker.url}/?${query}${more}`, { method: 'POST', body: token });
  return `${response.status} ${await response.text()}`;
}
const OK = `200 ${JSON.stringify(CLAIMS)}`;

/** The responses of as many concurrent requests, each text once. */
const many = async (count: number, ask: (index: number) => Promise<string>) => [
  ...new Set(await Promise.all(Array.from({ length: count }, (_, index) => ask(index)))),
];
/** Responds after a while, so that all requests arrive before the keys. */
const listLate = (milliseconds: number, ...keys: unknown[]) =>
  provider.handle((_, response) => setTimeout(() => response.end(JSON.stringify({ keys })), milliseconds));

test('every algorithm is accepted, and another key of each is refused', async () => {
  for (const key of [rsa, ec, ed]) {
    assert.equal(await verify(key.token()), OK);
    assert.equal(await verify(makeKey(key.alg, key.kid).token()), '401 signature');
    const forged = key.token().replace(/[^.]*$/, Buffer.alloc(64).toString('base64url'));
    assert.equal(await verify(forged), '401 signature');
  }
  assert.equal(await verify(stranger.token()), '401 unknown_key');
  assert.equal(await verify(makeKey('RS256', 'x').token(CLAIMS, { alg: 'HS256' })), '401 algorithm');
  assert.equal(requests(), 1);
});

test('an RSA key of 1024 bits, a key that is not a point, and an endless modulus are refused', async () => {
  const small = makeKey('RS256', 'small', 1024);
  const point = makeKey('ES256', 'point');
  const endless = { kty: 'RSA', kid: 'endless', e: 'AQAB', n: 'x'.repeat(200_000) };
  provider.list(...good, small.jwk(), point.jwk({ x: point.jwk()['y'] }), endless);
  for (const key of [small, point, makeKey('RS256', 'endless')]) {
    assert.match(await verify(key.token()), /^401 (signature|unknown_key)$/);
  }
  assert.equal(await verify(ec.token()), OK);
});

test('100 requests at a cold start send one request', async () => {
  listLate(200, ...good);
  assert.deepEqual(await many(100, (i) => verify([rsa, ec, ed][i % 3]?.token() ?? '')), [OK]);
  assert.equal(requests(), 1);
});

test('after a rotation, 100 requests send one, and the withdrawn key is refused', async () => {
  assert.equal(await verify(ec.token()), OK);
  listLate(200, next.jwk());
  assert.deepEqual(await many(100, () => verify(next.token(), MINUTE)), [OK]);
  assert.equal(requests(), 2);
  assert.deepEqual(await many(20, () => verify(ec.token(), MINUTE)), ['401 unknown_key']);
  assert.equal(requests(), 2);
});

test('100 requests for stale keys send one', async () => {
  assert.equal(await verify(ec.token()), OK);
  listLate(200, ...good);
  assert.deepEqual(await many(100, () => verify(ec.token(), 10 * MINUTE)), [OK]);
  assert.equal(requests(), 2);
});

test('a provider that is down from the start gets one request in 5 s, and its keys are used when it is up', async () => {
  provider.handle((_, response) => setTimeout(() => response.destroy(), 100));
  assert.deepEqual(await many(50, () => verify(ec.token())), ['503 jwks_unreachable']);
  assert.deepEqual(await many(50, () => verify(ec.token())), ['503 jwks_unreachable']);
  assert.equal(requests(), 1);
  provider.list(...good);
  assert.deepEqual(await many(50, () => verify(ec.token(), 6000)), [OK]);
  assert.equal(requests(), 2);
});

test('if the provider goes down, known keys are used for an hour, others are 503, with one request a minute', async () => {
  assert.equal(await verify(ec.token()), OK);
  provider.send('down', 503);
  for (const minute of [11, 30, 58]) {
    assert.deepEqual(await many(20, () => verify(ec.token(), minute * MINUTE)), [OK]);
    assert.deepEqual(await many(20, () => verify(stranger.token(), minute * MINUTE)), ['503 jwks_unreachable']);
  }
  assert.equal(requests(), 4);
  assert.deepEqual(await many(20, () => verify(ec.token(), 60 * MINUTE)), ['503 jwks_unreachable']);
});

test('hostile responses are 503, and the next valid response is used', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  let ahead = 0;
  for (const [reason, handler] of [
    ['jwks_unreachable', () => {}],
    ['jwks_unreachable', (_, response) => response.writeHead(200, { 'Content-Length': '10' }).flushHeaders()],
    ['jwks_unreachable', (_, response) => void setInterval(() => response.write(' '), 50).unref()],
    ['jwks_unreachable', (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb)],
    ['jwks_unreachable', (_, response) => response.end(`{"keys":[${' '.repeat(256 * 1024)}]}`)],
    ['jwks_unreachable', (_, response) => response.writeHead(302, { Location: provider.url }).end()],
    ['jwks_unreachable', (_, response) => response.socket?.end('no HTTP at all\r\n\r\n')],
    ['jwks_invalid', (_, response) => response.end('<html>')],
    ['jwks_invalid', (_, response) => response.end('['.repeat(200_000))],
    ['jwks_invalid', (_, response) => response.end(`{"keys":[],"x":${'['.repeat(99_000)}${']'.repeat(99_000)}}`)],
  ] as [string, Parameters<Provider['handle']>[0]][]) {
    tests += 1;
    provider.handle(handler);
    assert.equal(await verify(ec.token(), ahead), `503 ${reason}`, String(handler));
    ahead += 6000;
    provider.list(...good);
    assert.equal(await verify(ec.token(), ahead), OK);
  }
});

test('a request that is cancelled during a fetch does not delay others for long, and does not count', async () => {
  listLate(1000, ...good);
  assert.equal(await verify(ec.token(), 0, '&leave=100'), '200 left');
  provider.list(...good);
  const start = performance.now();
  assert.deepEqual(await many(20, () => verify(ec.token())), [OK]);
  const waited = performance.now() - start;
  assert.ok(waited > 1500 && waited < 4000, `${waited}`);
  assert.equal(requests(), 2);

  listLate(1000, ...good, next.jwk());
  assert.equal(await verify(next.token(), MINUTE + 3000, '&leave=100'), '200 left');
  provider.list(...good, next.jwk());
  assert.equal(await verify(ec.token(), MINUTE + 3000), OK);
  assert.equal(await verify(next.token(), MINUTE + 3000), OK);
});
