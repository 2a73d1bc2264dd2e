/** POST /channels/:channelId/mute-participant: what LiveKit is asked with which token, and what comes of its answer. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type FakeLivekit, json, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import {
  assertAnswer,
  assertError,
  FORBIDDEN,
  LIVEKIT_SLOW,
  NO_PARTICIPANT,
  NO_UNMUTE,
  NOT_CONFIGURED,
  NOT_MUTED,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';
import { logReader } from '../support/log-reader.ts';
import { MUTE, muting, MUTED_ROOM as ROOM, SUCCESS } from '../support/muting.ts';
import { people } from '../support/people.ts';
import { now } from '../support/user-token.ts';

let endpoint: Endpoint;
let livekit: FakeLivekit;
before(async () => {
  [endpoint, livekit] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startFakeLivekit(),
  ]);
});
after(() => Promise.all([endpoint.stop(), livekit.stop()]));
beforeEach(() => {
  livekit.calls.length = 0;
  livekit.behaviours.clear();
  livekit.participants.clear();
  livekit.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
});
const mute = muting(
  () => endpoint,
  () => livekit,
);
const { insert } = people(() => endpoint);
const { logOf } = logReader(() => endpoint);
const allow = () => livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 200, {}));

test('LiveKit is asked with a token for that room alone, which lives a minute', async () => {
  const before = now();
  await mute();
  const at = '/twirp/livekit.RoomService';
  const asked = { room: ROOM, identity: 'user-456' };
  assert.deepEqual(
    livekit.calls.map(({ method, path, body }) => [method, path, body]),
    [
      ['POST', `${at}/GetParticipant`, asked],
      ['POST', `${at}/MutePublishedTrack`, { ...asked, track_sid: 'TR_mic', muted: true }],
    ],
  );
  for (const { headers } of livekit.calls) {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    assert.ok(isSignedWith(token, 'secret'));
    const { exp, nbf, ...claims } = claimsOf(token);
    assert.deepEqual(claims, { iss: 'devkey', video: { room: ROOM, roomAdmin: true } });
    assert.ok(nbf >= before && nbf <= now() && exp > nbf && exp - nbf <= 60, `${nbf} to ${exp}`);
    for (const path of ['/token', '/token-source', '/dm-token']) {
      const bearer = { Authorization: `Bearer ${token}` };
      assertError(await endpoint.post(path, {}, { as: null, headers: bearer }), UNAUTHORIZED, 'as a user token');
    }
  }
});

describe('what LiveKit answers', () => {
  const unmute = { ...MUTE, mute: false };

  test('unmuting works where the server allows it, and is 409 where it does not', async () => {
    assertError(await mute(unmute), NO_UNMUTE);
    allow();
    assertAnswer(await mute(unmute), 201, SUCCESS);
    assert.equal(livekit.calls.at(-1)?.body.muted, false);
  });

  test('whoever is not in the room is 404', async () => {
    assertError(await mute({ ...MUTE, participantIdentity: 'nobody' }), NO_PARTICIPANT);
  });

  test('a refusal, an error, garbage and silence are 502, and nothing of it gets out', async () => {
    for (const [name, behave] of [
      ['permissions denied', (response) => json(response, 401, { code: 'unauthenticated', msg: 'hunter2' })],
      ['an error', (response) => json(response, 500, { code: 'internal', msg: 'hunter2' })],
      ['garbage', (response) => response.end('hunter2')],
      ['another room', (response) => response.writeHead(307, { location: livekit.url }).end()],
      ['a closed connection', (response) => response.destroy()],
    ] as [string, Parameters<FakeLivekit['behaviours']['set']>[1]][]) {
      for (const method of ['GetParticipant', 'MutePublishedTrack']) {
        livekit.behaviours.clear();
        livekit.behaviours.set(method, behave);
        assertError(await mute(), NOT_MUTED, `${name} ${method}`);
      }
    }
    livekit.behaviours.clear();
    assertAnswer(await mute(), 201, SUCCESS, 'afterwards');
    assert.doesNotMatch(endpoint.log.join('\n'), /hunter2|127\.0\.0\.1|eyJ/);
  });

  test('a server that is down is 502', async () => {
    const other = await startFakeLivekit();
    await other.stop();
    assertError(await mute(MUTE, { settings: { LIVEKIT_URL: other.url } }), NOT_MUTED);
  });

  test('one that takes more than ten seconds is 504', async () => {
    livekit.behaviours.set('GetParticipant', () => {});
    const started = Date.now();
    assertError(await mute(), LIVEKIT_SLOW);
    const seconds = (Date.now() - started) / 1000;
    assert.ok(seconds > 9 && seconds < 25, `${seconds} s`);
  });

  test('without an address, a key or a secret it is 500, for those who may', async () => {
    for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
      for (const value of [null, '', ' ']) {
        assertError(await mute(MUTE, { settings: { [name]: value } }), NOT_CONFIGURED, name);
        assertError(await mute(MUTE, { as: 'user-456', settings: { [name]: value } }), FORBIDDEN);
      }
    }
    for (const LIVEKIT_URL of ['livekit.example', 'ftp://127.0.0.1', 'ws://user:pw@127.0.0.1:1']) {
      assertError(await mute(MUTE, { settings: { LIVEKIT_URL } }), NOT_CONFIGURED);
    }
  });

  test('the log does not call it a token that failed', async () => {
    const settings = { LIVEKIT_API_KEY: '' };
    const lines = await logOf(settings, () => mute(MUTE, { settings }));
    const [failed] = lines.filter(({ level }) => level === 'error');
    assert.deepEqual([failed?.message, failed?.code], ['Request failed', 'not_configured']);
  });
});

describe('what becomes of it', () => {
  const isMuted = async () => {
    const { text } = await endpoint.get(`/channels/${ROOM}/voice-presence`);
    return JSON.parse(text).participants.map(({ isServerMuted }: { isServerMuted: boolean }) => isServerMuted);
  };
  before(() =>
    insert('VoicePresence', {
      roomSid: 'RM_mute',
      participantSid: 'PA_mute',
      room: ROOM,
      identity: 'user-456',
      name: 'Alice',
      isPresent: 1,
      joinedAt: now(),
      changedAt: now(),
    }),
  );

  test('the presence shows it, and that it was taken back', async () => {
    allow();
    assert.deepEqual(await isMuted(), [false]);
    await mute();
    assert.deepEqual(await isMuted(), [true]);
    await mute({ ...MUTE, mute: false });
    assert.deepEqual(await isMuted(), [false]);
  });

  test('what LiveKit refused is not noted', async () => {
    livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 500, {}));
    assertError(await mute(), NOT_MUTED);
    assert.deepEqual(await isMuted(), [false]);
  });

  test('the log says who did it to whom, once', async () => {
    const start = endpoint.log.length;
    await mute();
    await endpoint.logged('Muted a participant');
    const lines = endpoint.log.slice(start).map((line) => JSON.parse(line));
    const found = lines.filter(({ message }) => message === 'Muted a participant');
    const seen = found.map(({ level, userId, identity, roomId }) => ({ level, userId, identity, roomId }));
    assert.deepEqual(seen, [{ level: 'info', userId: 'user-mod', identity: 'user-456', roomId: ROOM }]);
  });

  test('a store that cannot note it does not change the answer', async () => {
    await endpoint.sql('DROP TABLE "VoicePresence"');
    assertAnswer(await mute(), 201, SUCCESS);
    await endpoint.logged('The store failed');
  });
});
