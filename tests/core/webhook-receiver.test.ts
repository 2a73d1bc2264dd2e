// WebhookReceiver: accepts only what LiveKit sent, byte for byte.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, mock, suite, test } from 'node:test';
import { WebhookEvent, WebhookReceiver } from 'livekit-edge';
import { digestOf, KEY, now, refusedToken, SECRET, sign, tokenOf, untyped } from '../sdk/support.ts';

const receiver = new WebhookReceiver(KEY, SECRET);
const BODY =
  '{"event":"participant_joined","room":{"name":"lobby é 🦀"},"participant":{"identity":"alice"},"id":"EV_1","createdAt":"1735689601"}';
const bytesOf = (text: string) => new TextEncoder().encode(text);
afterEach(() => mock.timers.reset());

/** The token that LiveKit sends with a body. */
const tokenFor = (body: string | Uint8Array, claims: Record<string, unknown> = {}) =>
  tokenOf({ sub: undefined, exp: now() + 300, sha256: digestOf(body), ...claims });

const WRONG_DIGEST = refusedToken('digest', 'sha256 checksum of body does not match');
const NO_EVENT = {
  name: 'LivekitException',
  status: 400,
  code: 'invalid_webhook',
  message: 'webhook body is not a LiveKit event',
};

/** The result of a call, by both methods of a receiver. */
async function assertRefused(expected: object, ...call: Parameters<WebhookReceiver['receive']>): Promise<void> {
  assert.throws(() => receiver.receiveSync(...call), expected);
  await assert.rejects(receiver.receive(...call), expected);
}

suite('a webhook', () => {
  for (const [what, body] of Object.entries({
    'a text': BODY,
    bytes: bytesOf(BODY),
    'a buffer': Buffer.from(BODY),
  })) {
    test(`is accepted as ${what}`, async () => {
      const event = receiver.receiveSync(body, tokenFor(BODY));
      assert.ok(event instanceof WebhookEvent);
      assert.deepEqual(
        [event.event, event.room?.name, event.createdAt],
        ['participant_joined', 'lobby é 🦀', 1735689601n],
      );
      assert.deepEqual(await receiver.receive(body, tokenFor(BODY)), event);
    });
  }

  test('is accepted as bytes within others, which are not changed', () => {
    const others = bytesOf(`..${BODY}..`);
    const before = others.slice();
    assert.equal(receiver.receiveSync(others.subarray(2, -2), tokenFor(BODY)).id, 'EV_1');
    assert.deepEqual(others, before);
  });

  test('is accepted with or without Bearer', () => {
    for (const scheme of ['', 'Bearer ', 'bearer ', 'BEARER ']) {
      assert.equal(receiver.receiveSync(BODY, scheme + tokenFor(BODY)).id, 'EV_1');
    }
  });

  test('is accepted twice: nothing is stored, so the application must store the ids', () => {
    const token = tokenFor(BODY);
    for (let times = 0; times < 2; times++) assert.equal(receiver.receiveSync(BODY, token).id, 'EV_1');
  });

  test('of five megabytes is accepted', () => {
    const large = JSON.stringify({ event: 'room_started', room: { name: 'lobby', metadata: 'é'.repeat(2_500_000) } });
    assert.equal(receiver.receiveSync(large, tokenFor(large)).room?.metadata.length, 2_500_000);
    assert.equal(receiver.receiveSync(bytesOf(large), tokenFor(large)).room?.name, 'lobby');
  });
});

suite('the header', () => {
  test('is required', async () => {
    const missing = { status: 401, code: 'invalid_token', message: 'authorization header is empty' };
    for (const header of [undefined, null, '', 0, false]) await assertRefused(missing, BODY, untyped(header));
  });

  for (const [what, header] of Object.entries({
    'another scheme': `Basic ${tokenFor(BODY)}`,
    'no blank after Bearer': `Bearer${tokenFor(BODY)}`,
    'two blanks after Bearer': `Bearer  ${tokenFor(BODY)}`,
    'Bearer twice': `Bearer Bearer ${tokenFor(BODY)}`,
    'Bearer alone': 'Bearer ',
    'two tokens': `${tokenFor(BODY)}, ${tokenFor(BODY)}`,
    'a blank after it': `${tokenFor(BODY)} `,
    'a list': [tokenFor(BODY)],
    'a number': 1,
  })) {
    test(`is refused if it is not a token: ${what}`, () =>
      assertRefused(refusedToken('malformed'), BODY, untyped(header)));
  }

  test('is refused with another key or secret', async () => {
    const token = tokenFor(BODY);
    await assertRefused(refusedToken('issuer'), BODY, tokenFor(BODY, { iss: 'another' }));
    const payload = JSON.stringify({ iss: KEY, exp: now() + 300, sha256: digestOf(BODY) });
    await assertRefused(refusedToken('signature'), BODY, sign(payload, undefined, `${SECRET}!`));
    for (const other of [new WebhookReceiver('another', SECRET), new WebhookReceiver(KEY, 'another')]) {
      assert.throws(() => other.receiveSync(BODY, token), { status: 401, code: 'invalid_token' });
    }
  });

  test('is valid until it expires, with a tolerance', async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
    const late = tokenFor(BODY, { exp: now() - 30, nbf: now() - 330 });
    await assertRefused(refusedToken('expired'), BODY, late);
    await assertRefused(refusedToken('expired'), BODY, late, false, 30);
    for (const tolerance of [31, '1m']) assert.equal(receiver.receiveSync(BODY, late, false, tolerance).id, 'EV_1');
    await assertRefused(refusedToken('not_yet_valid'), BODY, tokenFor(BODY, { nbf: now() + 11 }));
    await assertRefused({ code: 'invalid_clock_tolerance', status: 400 }, BODY, late, false, 'abc');
    const early = tokenFor(BODY, { iat: now() + 60 });
    assert.equal(receiver.receiveSync(BODY, early).id, 'EV_1');
    const strict = new WebhookReceiver(KEY, SECRET, { refuseFutureIat: true });
    assert.throws(() => strict.receiveSync(BODY, early), refusedToken('not_yet_valid'));
  });
});

suite('the digest', () => {
  const hash = (encoding: 'hex' | 'base64url') => createHash('sha256').update(BODY).digest(encoding);
  const digest = digestOf(BODY);
  for (const [what, sha256] of Object.entries({
    missing: undefined,
    empty: '',
    'of another body': digestOf('{}'),
    'of nothing': digestOf(''),
    hexadecimal: hash('hex'),
    base64url: hash('base64url'),
    'without padding': digest.slice(0, -1),
    'with a blank': `${digest} `,
    'in another case': digest.toLowerCase(),
    'with other bits at its end': digest.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`),
    'too short': Buffer.from(digest, 'base64').subarray(0, 31).toString('base64'),
    'too long': Buffer.concat([Buffer.from(digest, 'base64'), Buffer.alloc(1)]).toString('base64'),
  })) {
    test(`is refused if it is ${what}`, () => assertRefused(WRONG_DIGEST, BODY, tokenFor(BODY, { sha256 })));
  }

  test('must be a string', () => {
    return assertRefused(
      refusedToken(undefined, 'sha256 must be a well-formed string'),
      BODY,
      tokenFor(BODY, { sha256: 1 }),
    );
  });

  test('covers every byte', async () => {
    const token = tokenFor(BODY);
    const bytes = bytesOf(BODY);
    for (const at of bytes.keys()) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ 1);
      assert.throws(() => receiver.receiveSync(changed, token), WRONG_DIGEST);
    }
    for (const body of [
      `${BODY} `,
      `${BODY}\n`,
      `\ufeff${BODY}`,
      '',
      BODY.slice(1),
      JSON.stringify(JSON.parse(BODY), null, 1),
    ]) {
      await assertRefused(WRONG_DIGEST, body, token);
    }
  });

  test('is that of the bytes, even if they are not UTF-8', () => {
    const bytes = Buffer.from('{"event":"room_started","room":{"name":"\xff\xfe"}}', 'latin1');
    const token = tokenFor(bytes);
    assert.throws(() => receiver.receiveSync(bytes.toString(), token), WRONG_DIGEST);
    assert.throws(() => receiver.receiveSync(bytes, token), NO_EVENT);
  });
});

suite('the body', () => {
  for (const body of ['', 'room_started', 'null', '[]', '{"event":1}', '{"event":"a"}{}']) {
    test(`that is not an event is refused: ${JSON.stringify(body)}`, () =>
      assertRefused(NO_EVENT, body, tokenFor(body)));
  }

  const refused: [what: string, body: unknown][] = [
    ['a number for a string', { event: 1 }],
    ['half a surrogate pair', { room: { name: '\ud83d' } }],
    ['half a surrogate pair as a key', { participant: { attributes: { '\ud83d': '' } } }],
    ['a string for a message', { room: 'standup' }],
    ['an array for a message', { room: [] }],
    ['an object for an array', { participant: { tracks: {} } }],
    ['null in an array', { participant: { tracks: [null] } }],
    ['a number for a boolean', { track: { muted: 1 } }],
    ['an array for a map', { participant: { attributes: [] } }],
    ['a number in a map', { participant: { attributes: { a: 1 } } }],
    ['a fraction for an int32', { numDropped: 0.5 }],
    ['an int32 that is too large', { numDropped: 2 ** 31 }],
    ['an empty string for an int32', { numDropped: '' }],
    ['a uint32 below zero', { room: { numParticipants: -1 } }],
    ['an int64 that is too large', { createdAt: '9223372036854775808' }],
    ['an int64 of a million digits', { createdAt: '9'.repeat(1_000_000) }],
    ['an object for an enum', { roomEndReason: {} }],
    ['two fields of a oneof', { egressInfo: { file: {}, segments: {} } }],
  ];
  for (const [what, value] of refused) {
    test(`with ${what} is refused`, () => assertRefused(NO_EVENT, JSON.stringify(value), undefined, true));
  }

  test('that is not an event is refused, with the error of the parser as the cause', () => {
    for (const body of ['secret', '["secret"]', '{"event":["secret"]}', '{"createdAt":"secret"}']) {
      assert.throws(
        () => receiver.receiveSync(body, tokenFor(body)),
        (error: Error) => error.cause instanceof Error && !`${error}${JSON.stringify(error)}`.includes('secret'),
      );
    }
  });

  test('may have fields and enum names that this release does not know', () => {
    const body = JSON.stringify({
      tomorrow: { a: [1] },
      event: 'moon_landed',
      room: { name: 'lobby', tomorrow: 1 },
      roomEndReason: 'TOMORROW',
    });
    assert.deepEqual(receiver.receiveSync(body, tokenFor(body)).toJson(), {
      event: 'moon_landed',
      room: { name: 'lobby' },
    });
  });

  test('may be deep: unknown fields are ignored, known ones are refused, and no RangeError is thrown', () => {
    const deep = (open: string, close: string, inner = '') => open.repeat(500_000) + inner + close.repeat(500_000);
    for (const body of [
      `{"event":"a","x":${deep('[', ']')}}`,
      `{"event":"a","x":${deep('{"x":', '}', '1')}}`,
      `{"event":"a","room":${deep('{"room":', '}', '1')}}`,
    ]) {
      let event = 'a';
      try {
        ({ event } = receiver.receiveSync(body, tokenFor(body)));
      } catch (error) {
        assert.throws(() => {
          throw error;
        }, NO_EVENT);
      }
      assert.equal(event, 'a');
    }
    assert.throws(() => receiver.receiveSync(`{"room":${deep('[', ']')}}`, undefined, true), NO_EVENT);
  });

  test('must be a string or bytes', () => {
    for (const body of [undefined, null, 1, {}, JSON.parse(BODY), [BODY], new Date(), new ArrayBuffer(8)]) {
      assert.throws(
        () => receiver.receiveSync(untyped(body), tokenFor(BODY)),
        { name: 'LivekitException' },
        String(body),
      );
    }
  });

  test('of nine megabytes is refused, and does no harm', async () => {
    const huge = JSON.stringify({ event: 'room_started', room: { metadata: 'a'.repeat(9_000_000) } });
    for (let times = 0; times < 3; times++) {
      await assertRefused({ name: 'LivekitException', status: 413, code: 'too_large' }, huge, tokenFor(huge));
      assert.equal(receiver.receiveSync(BODY, tokenFor(BODY)).id, 'EV_1');
    }
  });
});

suite('skipAuth', () => {
  test('has an effect only if it is true', async () => {
    assert.equal(receiver.receiveSync(BODY, undefined, true).id, 'EV_1');
    assert.equal((await receiver.receive(BODY, 'nonsense', true)).id, 'EV_1');
    for (const skip of [false, undefined, null, 1, 'true', 'false', {}, [], new Boolean(true)]) {
      await assertRefused({ status: 401, code: 'invalid_token' }, BODY, undefined, untyped(skip));
      await assertRefused(refusedToken('malformed'), BODY, 'nonsense', untyped(skip));
    }
  });

  test('still accepts only events', () => assertRefused(NO_EVENT, '[]', undefined, true));
});
