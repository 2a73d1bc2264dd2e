/** A hostile identity provider cannot make the endpoint hang, fill its memory, redirect it, or put text into its responses. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  CLAIMS,
  createJwks,
  makeKey,
  NO_DETAILS,
  type Provider,
  refused,
  startProvider,
  unavailable,
} from '../support/jwks-provider.ts';

const MARK = 'hunter2';
const key = makeKey('EdDSA', 'good');
const list = (...keys: unknown[]) => JSON.stringify({ keys });
// Compressed beforehand, because that takes longer than the provider has time to answer.
const brotliBomb = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, ' '));
const big = JSON.stringify({ keys: [key.jwk()], padding: ' '.repeat(256 * 1024) });

let provider: Provider;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());

/** Checks that a provider's answer leads to 503, with no text of it in the error; and that its next valid answer is used. */
async function assertUnavailable(reason: string, tell: () => void): Promise<void> {
  let time = 1_800_000_000_000;
  const jwks = createJwks(provider.url, { now: () => time });
  tell();
  await assert.rejects(jwks.verify(key.token()), (error: Error & { body?: unknown }) => {
    assert.deepEqual(error.body, { statusCode: 503, message: 'Service Unavailable' });
    const { name, message } = error;
    assert.deepEqual({ ...error, name, message }, { ...unavailable(reason), ...NO_DETAILS });
    assert.equal(`${error.stack}${error.cause}`.includes(MARK), false);
    return true;
  });
  time += 5000;
  provider.list(key.jwk());
  assert.equal(await jwks.verify(key.token()), JSON.stringify(CLAIMS));
}

/** Sends a part again and again until the reader stops. */
function endless(response: ServerResponse, part: string | Uint8Array, pause = 0): void {
  if (response.destroyed || !response.writable) return;
  if (pause === 0 && !response.write(part)) response.once('drain', () => endless(response, part));
  else setTimeout(() => response.write(part) && endless(response, part, pause), pause);
}

const unreachable: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  'no answer': () => {},
  'a closed connection': (_, response) => response.destroy(),
  'bytes that are not HTTP': (_, response) => response.socket?.end(`${MARK} says hello\r\n\r\n`),
  'a status line and nothing more': (_, response) => response.socket?.write('HTTP/1.1 200 OK\r\n'),
  'a body that never comes': (_, response) => response.writeHead(200, { 'Content-Length': '10' }).flushHeaders(),
  'a body that breaks off': (_, response) => {
    response.writeHead(200, { 'Content-Length': '99999' });
    response.write(list(key.jwk()), () => response.destroy());
  },
  'a body that comes byte by byte': (_, response) => endless(response.writeHead(200), ' ', 50),
  'an endless body': (_, response) => endless(response.writeHead(200), '['.repeat(60_000)),
  'too large a body': (_, response) => response.writeHead(200, { 'Content-Length': String(big.length) }).end(big),
  'too large a body in chunks': (_, response) => {
    response.writeHead(200).write(big.slice(0, 100));
    response.end(big.slice(100));
  },
  'a gzip bomb': (_, response) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': String(bomb.length) }).end(bomb);
  },
  'a brotli bomb': (_, response) => response.writeHead(200, { 'Content-Encoding': 'br' }).end(brotliBomb),
  'a body that is not gzip': (_, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(list(key.jwk())),
  'bytes that are not UTF-8': (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])),
  'a redirect to itself': (request, response) => response.writeHead(302, { Location: request.url ?? '' }).end(),
  'no content': (_, response) => response.writeHead(204).end(),
};
for (const [what, handler] of Object.entries(unreachable)) {
  test(what, () => assertUnavailable('jwks_unreachable', () => provider.handle(handler)));
}

for (const status of [201, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 429, 500, 502, 503]) {
  test(`status ${status}, with valid keys or a redirect to them, is refused`, async () => {
    const before = provider.requests;
    await assertUnavailable('jwks_unreachable', () =>
      provider.send(status === 304 ? '' : list(key.jwk()), status, { Location: `${provider.url}?${MARK}` }),
    );
    assert.equal(provider.requests - before, 2);
  });
}

test('a server that is gone is 503', async () => {
  const gone = await startProvider();
  await gone.stop();
  await assert.rejects(createJwks(gone.url).verify(key.token()), unavailable('jwks_unreachable'));
});

const jwk = key.jwk();
const invalid: Record<string, string> = {
  nothing: '',
  HTML: `<!doctype html><title>${MARK}</title>`,
  'JSON that breaks off': list(jwk).slice(0, -1),
  'two JSON texts': list(jwk) + list(jwk),
  'a number': '1',
  null: 'null',
  'a text': `"${MARK}"`,
  'a list of keys': JSON.stringify([jwk]),
  'one key': JSON.stringify(jwk),
  'an empty object': '{}',
  'keys that are an object': '{"keys":{"0":{}}}',
  'keys that are null': '{"keys":null}',
  '101 keys': list(...Array.from({ length: 101 }, (_, i) => ({ ...jwk, kid: i === 0 ? 'good' : `${i}` }))),
  'deep lists': `{"keys":[${JSON.stringify(jwk)}],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  'deep objects in a key': `{"keys":[{"kty":"OKP","x":${'{"x":'.repeat(40_000)}1${'}'.repeat(40_000)}}]}`,
  'deep lists that do not end': '['.repeat(250_000),
};
for (const [what, text] of Object.entries(invalid)) {
  test(`${what} in place of keys is refused`, () => assertUnavailable('jwks_invalid', () => provider.send(text)));
}

// RFC 7517 section 5: malformed and unknown keys of a set are ignored.
const harmless: Record<string, string> = {
  'a key that is a number': list(jwk, 1),
  'a key that is null': list(jwk, null),
  'a key that is a list': list(jwk, [jwk]),
  'a key that is empty': list(jwk, {}),
  'a kind that is a number': list(jwk, { ...jwk, kid: 'b', kty: 1 }),
  'an id that is a number': list(jwk, { ...jwk, kid: 1 }),
  'an id that is null': list(jwk, { ...jwk, kid: null }),
  'a value that is a list': list(jwk, { ...jwk, kid: 'b', x: [jwk['x']] }),
  'operations that are a string': list(jwk, { ...jwk, kid: 'b', key_ops: 'verify' }),
  'the same key twice': list(jwk, jwk),
  'the same key twice, once without its algorithm': list(jwk, { ...jwk, alg: undefined }),
  'the same key under both names of its algorithm': list(jwk, { ...jwk, alg: 'Ed25519' }),
  'the same key under two ids': list(jwk, { ...jwk, kid: 'other' }),
  'the same key a hundred times': list(...Array.from({ length: 100 }, () => jwk)),
  'a key for encryption under the same id': list(jwk, { ...makeKey('EdDSA', 'good').jwk(), use: 'enc' }),
  'a malformed key under the same id': list({ ...jwk, x: 1 }, jwk, { ...jwk, kty: 'nonsense' }),
  'hostile names of fields': list(jwk, JSON.parse('{"__proto__":{"kty":"OKP"},"constructor":1,"kid":"b"}')),
  '100 keys': list(...Array.from({ length: 100 }, (_, i) => ({ ...jwk, kid: i === 0 ? 'good' : `${i}` }))),
  'a byte order mark': `\uFEFF${list(jwk)}`,
  'other members': JSON.stringify({ __proto__: null, issuer: MARK, constructor: 1, keys: [{ ...jwk, extra: [{}] }] }),
  'a prototype': `{"__proto__":{"keys":[]},"keys":[{"__proto__":{"d":"x"},${JSON.stringify(jwk).slice(1)}]}`,
  'an id for keys of two kinds': list(jwk, makeKey('ES256', 'good').jwk()),
  'a key that is no point': list(jwk, { ...makeKey('ES256', 'b').jwk(), x: 'AAAA' }),
  'a modulus without end': list(jwk, { kty: 'RSA', kid: 'b', e: 'AQAB', n: 'x'.repeat(200_000) }),
  '256 KiB': list(jwk).padEnd(256 * 1024),
};
for (const [what, text] of Object.entries(harmless)) {
  test(`${what}: is harmless`, async () => {
    provider.send(text);
    const jwks = createJwks(provider.url);
    const start = process.cpuUsage();
    for (const { alg, kid } of [makeKey('RS256', 'b'), makeKey('ES256', 'b')]) {
      await assert.rejects(jwks.verify(key.token(CLAIMS, { alg, kid })), { status: 401 });
    }
    assert.equal(await jwks.verify(key.token()), JSON.stringify(CLAIMS));
    assert.ok(process.cpuUsage(start).user < 1_500_000, 'microseconds of CPU time');
  });
}

test('different keys with one id: none of them verifies; keys of other ids do', async () => {
  const [first, second, other] = [makeKey('EdDSA', 'same'), makeKey('EdDSA', 'same'), key];
  for (const keys of [
    [first.jwk(), second.jwk()],
    [first.jwk(), second.jwk(), first.jwk()],
    [first.jwk({ alg: undefined }), second.jwk({ alg: 'Ed25519' })],
  ]) {
    provider.list(...keys, other.jwk());
    const jwks = createJwks(provider.url);
    for (const { token } of [first, second]) {
      await assert.rejects(jwks.verify(token()), refused('unknown_key'));
    }
    assert.equal(await jwks.verify(other.token()), JSON.stringify(CLAIMS));
  }
});

test('compressed keys are accepted', async () => {
  provider.send(gzipSync(list(jwk)), 200, { 'Content-Encoding': 'gzip' });
  assert.equal(await createJwks(provider.url).verify(key.token()), JSON.stringify(CLAIMS));
});

test('a fetch that never settles, throws, or ignores the signal is 503', async () => {
  const body = () => new ReadableStream({ pull: (stream) => new Promise(() => stream.enqueue(new Uint8Array(1))) });
  for (const ask of [
    () => new Promise<Response>(() => {}),
    () => Promise.reject(new Error(MARK)),
    () => Promise.reject(undefined),
    () => {
      throw new Error(MARK);
    },
    async () => new Response(body()),
  ]) {
    const jwks = createJwks('https://login.example.com', { fetch: ask });
    await assert.rejects(jwks.verify(key.token()), unavailable('jwks_unreachable'));
  }
});

test('unsafe URLs are refused at once', () => {
  const message = 'JWT_JWKS_URL is not an https URL without credentials';
  const refusal = (error: Error & { code?: string; status?: number }) => {
    assert.deepEqual(
      [error.name, error.status, error.code, error.message],
      [...['LivekitException', 500, 'not_configured', message]],
    );
    return !`${error.stack}${error.cause}`.includes(MARK);
  };
  for (const url of [
    ...['', 'x', 'login.example.com', '/jwks.json', 'https://', '//login.example.com/jwks'],
    ...['http://login.example.com/jwks', 'http://127.0.0.2/', 'http://10.0.0.1/', 'http://[::2]/', 'http://0.0.0.0/'],
    ...['http://localhost.example.com/', 'http://127.0.0.1.example.com/', 'http://localhost@login.example.com/'],
    ...[`https://user:${MARK}@login.example.com/`, 'https://user@login.example.com/', `http://:${MARK}@localhost/`],
    ...[
      'file:///etc/passwd',
      'data:application/json,{"keys":[]}',
      'ftp://localhost/',
      'javascript:1',
      'ws://localhost',
    ],
  ]) {
    assert.throws(() => createJwks(url), refusal, url);
  }
  for (const url of [
    ...['https://login.example.com/.well-known/jwks.json', 'HTTPS://LOGIN.EXAMPLE.COM:8443/?a=b#c'],
    ...['http://127.0.0.1:8080/', 'http://[::1]:8080/jwks', 'http://localhost/', 'http://LOCALHOST:1/'],
  ]) {
    assert.equal(typeof createJwks(url).verify, 'function');
  }
});
