/** The log: JSON lines with the specification's messages, and never a secret. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertToken } from '../support/answers.ts';
import { type Asking, type Endpoint, logLines, startEndpoint, supportScript } from '../support/endpoint.ts';
import { decode } from '../support/livekit-token.ts';
import { logReader, type Settings } from '../support/log-reader.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const LONG = 'a-LiveKit-secret-of-over-32-bytes';
const NAMES = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL'];
const GENERATED = `info: Generated token for user user-456 in room ${ROOM}`;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());

const { logOf, told } = logReader(() => endpoint);

const token = (settings: Settings, asking: Asking = {}) => endpoint.token({ roomId: ROOM }, { settings, ...asking });
const times = async (count: number, run: () => Promise<unknown>) => {
  for (let at = 0; at < count; at++) await run();
};

test('row 44: each token is logged once, with its user and room', async () => {
  const settings = { LIVEKIT_API_SECRET: LONG };
  assert.deepEqual(await told(settings, () => times(3, () => token(settings))), [GENERATED, GENERATED, GENERATED]);
  const body = { roomId: ROOM, identity: 'custom-identity', name: 'NOT-LOGGED' };
  const lines = await logOf(settings, () => endpoint.token(body, { settings }));
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [['info', `Generated token for user custom-identity in room ${ROOM}`]],
  );
  assert.doesNotMatch(JSON.stringify(lines), /NOT-LOGGED/);
});

test('row 44: the line has its values as fields, and names the user and the id of the user token', async () => {
  const settings = { LIVEKIT_API_SECRET: LONG };
  const headers = { Authorization: `Bearer ${userToken('user-456', { jti: 'token-1' })}` };
  const body = { roomId: ROOM, identity: 'custom-identity' };
  let requestId: string | null = null;
  const lines = await logOf(settings, async () => {
    const answer = await endpoint.token(body, { settings, as: null, headers });
    requestId = answer.headers.get('x-request-id');
  });
  const details = { userId: 'user-456', userTokenId: 'token-1', identity: 'custom-identity', roomId: ROOM };
  const message = `Generated token for user custom-identity in room ${ROOM}`;
  assert.deepEqual(lines, [{ level: 'info', message, requestId, ...details }]);
});

test('every line of a request has the request id of its response, and no other line has it', async () => {
  const settings = { LIVEKIT_API_SECRET: 'short', LIVEKIT_URL: null, LOG_LEVEL: 'debug' };
  const warnings = [
    'Missing LiveKit configuration: LIVEKIT_URL',
    'LIVEKIT_API_SECRET is shorter than 32 bytes: it can be guessed',
  ];
  const expected: Record<string, string[]> = {};
  const lines = await logOf(settings, async () => {
    for (const [send, messages] of [
      [() => token(settings), [...warnings, GENERATED.slice('info: '.length), 'Request finished']],
      [() => token(settings, { as: null }), ['Request refused', 'Request finished']],
      [() => token(settings, { as: 'user-stranger' }), ['Request refused', 'Request finished']],
      [() => endpoint.get('/health', { settings }), ['LiveKit configuration incomplete', 'Request finished']],
      [() => endpoint.get('/openapi.json', { settings }), ['Request finished']],
    ] as const) {
      const { headers } = await send();
      expected[headers.get('x-request-id') ?? ''] = [...messages];
    }
  });
  const messages = (id: string) => lines.filter(({ requestId }) => requestId === id).map(({ message }) => message);
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((id) => [id, messages(id)])), expected);
  assert.equal(lines.length, Object.values(expected).flat().length);
});

test('row 44: with LIVEKIT_TOKEN_JTI the line has the jti of the token', async () => {
  const settings = { LIVEKIT_API_SECRET: LONG, LIVEKIT_TOKEN_JTI: 'true' };
  let minted: string | undefined;
  const lines = await logOf(settings, async () => {
    minted = decode(assertToken(await token(settings)).token).claims.jti;
  });
  assert.match(minted ?? '', /^[\w-]{22}$/);
  assert.deepEqual(
    lines.map(({ jti }) => jti),
    [minted],
  );
});

test('rows 45, 48, 53: a token that cannot be issued is logged as an error', async () => {
  const settings = { LIVEKIT_API_SECRET: '', LIVEKIT_API_KEY: '' };
  const lines = await told(settings, () => token(settings));
  assert.deepEqual(lines.slice(0, 2), [
    'warn: Missing LiveKit configuration: LIVEKIT_API_KEY, LIVEKIT_API_SECRET',
    'error: Failed to generate LiveKit token',
  ]);
});

test('rows 46, 47: health logs its result each time', async () => {
  const good = { LIVEKIT_API_SECRET: LONG };
  const validated = 'info: LiveKit configuration validated successfully';
  const health = (settings: Settings) => () => times(2, () => endpoint.get('/health', { settings }));
  assert.deepEqual(await told(good, health(good)), [validated, validated]);

  const bad = { ...good, LIVEKIT_URL: null };
  const incomplete = 'warn: LiveKit configuration incomplete';
  const missing = 'warn: Missing LiveKit configuration: LIVEKIT_URL';
  assert.deepEqual(await told(bad, health(bad)), [missing, incomplete, incomplete]);
});

test('rows 48, 53, 54: missing settings are logged with the first request, in order, and only once', async () => {
  for (let set = 0; set < 8; set++) {
    const missing = NAMES.filter((_, at) => set & (1 << at));
    const settings = { LIVEKIT_API_SECRET: LONG, ...Object.fromEntries(missing.map((name) => [name, null])) };
    const lines = await told(settings, () => times(3, () => endpoint.get('/connection-info', { settings })));
    const expected = `warn: Missing LiveKit configuration: ${missing.join(', ')}`;
    assert.deepEqual(lines, missing.length === 0 ? [] : [expected]);
  }
});

test('row 53: a Worker without settings logs that before it refuses', async () => {
  const bare = await startEndpoint({ bindings: { JWT_SECRET: '' } });
  try {
    await bare.get('/health');
    await bare.logged('JWT_SECRET is not set: every request is answered 401');
    assert.deepEqual(
      logLines(bare.log).map(({ level, message }) => `${level}: ${message}`),
      [
        `warn: Missing LiveKit configuration: ${NAMES.join(', ')}`,
        'error: JWT_SECRET is not set: every request is answered 401',
      ],
    );
  } finally {
    await bare.stop();
  }
});

test('W18: a secret under 32 bytes works, and is logged as advice once', async () => {
  const short = (name: string) => `warn: ${name} is shorter than 32 bytes: it can be guessed`;
  for (const [secret, expected] of [
    ['secret', [short('LIVEKIT_API_SECRET')]],
    ['x'.repeat(31), [short('LIVEKIT_API_SECRET')]],
    ['x'.repeat(32), []],
    ['é'.repeat(16), []],
  ] as const) {
    const settings = { LIVEKIT_API_SECRET: secret };
    const lines = await told(settings, () => times(3, async () => assertToken(await token(settings))));
    assert.deepEqual(lines, [...expected, GENERATED, GENERATED, GENERATED]);
  }
  const settings = { LIVEKIT_API_SECRET: LONG, JWT_SECRET: 'x'.repeat(31) };
  const headers = { Authorization: `Bearer ${userToken('user-456', {}, settings.JWT_SECRET)}` };
  const lines = await told(settings, () => times(2, () => token(settings, { as: null, headers })));
  assert.deepEqual(lines, [short('JWT_SECRET'), GENERATED, GENERATED]);
});

test('an invalid setting is logged once, with its name and the value that applies', async () => {
  const [ttl, boolean] = ['an integer of seconds from 1: the default applies', 'true or false: false applies'];
  for (const [name, sentence, invalid, understood] of [
    ['LIVEKIT_TOKEN_TTL', ttl, ['1h', '0', '-1', '1.5', {}], ['60', 60, '', null]],
    ['LIVEKIT_MAX_TTL', ttl, ['unlimited', false], ['7200', null]],
    ['LIVEKIT_IDENTITY_POLICY', 'preserve or own: own applies', ['forced', 'OWN'], ['own', 'preserve', ' own ']],
    ['LIVEKIT_TOKEN_JTI', boolean, ['yes', 'TRUE', []], ['true', '0', false]],
    ['LIVEKIT_CAN_UPDATE_OWN_METADATA', boolean, ['on', 2], ['1', 'false', true]],
  ] as const) {
    const expected = `warn: ${name} is not ${sentence}`;
    for (const value of [...invalid, ...understood]) {
      const settings = { LIVEKIT_API_SECRET: LONG, [name]: value };
      const lines = await told(settings, () => times(2, () => endpoint.get('/connection-info', { settings })));
      assert.deepEqual(lines, invalid.includes(value as never) ? [expected] : [], `${name} ${value}`);
    }
  }
});

test('W14: no value can forge a line or a field of one', async () => {
  const settings = { LIVEKIT_API_SECRET: LONG };
  for (const identity of [
    'x", "level": "error", "message": "forged',
    '"}\\n{"level":"error',
    '\\',
    '%s %d %o',
    '<b>',
    '雪',
  ]) {
    const lines = await told(settings, () => endpoint.token({ roomId: ROOM, identity }, { settings }));
    assert.deepEqual(lines, [`info: Generated token for user ${identity} in room ${ROOM}`]);
  }
  for (const newline of ['\n', '\r\n', '\u001b[2K', '\u0085', '\u2028', '\u2029']) {
    const forged = `x${newline}{"level":"error","message":"forged"}`;
    for (const body of [{ roomId: forged }, { roomId: ROOM, identity: forged }, { roomId: ROOM, name: forged }]) {
      assert.deepEqual(await told(settings, () => endpoint.token(body, { settings })), []);
    }
  }
  assert.ok(endpoint.log.every((line) => /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(line)));
});

test('no secret, no token and nothing of a refused body is logged or returned', async () => {
  const settings = { LIVEKIT_API_SECRET: 'SECRET-of-LiveKit-1', JWT_SECRET: 'SECRET-of-users-2', LOG_LEVEL: 'debug' };
  const tokens = [
    userToken('user-456', {}, settings.JWT_SECRET),
    userToken('user-stranger', {}, settings.JWT_SECRET),
    userToken('user-456', { exp: 1 }, settings.JWT_SECRET),
    userToken('user-456', {}, 'SECRET-of-nobody'),
    'garbage-GARBAGE',
  ];
  const bodies = [
    { roomId: ROOM, name: 'NAME-of-somebody', x: 'DROPPED' },
    { roomId: 'PRIVATE-room', identity: 'PRIVATE-identity' },
    { roomId: ['BAD-room'], ttl: 'BAD-ttl' },
    '{"roomId":"BAD-json',
  ];
  const answers: string[] = [];
  let minted = '';
  const lines = await logOf(settings, async () => {
    for (const config of [settings, { ...settings, LIVEKIT_API_KEY: '' }, { ...settings, DB: null }]) {
      for (const user of tokens) {
        for (const body of bodies) {
          const headers = { Authorization: `Bearer ${user}`, Cookie: `access_token=${user}` };
          const { status, text } = await endpoint.token(body, { as: null, headers, settings: config });
          if (status === 201) minted = JSON.parse(text).token;
          else answers.push(text);
        }
      }
    }
  });
  const [header = '', payload = '', tag = ''] = minted.split('.');
  assert.ok(tag);
  const all = [...answers, ...lines.map((line) => JSON.stringify(line))].join('\n');
  assert.doesNotMatch(all, /SECRET-|GARBAGE|NAME-|DROPPED|PRIVATE-|BAD-/);
  for (const part of [header, payload, tag, ...tokens.flatMap((user) => user.split('.'))]) {
    assert.ok(!all.includes(part), part);
  }
});
