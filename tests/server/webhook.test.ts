/** POST /webhook: accepts only events that LiveKit signed, byte for byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  assertAnswer,
  assertError,
  badRequest,
  INCOMPLETE,
  NOT_ALLOWED,
  NOT_JSON,
  NOT_OBJECT,
  TOO_COMPLEX,
  TOO_LARGE,
  TWICE,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { sendRaw } from '../support/raw-http.ts';
import { jws, now, userToken } from '../support/user-token.ts';
import { digestOf, event, moved, participant, RECEIVED, signatureOf, webhooks } from '../support/webhooks.ts';

const ROOM = 'channel-abc123';
const NOT_EVENT = badRequest('Request body is not an event of LiveKit');
const MIB = 1024 * 1024;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const send = webhooks(() => endpoint);

const received = (answer: Awaited<ReturnType<typeof send>>, what?: string) => assertAnswer(answer, 200, RECEIVED, what);
const present = async (): Promise<string[]> => {
  const { text } = await endpoint.get(`/channels/${ROOM}/voice-presence`);
  return JSON.parse(text).participants.map(({ identity }: { identity: string }) => identity);
};

test('row 72: a webhook that LiveKit signed is received, on both prefixes and with any content type', async () => {
  for (const base of ['/api/livekit', '/livekit']) received(await send(event('room_started', ROOM), { base }));
  for (const type of ['application/webhook+json', 'application/json', 'text/plain', 'x']) {
    received(await send(event('room_started', ROOM), { headers: { 'Content-Type': type } }), type);
  }
  const body = event('room_started', ROOM);
  for (const scheme of ['', 'Bearer ', 'bearer ']) {
    received(await send(body, { headers: { Authorization: scheme + (await signatureOf(body)) } }), scheme);
  }
});

test('the bytes are signed: white space, escapes and non-ASCII characters count', async () => {
  for (const body of [
    `\n { "event" : "room_started" , "room" : {"name":"x"} }\t`,
    '{"event":"\\u0072oom_started"}',
    '{"event":"room_started","room":{"name":"Zoë 🦀 雪","metadata":"\\u2028\\"\\\\"}}',
  ]) {
    received(await send(body), body);
    for (const other of [`${body} `, ` ${body}`, body.replace('event', 'Event'), body.slice(0, -1)]) {
      assertError(await send(other, { headers: { Authorization: await signatureOf(body) } }), UNAUTHORIZED, other);
    }
  }
});

test('any other Authorization header is 401, and changes nothing', async () => {
  const body = moved('joined', ROOM, 'user-789');
  const good = await signatureOf(body);
  const [header, payload, tag = ''] = good.split('.');
  const claims = { iss: 'devkey', nbf: now(), exp: now() + 300, sha256: digestOf(body) };
  const sign = (changes: Record<string, unknown>, secret = 'secret') =>
    jws({ alg: 'HS256' }, { ...claims, ...changes }, secret);
  received(await send(event('room_started', ROOM)));
  for (const [what, Authorization] of Object.entries({
    nothing: '',
    garbage: 'x.y.z',
    'Bearer alone': 'Bearer ',
    'another scheme': `Basic ${good}`,
    'a scheme twice': `Bearer Bearer ${good}`,
    'a wrong signature': `${header}.${payload}.${tag.startsWith('A') ? 'B' : 'A'}${tag.slice(1)}`,
    'no signature': `${header}.${payload}.`,
    'two tokens': `${good}, ${good}`,
    'another secret': await signatureOf(body, { secret: 'secret-of-another' }),
    'another key': await signatureOf(body, { key: 'otherkey' }),
    'no digest': await signatureOf(body, { sha256: null }),
    'another digest': await signatureOf(body, { sha256: digestOf(`${body} `) }),
    'the digest of an empty body': await signatureOf(body, { sha256: digestOf('') }),
    'half of the digest': await signatureOf(body, { sha256: digestOf(body).slice(0, 22) }),
    'a digest in base64url': sign({ sha256: Buffer.from(digestOf(body), 'base64').toString('base64url') }),
    'a digest in hexadecimal': sign({ sha256: Buffer.from(digestOf(body), 'base64').toString('hex') }),
    'a list of digests': sign({ sha256: [digestOf(body)] }),
    expired: sign({ nbf: now() - 600, exp: now() - 120 }),
    'not valid yet': sign({ nbf: now() + 120, exp: now() + 600 }),
    'no exp': sign({ exp: undefined }),
    'no issuer': sign({ iss: undefined }),
    'another algorithm': jws({ alg: 'HS512' }, claims, 'secret', 'sha512'),
    'no algorithm': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
    "a user's token": userToken('user-owner'),
    "an owner's token after Bearer": `Bearer ${userToken('user-owner')}`,
    'a token to join': JSON.parse((await endpoint.token({ roomId: ROOM })).text).token,
    'a very long token': `${good}${'A'.repeat(12_000)}`,
  })) {
    assertError(await send(body, { headers: { Authorization } }), UNAUTHORIZED, what);
  }
  const cookie = { Authorization: '', Cookie: `access_token=${good}` };
  assertError(await send(body, { headers: cookie }), UNAUTHORIZED, 'in a cookie');
  assert.deepEqual(await present(), []);
  received(await send(body));
  assert.deepEqual(await present(), ['user-789']);
  received(await send(moved('left', ROOM, 'user-789')));
});

test("LiveKit's clock may differ by a minute", async () => {
  const body = event('room_started', ROOM);
  const claims = { iss: 'devkey', sha256: digestOf(body) };
  for (const times of [
    { nbf: now() - 300, exp: now() - 20 },
    { nbf: now() + 20, exp: now() + 300 },
  ]) {
    received(
      await send(body, { headers: { Authorization: jws({ alg: 'HS256' }, { ...claims, ...times }, 'secret') } }),
    );
  }
});

test('a body above 1 MiB is 413; one below is accepted', async () => {
  const padded = (bytes: number) => {
    const body = event('room_started', ROOM, { x: '' });
    return body.replace('"x":""', `"x":"${'x'.repeat(bytes - body.length)}"`);
  };
  received(await send(padded(MIB)));
  // Of bodies that are too large only the first byte is sent: a client that is still sending may never see the response.
  const signature = `Authorization: ${await signatureOf(padded(MIB + 1))}`;
  for (const headers of [
    [`Content-Length: ${MIB + 1}`, signature],
    ['Content-Length: 5000000', signature],
  ]) {
    assertError(await sendRaw(endpoint.url, 'POST /api/livekit/webhook', headers, '{'), TOO_LARGE);
  }
  const headers = ['Content-Length: 500', signature];
  assertError(await sendRaw(endpoint.url, 'POST /api/livekit/webhook', headers, '{', { breakOff: true }), INCOMPLETE);
  assertError(await send('x'.repeat(MIB), { headers: { Authorization: 'x' } }), UNAUTHORIZED);
});

test('the body of an unauthenticated request is not read', async () => {
  // The digest is in the token. A caller without a token has signed nothing, and neither has a participant with a token to join.
  const toJoin = JSON.parse((await endpoint.token({ roomId: ROOM })).text).token;
  const expired = await signatureOf('', { ttl: -120 });
  for (const size of ['Content-Length: 500', 'Content-Length: 5000000', 'Transfer-Encoding: chunked']) {
    for (const signature of ['', 'x', toJoin, `Bearer ${userToken('user-owner')}`, expired]) {
      const headers = [size, `Authorization: ${signature}`];
      assertError(await sendRaw(endpoint.url, 'POST /api/livekit/webhook', headers, ''), UNAUTHORIZED, signature);
    }
  }
});

test('a signed body that is not JSON or not an event is 400, after the signature', async () => {
  for (const [body, error] of [
    ['event=room_started', NOT_JSON],
    ['{', NOT_JSON],
    ['[]', NOT_OBJECT],
    ['null', NOT_OBJECT],
    ['"room_started"', NOT_OBJECT],
    ['{"event":"room_started","event":"room_finished"}', TWICE],
    [`{"event":"room_started","x":${'['.repeat(40)}${']'.repeat(40)}}`, TOO_COMPLEX],
    ['', NOT_EVENT],
    ['{}', NOT_EVENT],
    ['{"event":null}', NOT_EVENT],
    ['{"event":1}', NOT_EVENT],
    ['{"event":["participant_joined"]}', NOT_EVENT],
  ] as const) {
    assertError(await send(body), error, body);
    assertError(await send(body, { headers: { Authorization: '' } }), UNAUTHORIZED, body);
  }
  assertError(await send(Uint8Array.from([0x7b, 0xff, 0x7d])), NOT_JSON);
});

test('an event that changes presence and lacks a required field is 400', async () => {
  const room = { sid: 'RM_x', name: ROOM };
  const alice = participant('user-456');
  for (const changes of [
    { participant: undefined },
    { participant: null },
    { participant: [alice] },
    { participant: 'user-456' },
    { participant: { ...alice, sid: '' } },
    { participant: { ...alice, identity: undefined } },
    { participant: { ...alice, identity: 7 } },
    { participant: { ...alice, identity: 'a\u0000b' } },
    { participant: { ...alice, name: ['x'] } },
    { participant: { ...alice, kind: [3] } },
    { participant: { ...alice, permission: true } },
    { participant: { ...alice, permission: { hidden: 'true' } } },
    { room: undefined },
    { room: ROOM },
    { room: { ...room, name: '' } },
    { room: { ...room, sid: undefined } },
    { id: undefined },
    { id: '' },
    { id: 7 },
    ...[undefined, null, '', 'soon', '1.5', 1.5, -1, '-1', true, {}, '8640000000001', '9007199254740992'].map(
      (createdAt) => ({ createdAt }),
    ),
  ]) {
    const body = moved('joined', ROOM, 'user-456', changes);
    assertError(await send(body), NOT_EVENT, body);
  }
  assert.deepEqual(await present(), []);
});

test('events that do not change presence are received, also unknown ones', async () => {
  for (const name of [
    'room_started',
    'track_published',
    'track_unpublished',
    'egress_started',
    'egress_updated',
    'egress_ended',
    'ingress_started',
    'ingress_ended',
    'agent_job_started',
    'room_painted',
    'PARTICIPANT_JOINED',
    '',
  ]) {
    received(await send(event(name, ROOM, { participant: participant('user-456') })), name);
    received(await send(JSON.stringify({ event: name })), name);
  }
  const { accepted } = JSON.parse(readFileSync(new URL('../vectors/webhooks.json', import.meta.url), 'utf8'));
  const bodies = accepted
    .map(({ body }: { body: unknown }) => body)
    .filter((body: unknown) => typeof body === 'string');
  const started = bodies.filter((body: string) => body.includes('room_started'));
  assert.ok(started.length > 2);
  for (const body of started) received(await send(body), body);
  assert.deepEqual(await present(), []);
});

test('without a key or a secret every webhook is refused', async () => {
  for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
    for (const value of [null, '', ' ']) {
      const settings = { [name]: value };
      assertError(await send(event('room_started', ROOM), { settings }), UNAUTHORIZED);
      const claims = { iss: value ?? '', nbf: now(), exp: now() + 300, sha256: digestOf('{}') };
      for (const secret of ['', ' ', 'secret']) {
        const Authorization = jws({ alg: 'HS256' }, claims, secret);
        assertError(await send('{}', { settings, headers: { Authorization } }), UNAUTHORIZED);
      }
    }
  }
  assertError(await endpoint.get('/webhook'), NOT_ALLOWED);
  received(await send(event('room_started', ROOM)), 'afterwards');
});
