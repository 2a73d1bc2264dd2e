/** POST /channels/:channelId/mute-participant: the calls to LiveKit with their tokens, and the responses to LiveKit's answers. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type FakeLivekit, json, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import {
  assertAnswer,
  assertError,
  FORBIDDEN,
  INVALID_URL,
  LIVEKIT_SLOW,
  NO_PARTICIPANT,
  NO_UNMUTE,
  NOT_CONFIGURED,
  NOT_MUTED,
  UNAUTHORIZED,
} from '../support/answers.ts';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';
import { logReader } from '../support/log-reader.ts';
import { MUTE, muting, MUTED_ROOM as ROOM, SUCCESS, withFakeLivekit } from '../support/muting.ts';
import { people } from '../support/people.ts';
import { now } from '../support/user-token.ts';

const running = withFakeLivekit();
const mute = muting(
  () => running.endpoint,
  () => running.livekit,
);
const { insert } = people(() => running.endpoint);
const { logOf } = logReader(() => running.endpoint);
const allow = () => running.livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 200, {}));

test('LiveKit is called with a token for that room only, valid for a minute', async () => {
  const before = now();
  await mute();
  const at = '/twirp/livekit.RoomService';
  const asked = { room: ROOM, identity: 'user-456' };
  assert.deepEqual(
    running.livekit.calls.map(({ method, path, body }) => [method, path, body]),
    [
      ['POST', `${at}/GetParticipant`, asked],
      ['POST', `${at}/MutePublishedTrack`, { ...asked, track_sid: 'TR_mic', muted: true }],
    ],
  );
  for (const { headers } of running.livekit.calls) {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    assert.ok(isSignedWith(token, 'secret'));
    const { exp, nbf, ...claims } = claimsOf(token);
    assert.deepEqual(claims, { iss: 'devkey', video: { room: ROOM, roomAdmin: true } });
    assert.ok(nbf >= before && nbf <= now() && exp > nbf && exp - nbf <= 60, `${nbf} to ${exp}`);
    for (const path of ['/token', '/token-source', '/dm-token']) {
      const bearer = { Authorization: `Bearer ${token}` };
      assertError(
        await running.endpoint.post(path, {}, { as: null, headers: bearer }),
        UNAUTHORIZED,
        'as a user token',
      );
    }
  }
});

describe('answers of LiveKit', () => {
  const unmute = { ...MUTE, mute: false };

  test('unmuting works if the server allows it, and is otherwise 409', async () => {
    assertError(await mute(unmute), NO_UNMUTE);
    allow();
    assertAnswer(await mute(unmute), 201, SUCCESS);
    assert.equal(running.livekit.calls.at(-1)?.body.muted, false);
  });

  test('a participant who is not in the room is 404', async () => {
    assertError(await mute({ ...MUTE, participantIdentity: 'nobody' }), NO_PARTICIPANT);
  });

  test('a refusal, an error, garbage and a closed connection are 502, and nothing of the answer is returned', async () => {
    for (const [name, behave] of [
      ['permissions denied', (response) => json(response, 401, { code: 'unauthenticated', msg: 'hunter2' })],
      ['an error', (response) => json(response, 500, { code: 'internal', msg: 'hunter2' })],
      ['garbage', (response) => response.end('hunter2')],
      ['another room', (response) => response.writeHead(307, { location: running.livekit.url }).end()],
      ['a closed connection', (response) => response.destroy()],
    ] as [string, Parameters<FakeLivekit['behaviours']['set']>[1]][]) {
      for (const method of ['GetParticipant', 'MutePublishedTrack']) {
        running.livekit.behaviours.clear();
        running.livekit.behaviours.set(method, behave);
        assertError(await mute(), NOT_MUTED, `${name} ${method}`);
      }
    }
    running.livekit.behaviours.clear();
    assertAnswer(await mute(), 201, SUCCESS, 'afterwards');
    assert.doesNotMatch(running.endpoint.log.join('\n'), /hunter2|127\.0\.0\.1|eyJ/);
  });

  test('a server that is down is 502', async () => {
    const other = await startFakeLivekit();
    await other.stop();
    assertError(await mute(MUTE, { settings: { LIVEKIT_URL: other.url } }), NOT_MUTED);
  });

  test('a server that takes more than ten seconds is 504', async () => {
    running.livekit.behaviours.set('GetParticipant', () => {});
    const started = Date.now();
    assertError(await mute(), LIVEKIT_SLOW);
    const seconds = (Date.now() - started) / 1000;
    assert.ok(seconds > 9 && seconds < 25, `${seconds} s`);
  });

  test('without a URL, a key or a secret it is 500, for callers who have the permission', async () => {
    for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) {
      for (const value of [null, '', ' ']) {
        assertError(await mute(MUTE, { settings: { [name]: value } }), NOT_CONFIGURED, name);
        assertError(await mute(MUTE, { as: 'user-456', settings: { [name]: value } }), FORBIDDEN);
      }
    }
  });

  test('with an invalid LIVEKIT_URL it is 500, which the log explains; it is not reported as missing credentials', async () => {
    for (const LIVEKIT_URL of ['livekit.example', 'ftp://127.0.0.1', 'ws://user:pw@127.0.0.1:1']) {
      const settings = { LIVEKIT_URL };
      const lines = await logOf(settings, async () => assertError(await mute(MUTE, { settings }), INVALID_URL));
      const [failed] = lines.filter(({ level }) => level === 'error');
      assert.deepEqual([failed?.['reason'], failed?.['path']], ['invalid_url', 'LIVEKIT_URL']);
    }
  });

  test('the log line is not that of a failed token', async () => {
    const settings = { LIVEKIT_API_KEY: '' };
    const lines = await logOf(settings, () => mute(MUTE, { settings }));
    const [failed] = lines.filter(({ level }) => level === 'error');
    assert.deepEqual([failed?.message, failed?.code], ['Request failed', 'not_configured']);
  });
});

describe('effects of a mute', () => {
  const isMuted = async () => {
    const { text } = await running.endpoint.get(`/channels/${ROOM}/voice-presence`);
    return JSON.parse(text).participants.map(({ isServerMuted }: { isServerMuted: boolean }) => isServerMuted);
  };
  before(() =>
    insert('VoicePresence', {
      roomSid: 'RM_mute',
      participantSid: 'PA_1',
      room: ROOM,
      identity: 'user-456',
      name: 'Alice',
      isPresent: 1,
      joinedAt: now(),
      changedAt: now(),
    }),
  );

  test('presence shows the mute, and the unmute', async () => {
    allow();
    assert.deepEqual(await isMuted(), [false]);
    await mute();
    assert.deepEqual(await isMuted(), [true]);
    await mute({ ...MUTE, mute: false });
    assert.deepEqual(await isMuted(), [false]);
  });

  test('a slow mute does not undo an unmute that was requested later', async () => {
    const { behaviours } = running.livekit;
    const held = Promise.withResolvers<() => void>();
    behaviours.set('MutePublishedTrack', (response) => held.resolve(() => json(response, 200, {})));
    const slow = mute();
    const release = await held.promise;
    allow();
    await mute({ ...MUTE, mute: false });
    release();
    assertAnswer(await slow, 201, SUCCESS);
    assert.deepEqual(await isMuted(), [false]);
  });

  test('a mute is stored for the connection that LiveKit muted, not for a later one', async () => {
    const { database } = running.endpoint;
    allow();
    await database.update('VoicePresence', { participantSid: 'PA_2' }, { room: ROOM });
    await mute();
    assert.deepEqual(await isMuted(), [false]);
    await database.update('VoicePresence', { participantSid: 'PA_1' }, { room: ROOM });
    await mute();
    assert.deepEqual(await isMuted(), [true]);
    await mute({ ...MUTE, mute: false });
  });

  test('a mute that LiveKit refused is not stored', async () => {
    running.livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 500, {}));
    assertError(await mute(), NOT_MUTED);
    assert.deepEqual(await isMuted(), [false]);
  });

  test('the log names moderator and participant, once', async () => {
    const start = running.endpoint.log.length;
    await mute();
    await running.endpoint.logged('Muted a participant');
    const lines = running.endpoint.log.slice(start).map((line) => JSON.parse(line));
    const found = lines.filter(({ message }) => message === 'Muted a participant');
    const seen = found.map(({ level, userId, identity, roomId }) => ({ level, userId, identity, roomId }));
    assert.deepEqual(seen, [{ level: 'info', userId: 'user-mod', identity: 'user-456', roomId: ROOM }]);
  });

  test('a store that cannot store the mute does not change the response', async () => {
    await running.endpoint.sql('DROP TABLE "VoicePresence"');
    assertAnswer(await mute(), 201, SUCCESS);
    await running.endpoint.logged('The store failed');
  });
});
