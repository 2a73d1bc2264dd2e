/** No secret, no token and nothing of a refused request is logged or returned, on any route. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeLivekit, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader } from '../support/log-reader.ts';
import { userToken } from '../support/user-token.ts';
import { moved, signatureOf } from '../support/webhooks.ts';

const ROOM = 'channel-abc123';
const SECRETS = {
  LIVEKIT_API_SECRET: 'SECRET-of-LiveKit-of-over-32-bytes',
  JWT_SECRET: 'SECRET-of-users-of-over-32-bytes',
};

let endpoint: Endpoint;
let livekit: FakeLivekit;
before(async () => {
  [endpoint, livekit] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startFakeLivekit(),
  ]);
  livekit.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
});
after(() => Promise.all([endpoint.stop(), livekit.stop()]));
const { logOf } = logReader(() => endpoint);

/** The three parts of each token; the first may be a well-known one. */
const partsOf = (token: string): string[] => token.split('.').slice(1);

test('no secret, no token and no private data is logged or returned', async () => {
  const settings = {
    ...SECRETS,
    LOG_LEVEL: 'debug',
    LIVEKIT_URL: livekit.url,
    LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true',
  };
  const mute = { participantIdentity: 'user-456', mute: true };
  const source = {
    room_name: ROOM,
    participant_metadata: 'PRIVATE-metadata',
    participant_attributes: { a: 'PRIVATE-a' },
  };
  const requests: [path: string, body: unknown][] = [
    ['/dm-token', { roomId: 'dm-group-1', name: 'PRIVATE-name', x: 'PRIVATE-x' }],
    ['/dm-token', { roomId: 'PRIVATE-group', identity: 'PRIVATE-identity' }],
    ['/dm-token', { roomId: ['PRIVATE-room'] }],
    ['/token-source', { ...source, participant_name: 'PRIVATE-name' }],
    ['/token-source', { ...source, room_config: { agents: [{ agent_name: 'PRIVATE-agent' }] } }],
    ['/token-source', { ...source, room_name: 'PRIVATE-room' }],
    ['/token-source', '{"room_name":"PRIVATE-json'],
    [`/channels/${ROOM}/mute-participant`, mute],
    [`/channels/${ROOM}/mute-participant`, { ...mute, participantIdentity: 'PRIVATE-identity' }],
    [`/channels/${ROOM}/mute-participant`, { ...mute, mute: 'PRIVATE-mute' }],
    ['/channels/PRIVATE-channel/mute-participant', mute],
    [`/channels/${ROOM}/kick-participant`, { participantIdentity: 'user-789', reason: 'PRIVATE-reason' }],
    [`/channels/${ROOM}/kick-participant`, { participantIdentity: 'user-789', durationSeconds: 'PRIVATE-duration' }],
    [`/channels/${ROOM}/remove-participant`, { participantIdentity: 'PRIVATE-identity' }],
    [`/channels/${ROOM}/lock`, { locked: false, reason: 'PRIVATE-reason' }],
    [`/channels/${ROOM}/lock`, { locked: 'PRIVATE-locked' }],
    [`/channels/${ROOM}/end`, { reason: 'PRIVATE-reason' }],
    ['/channels/PRIVATE-channel/end', {}],
    ['/channels/PRIVATE-channel/voice-presence', undefined],
    ['/channels/PRIVATE-channel/voice-presence/events', undefined],
    [`/channels/${ROOM}/voice-presence`, undefined],
  ];
  const users = [
    userToken('user-456', {}, SECRETS.JWT_SECRET),
    userToken('user-mod', {}, SECRETS.JWT_SECRET),
    userToken('user-owner', {}, 'SECRET-of-nobody'),
    'x.PRIVATE-token.x',
  ];
  const event = moved('joined', ROOM, 'user-456', { secret: 'PRIVATE-event' });
  const signature = await signatureOf(event, { secret: SECRETS.LIVEKIT_API_SECRET });

  const answers: string[] = [];
  const minted: string[] = [];
  async function ask(path: string, body: unknown, asking: Asking) {
    const answer = body === undefined ? await endpoint.get(path, asking) : await endpoint.post(path, body, asking);
    const { token, participant_token, success } = JSON.parse(answer.text);
    if (answer.status === 201 && success === undefined) minted.push(token ?? participant_token);
    else answers.push(answer.text);
  }
  const lines = await logOf(settings, async () => {
    for (const user of users) {
      const asking = { as: null, settings, headers: { Authorization: `Bearer ${user}` } };
      for (const [path, body] of requests) await ask(path, body, asking);
    }
    for (const Authorization of [signature, `${signature}x`, users[0] ?? '', '']) {
      await ask('/webhook', event, { as: null, settings, headers: { Authorization } });
    }
  });
  assert.equal(minted.length, 3, 'alice by message and by client, the moderator by client');
  assert.ok(answers.includes('{"received":true}') && answers.includes('{"success":true}'));
  const messages = new Set(lines.map(({ message }) => message));
  for (const message of [
    'Muted a participant',
    'Kicked a participant',
    'Unlocked a channel',
    'Ended a room',
    'Presence changed',
    'Request refused',
  ])
    assert.ok(messages.has(message));

  const admin = livekit.calls.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
  assert.ok(admin.length > 1);
  const all = [...answers, ...lines.map((line) => JSON.stringify(line))].join('\n');
  assert.doesNotMatch(all, /SECRET-|PRIVATE-/);
  for (const part of [...minted, ...users, signature, ...admin].flatMap(partsOf)) {
    assert.ok(part.length < 2 || !all.includes(part), part);
  }
});
