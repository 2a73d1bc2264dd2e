/** No log line of any route and level contains private data of a client or an operator. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeLivekit, json, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader } from '../support/log-reader.ts';
import { userToken } from '../support/user-token.ts';
import { event, moved, signatureOf } from '../support/webhooks.ts';

const ROOM = 'channel-abc123';
const SECRETS = {
  LIVEKIT_API_KEY: 'CANARY-key',
  LIVEKIT_API_SECRET: 'CANARY-secret-of-LiveKit-0123456789',
  JWT_SECRET: 'CANARY-secret-of-users-0123456789',
};

let endpoint: Endpoint;
let livekit: FakeLivekit;
before(async () => {
  [endpoint, livekit] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startFakeLivekit(),
  ]);
});
after(() => Promise.all([endpoint.stop(), livekit.stop()]));
const { logOf } = logReader(() => endpoint);

const user = (sub: string, changes = {}) => userToken(sub, changes, SECRETS.JWT_SECRET);
/** Garbage in every header that a client may send. */
const GARBAGE = {
  'X-Request-Id': 'CANARY "id"',
  'X-Forwarded-For': 'CANARY',
  'User-Agent': 'CANARY',
  Referer: 'https://CANARY.example',
  Origin: 'https://CANARY.example',
  'X-Custom': 'CANARY',
};

type Ask = (asking: Asking) => Promise<Answer>;

const BODIES = ['{"CANARY":', '["CANARY"]', '{"roomId":"CANARY","identity":"CANARY","name":"CANARY","CANARY":1}', ''];
const QUERY = '?access_token=CANARY&CANARY=1';

const ROUTES: Record<string, Ask[]> = {
  ...Object.fromEntries(
    [
      '/token',
      '/dm-token',
      '/token-source',
      ...['mute-participant', 'kick-participant', 'remove-participant', 'lock', 'end'].map(
        (name) => `/channels/CANARY/${name}`,
      ),
      '/channels/CANARY/recordings',
      '/channels/CANARY/recordings/CANARY/stop',
      '/CANARY',
      '/token/CANARY',
    ].map((path) => [
      path,
      BODIES.map(
        (body): Ask =>
          (asking) =>
            endpoint.post(path + QUERY, body, asking),
      ),
    ]),
  ),
  'good tokens': [
    (asking) => endpoint.token({ roomId: ROOM, name: 'CANARY-name', CANARY: 'CANARY' }, asking),
    (asking) => endpoint.post('/dm-token', { roomId: 'dm-group-1', name: 'CANARY-name' }, asking),
    (asking) =>
      endpoint.post(
        '/token-source',
        { room_name: ROOM, participant_name: 'CANARY', participant_metadata: 'CANARY-metadata' },
        asking,
      ),
    (asking) => endpoint.post('/token-source', { room_name: ROOM, participant_name: 'CANARY' }, asking),
  ],
  reading: [
    '/health',
    '/connection-info',
    '/openapi.json',
    '/channels/CANARY/voice-presence',
    '/channels/CANARY/recordings',
    '/CANARY',
    '',
  ].map((path) => (asking) => endpoint.get(path + QUERY, asking)),
  muting: ['user-456', 'CANARY-nobody'].map(
    (participantIdentity) => (asking) =>
      endpoint.post(`/channels/${ROOM}/mute-participant`, { participantIdentity, mute: true }, asking),
  ),
  // Identity and moderator of a participant in the room are logged.
  moderating: [
    (asking) =>
      endpoint.post(`/channels/${ROOM}/kick-participant`, { participantIdentity: 'user-789', CANARY: 1 }, asking),
    (asking) => endpoint.post(`/channels/${ROOM}/kick-participant`, { participantIdentity: 'CANARY\n' }, asking),
    (asking) => endpoint.post(`/channels/${ROOM}/remove-participant`, { participantIdentity: 'CANARY-nobody' }, asking),
    (asking) => endpoint.post(`/channels/${ROOM}/lock`, { locked: false, CANARY: 'CANARY' }, asking),
    (asking) => endpoint.post(`/channels/${ROOM}/lock`, { locked: 'CANARY' }, asking),
    (asking) => endpoint.post(`/channels/${ROOM}/end`, { CANARY: 'CANARY' }, asking),
  ],
  'other methods': ['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
    (method) => (asking) => endpoint.send(method, `/token${QUERY}`, asking),
  ),
};

/** The values that must not appear. Parts of tokens are included, because the payload alone discloses the claims. */
const partsOf = (tokens: readonly string[]): string[] =>
  tokens.flatMap((token) => token.split('.')).filter((part) => part.length > 8);

function assertSilent(lines: object[], parts: readonly string[], what: string): void {
  const all = lines.map((line) => JSON.stringify(line)).join('\n');
  assert.ok(all.length > 0, `${what}: nothing was logged`);
  assert.doesNotMatch(all, /CANARY/, what);
  for (const part of parts) assert.ok(!all.includes(part), `${what}: ${part}`);
}

for (const [routes, asks] of Object.entries(ROUTES)) {
  test(`${routes}: nothing of the request, the tokens or the settings is logged`, async () => {
    livekit.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
    livekit.behaviours.set('DeleteRoom', (response) => json(response, 500, { msg: 'CANARY-livekit' }));
    livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 500, { msg: 'CANARY-livekit' }));
    const good = { ...SECRETS, LIVEKIT_URL: livekit.url, LOG_LEVEL: 'debug', LIVEKIT_TOKEN_JTI: 'true' };
    const users = [user('user-456'), user('user-mod'), user('user-banned'), user('user-456', { exp: 1 }), 'CANARY.x.y'];
    const minted: string[] = [];
    const lines = await logOf(good, async () => {
      for (const settings of [good, { ...good, LIVEKIT_API_KEY: '' }, { ...good, DB: null }]) {
        for (const token of users) {
          for (const headers of [
            { Authorization: `Bearer ${token}` },
            { Cookie: `access_token=${token}; CANARY=CANARY` },
            { Authorization: `CANARY ${token}`, Cookie: 'access_token=CANARY' },
          ]) {
            for (const ask of asks) {
              const { text } = await ask({ as: null, settings, headers: { ...GARBAGE, ...headers } });
              minted.push(...(text.match(/[\w-]+\.[\w-]+\.[\w-]{43}/g) ?? []));
            }
          }
        }
      }
    });
    assertSilent(lines, partsOf([...users, ...minted]), routes);
    if (routes === 'good tokens') assert.ok(minted.length > 0);
  });
}

test('webhooks: neither the signature nor personal data of an event is logged', async () => {
  const good = { ...SECRETS, LOG_LEVEL: 'debug' };
  const signatures: string[] = [];
  const lines = await logOf(good, async () => {
    for (const settings of [good, { ...good, LIVEKIT_API_SECRET: '' }, { ...good, DB: null }]) {
      for (const body of [
        event('room_started', ROOM, { metadata: 'CANARY' }),
        moved('joined', ROOM, 'CANARY-identity'),
        '{"CANARY":',
        '"CANARY"',
      ]) {
        const right = await signatureOf(body, { key: SECRETS.LIVEKIT_API_KEY, secret: SECRETS.LIVEKIT_API_SECRET });
        const wrong = await signatureOf('x', { key: SECRETS.LIVEKIT_API_KEY, secret: 'CANARY' });
        signatures.push(right, wrong);
        for (const Authorization of [right, wrong, 'CANARY', 'Bearer CANARY']) {
          await endpoint.post(`/webhook${QUERY}`, body, { as: null, settings, headers: { ...GARBAGE, Authorization } });
        }
      }
    }
  });
  assertSilent(lines, partsOf(signatures), 'webhook');
});
