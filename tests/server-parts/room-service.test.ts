/** What RoomService asks LiveKit, and what it makes of the answers: good ones, refusals, and everything else. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AccessToken, TokenVerifier } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { type FakeLivekit, json, MICROPHONE, refuseUnmuting, startFakeLivekit } from './fake-livekit.ts';
import { assertRejects, MISBEHAVIOURS, NOT_FOUND, TIMEOUT, UNMUTE } from './misbehaviours.ts';

const KEY = 'devkey';
const SECRET = 'a secret of thirty-two bytes or more';
const ROOM = 'room-of-the-test';
const ALICE = 'alice-of-the-test';

function adminToken(room: string): string {
  const token = new AccessToken(KEY, SECRET, { ttl: 60 });
  token.addGrant({ roomAdmin: true, room });
  return token.toJwtSync();
}

let livekit: FakeLivekit;
let rooms: RoomService;
before(async () => {
  livekit = await startFakeLivekit();
  rooms = new RoomService({ url: livekit.url, adminToken });
});
after(() => livekit.stop());
beforeEach(() => {
  livekit.calls.length = 0;
  livekit.behaviours.clear();
  livekit.participants.clear();
  livekit.participants.set(ALICE, { identity: ALICE, tracks: [MICROPHONE] });
});

const muteCalls = () => livekit.calls.filter(({ path }) => path.endsWith('/MutePublishedTrack'));

describe('good answers', () => {
  test('muting asks for the participant, then mutes the microphone, each with a token for that room alone', async () => {
    assert.equal(await rooms.muteMicrophone(ROOM, ALICE, true), undefined);
    const at = '/twirp/livekit.RoomService';
    assert.deepEqual(
      livekit.calls.map(({ method, path, body }) => [method, path, body]),
      [
        ['POST', `${at}/GetParticipant`, { room: ROOM, identity: ALICE }],
        ['POST', `${at}/MutePublishedTrack`, { room: ROOM, identity: ALICE, track_sid: 'TR_mic', muted: true }],
      ],
    );
    for (const { headers } of livekit.calls) {
      assert.equal(headers['content-type'], 'application/json');
      const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
      assert.deepEqual((await new TokenVerifier(KEY, SECRET).verify(token)).video, { roomAdmin: true, room: ROOM });
    }
  });

  test('removing is one request', async () => {
    assert.equal(await rooms.removeParticipant(ROOM, ALICE), undefined);
    assert.deepEqual(
      livekit.calls.map(({ path, body }) => [path.split('/').at(-1), body]),
      [['RemoveParticipant', { room: ROOM, identity: ALICE }]],
    );
  });

  test('only microphones are muted, all of them, by name or number of the source', async () => {
    const sources = ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE_AUDIO', 2, 1, '2', 'microphone', 'UNKNOWN', 99, null];
    const tracks = [...sources.map((source, at) => ({ sid: `TR_${at}`, source })), {}, null, 'MICROPHONE'];
    livekit.participants.set(ALICE, { identity: ALICE, tracks });
    await rooms.muteMicrophone(ROOM, ALICE, true);
    const sids = muteCalls().map(({ body }) => body['track_sid']);
    assert.deepEqual(sids.sort(), ['TR_1', 'TR_3']);
  });

  test('without a microphone there is nothing to do, to mute or to unmute', async () => {
    for (const tracks of [[], [{ sid: 'TR_cam', source: 'CAMERA' }], undefined]) {
      livekit.participants.set(ALICE, { identity: ALICE, tracks });
      for (const muted of [true, false]) await rooms.muteMicrophone(ROOM, ALICE, muted);
    }
    assert.deepEqual(muteCalls(), []);
  });

  test('one microphone that cannot be muted does not keep the others open', async () => {
    livekit.participants.set(ALICE, { identity: ALICE, tracks: [MICROPHONE, { ...MICROPHONE, sid: 'TR_2' }] });
    let first = true;
    livekit.behaviours.set('MutePublishedTrack', (response) => {
      json(response, first ? 500 : 200, {});
      first = false;
    });
    await assertRejects(rooms.muteMicrophone(ROOM, ALICE, true), { text: 'Failed to mute participant' });
    assert.equal(muteCalls().length, 2);
  });

  test('odd names arrive as they are', async () => {
    const odd = [
      'a/../b?c#d%2f',
      '"quoted"\\',
      'Ünï ✓ 🦑',
      '__proto__',
      'constructor',
      ' ',
      '\u0000\n',
      'x'.repeat(256),
    ];
    for (const name of odd) {
      livekit.participants.set(name, { identity: name, tracks: [MICROPHONE] });
      await rooms.muteMicrophone(name, name, true);
      await rooms.removeParticipant(name, name);
      for (const { body } of livekit.calls.splice(0)) assert.deepEqual([body['room'], body['identity']], [name, name]);
    }
  });
});

describe('refusals', () => {
  test('whoever is not there is 404', async () => {
    await assertRejects(rooms.muteMicrophone(ROOM, 'nobody', true), NOT_FOUND);
    await assertRejects(rooms.removeParticipant(ROOM, 'nobody'), NOT_FOUND);
    livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 404, { code: 'not_found' }));
    await assertRejects(rooms.muteMicrophone(ROOM, ALICE, true), NOT_FOUND);
  });

  test('a server that does not unmute is 409, and only where it was asked to', async () => {
    await assertRejects(rooms.muteMicrophone(ROOM, ALICE, false), UNMUTE);
    for (const method of ['MutePublishedTrack', 'RemoveParticipant']) livekit.behaviours.set(method, refuseUnmuting);
    const reason = 'livekit_refused';
    await assertRejects(rooms.muteMicrophone(ROOM, ALICE, true), { text: 'Failed to mute participant', reason });
    await assertRejects(rooms.removeParticipant(ROOM, ALICE), { text: 'Failed to remove participant', reason });
  });

  test("LiveKit's own time limit is 504", async () => {
    livekit.behaviours.set('RemoveParticipant', (response) => json(response, 408, { code: 'deadline_exceeded' }));
    await assertRejects(rooms.removeParticipant(ROOM, ALICE), TIMEOUT);
  });
});

describe('misbehaviour, after each of which the next good call works', () => {
  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(name, async () => {
      const cases = [
        ['GetParticipant', 'Failed to mute participant', () => rooms.muteMicrophone(ROOM, ALICE, true)],
        ['MutePublishedTrack', 'Failed to mute participant', () => rooms.muteMicrophone(ROOM, ALICE, true)],
        ['RemoveParticipant', 'Failed to remove participant', () => rooms.removeParticipant(ROOM, ALICE)],
      ] as const;
      for (const [method, text, act] of cases) {
        livekit.behaviours.set(method, behave);
        await assertRejects(act(), { text, reason }, [ROOM, ALICE, '127.0.0.1', 'Bearer', 'eyJ', 'upstream']);
        livekit.behaviours.clear();
        await act();
      }
    });
  }

  test('a participant of a wrong shape', async () => {
    const expected = { text: 'Failed to mute participant', reason: 'livekit_garbage' };
    const source = 'MICROPHONE';
    for (const tracks of [{}, 'TR_mic', 7, true, [{ source }], [{ source, sid: '' }], [{ source, sid: 7 }]]) {
      livekit.participants.set(ALICE, { identity: ALICE, tracks });
      await assertRejects(rooms.muteMicrophone(ROOM, ALICE, true), expected);
    }
    for (const answer of [{}, { identity: 'mallory', tracks: [MICROPHONE] }, { identity: [ALICE] }]) {
      livekit.behaviours.set('GetParticipant', (response) => json(response, 200, answer));
      await assertRejects(rooms.muteMicrophone(ROOM, ALICE, true), expected);
    }
    assert.deepEqual(muteCalls(), []);
  });

  test('a server that is down, and up again', async () => {
    const other = await startFakeLivekit();
    other.participants.set(ALICE, { identity: ALICE, tracks: [] });
    const down = new RoomService({ url: other.url, adminToken });
    await down.removeParticipant(ROOM, ALICE);
    await other.stop();
    const reason = 'livekit_unreachable';
    await assertRejects(down.muteMicrophone(ROOM, ALICE, true), { text: 'Failed to mute participant', reason });
    await assertRejects(down.removeParticipant(ROOM, ALICE), { text: 'Failed to remove participant', reason });
    await rooms.removeParticipant(ROOM, ALICE);
  });
});
