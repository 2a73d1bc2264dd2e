/** RoomService: the calls to LiveKit, and the results of valid responses, refusals and misbehaviour. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AccessToken, RoomConfiguration, TokenVerifier } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { json, MICROPHONE, refuseUnmuting, startFakeLivekit } from './fake-livekit.ts';
import { assertRejects, MISBEHAVIOURS, NOT_FOUND, TIMEOUT, UNMUTE } from './misbehaviours.ts';
import { ALICE, adminToken, KEY, SECRET, withRoomService } from './with-room-service.ts';

const ROOM = 'room-of-the-test';
const running = withRoomService();

const createRoomToken = () => {
  const token = new AccessToken(KEY, SECRET, { ttl: 60 });
  token.addGrant({ roomCreate: true });
  return token.toJwtSync();
};
const creator = () => new RoomService({ url: running.livekit.url, adminToken, createRoomToken });

const muteCalls = () => running.livekit.calls.filter(({ path }) => path.endsWith('/MutePublishedTrack'));

describe('valid responses', () => {
  test('muting gets the participant, then mutes the track, each with a token for that room only', async () => {
    assert.equal(await running.rooms.muteParticipant(ROOM, ALICE, true), undefined);
    const at = '/twirp/livekit.RoomService';
    assert.deepEqual(
      running.livekit.calls.map(({ method, path, body }) => [method, path, body]),
      [
        ['POST', `${at}/GetParticipant`, { room: ROOM, identity: ALICE }],
        ['POST', `${at}/MutePublishedTrack`, { room: ROOM, identity: ALICE, track_sid: 'TR_mic', muted: true }],
      ],
    );
    for (const { headers } of running.livekit.calls) {
      assert.equal(headers['content-type'], 'application/json');
      const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
      assert.deepEqual((await new TokenVerifier(KEY, SECRET).verify(token)).video, { roomAdmin: true, room: ROOM });
    }
  });

  test('removing is one request', async () => {
    assert.equal(await running.rooms.removeParticipant(ROOM, ALICE), undefined);
    assert.deepEqual(
      running.livekit.calls.map(({ path, body }) => [path.split('/').at(-1), body]),
      [['RemoveParticipant', { room: ROOM, identity: ALICE }]],
    );
  });

  test('removing with a time revokes older tokens; the time is a decimal string', async () => {
    await running.rooms.removeParticipant(ROOM, ALICE, 1_700_000_000);
    assert.deepEqual(
      running.livekit.calls.map(({ body }) => body),
      [{ room: ROOM, identity: ALICE, revoke_token_ts: '1700000000' }],
    );
  });

  test('all audio is muted and unmuted, whatever source its publisher gave it, and nothing else', async () => {
    const sources = ['MICROPHONE', 'SCREEN_SHARE_AUDIO', 'UNKNOWN', 'CAMERA', 'SCREEN_SHARE', 2, 4, 0, 99, undefined];
    // The zero of an enum may be absent, and an unknown type may be audio.
    const audio = ['AUDIO', 0, undefined, null, 'VOICE', 3];
    const all = [...audio, 'VIDEO', 1, 'DATA', 2].flatMap((type) => sources.map((source) => ({ type, source })));
    const tracks = all.map((track, at) => ({ sid: `TR_${at}`, ...track }));
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
    running.livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 200, {}));
    for (const muted of [true, false]) {
      running.livekit.calls.length = 0;
      await running.rooms.muteParticipant(ROOM, ALICE, muted);
      const sids = muteCalls().map(({ body }) => [body['track_sid'], body['muted']].join());
      const expected = tracks.slice(0, audio.length * sources.length).map(({ sid }) => [sid, muted].join());
      assert.deepEqual(sids.sort(), expected.sort());
    }
  });

  test('audio whose publisher calls it video is muted', async () => {
    const tracks = [
      { sid: 'TR_0', type: 'VIDEO', mime_type: 'audio/opus' },
      { sid: 'TR_1', type: 1, mime_type: 'AUDIO/red' },
      { sid: 'TR_2', type: 'DATA', mime_type: 'audio/pcmu' },
      { sid: 'TR_3', type: 'AUDIO', mime_type: 'video/vp8' },
      { sid: 'TR_4', type: 'VIDEO', mime_type: 'video/vp8' },
      { sid: 'TR_5', type: 'VIDEO', mime_type: '' },
    ];
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
    await running.rooms.muteParticipant(ROOM, ALICE, true);
    assert.deepEqual(
      muteCalls()
        .map(({ body }) => body['track_sid'])
        .sort(),
      ['TR_0', 'TR_1', 'TR_2', 'TR_3'],
    );
  });

  test('a participant with megabytes of names is muted like any other', async () => {
    const name = 'x'.repeat(64 * 1024);
    const tracks = Array.from({ length: 150 }, (_, at) => ({
      sid: `TR_${at}`,
      type: at === 0 ? 'AUDIO' : 'VIDEO',
      name,
    }));
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
    await running.rooms.muteParticipant(ROOM, ALICE, true);
    assert.deepEqual(
      muteCalls().map(({ body }) => body['track_sid']),
      ['TR_0'],
    );
  });

  test('of thousands of tracks 64 are muted, 8 at a time, unmuted ones first, so that another call continues', async () => {
    const tracks = Array.from({ length: 200 }, (_, at) => ({ ...MICROPHONE, sid: `TR_${at}`, muted: at < 50 }));
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
    let [asked, most] = [0, 0];
    running.livekit.behaviours.set('MutePublishedTrack', (response) => {
      asked += 1;
      most = Math.max(most, asked);
      setImmediate(() => {
        asked -= 1;
        json(response, 200, {});
      });
    });
    const mute = async () => {
      running.livekit.calls.length = 0;
      const outcome = await running.rooms.muteParticipant(ROOM, ALICE, true).then(
        () => 'done',
        ({ status, reason }) => `${status} ${reason}`,
      );
      const sids = muteCalls().map(({ body }) => body['track_sid']);
      for (const track of tracks) track.muted ||= sids.includes(track.sid);
      return [outcome, sids.length, tracks.filter(({ muted }) => !muted).length];
    };
    assert.deepEqual(await mute(), ['502 livekit_too_many_tracks', 64, 86]);
    assert.deepEqual(await mute(), ['502 livekit_too_many_tracks', 64, 22]);
    assert.deepEqual(await mute(), ['done', 64, 0]);
    assert.deepEqual(await mute(), ['done', 64, 0]);
    assert.ok(most <= 8, `${most} at a time`);
  });

  test('without audio muting and unmuting do nothing', async () => {
    for (const tracks of [[], [{ sid: 'TR_cam', type: 'VIDEO', source: 'CAMERA' }], undefined]) {
      running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
      for (const muted of [true, false]) await running.rooms.muteParticipant(ROOM, ALICE, muted);
    }
    assert.deepEqual(muteCalls(), []);
  });

  test('a track that cannot be muted does not prevent muting the others', async () => {
    running.livekit.participants.set(ALICE, { identity: ALICE, tracks: [MICROPHONE, { ...MICROPHONE, sid: 'TR_2' }] });
    let first = true;
    running.livekit.behaviours.set('MutePublishedTrack', (response) => {
      json(response, first ? 500 : 200, {});
      first = false;
    });
    await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, true), { text: 'Failed to mute participant' });
    assert.equal(muteCalls().length, 2);
  });

  test('unusual names arrive unchanged', async () => {
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
      running.livekit.participants.set(name, { identity: name, tracks: [MICROPHONE] });
      await running.rooms.muteParticipant(name, name, true);
      await running.rooms.removeParticipant(name, name);
      for (const { body } of running.livekit.calls.splice(0))
        assert.deepEqual([body['room'], body['identity']], [name, name]);
    }
  });
});

describe('creating a room', () => {
  test('is one request, with the configuration and the name, which a configuration cannot change', async () => {
    const configuration = { emptyTimeout: 60, metadata: '{}', agents: [{ agentName: 'assistant' }] };
    for (const given of [undefined, {}, configuration, new RoomConfiguration(configuration as never)]) {
      await creator().createRoom(ROOM, given);
      const [call, ...others] = running.livekit.calls.splice(0);
      assert.deepEqual([call?.path, others], ['/twirp/livekit.RoomService/CreateRoom', []]);
      const { name, emptyTimeout, agents } = call?.body ?? ({} as Record<string, unknown>);
      assert.deepEqual([name, emptyTimeout], [ROOM, given === undefined || !('agents' in given) ? undefined : 60]);
      if (agents !== undefined) assert.match(JSON.stringify(agents), /"agentName":"assistant"/);
      const token = call?.headers.authorization?.replace('Bearer ', '') ?? '';
      assert.deepEqual(new TokenVerifier(KEY, SECRET).verifySync(token).video, { roomCreate: true });
    }
  });

  test('the name of a configuration is that of a preset of the server', async () => {
    for (const [given, sent] of [
      [{ name: 'stage' }, { roomPreset: 'stage' }],
      [{ name: 'stage', roomPreset: 'x' }, { roomPreset: 'x' }],
      [{ name: '', metadata: 'm' }, { metadata: 'm' }],
      [{ name: 7 }, {}],
    ] as const) {
      await creator().createRoom(ROOM, given);
      assert.deepEqual(running.livekit.calls.splice(0)[0]?.body, { ...sent, name: ROOM });
    }
    await creator().createRoom(ROOM, new RoomConfiguration({ name: 'stage' }));
    assert.equal(running.livekit.calls[0]?.body['roomPreset'], 'stage');
  });

  test('a name that every object inherits is not a preset', async () => {
    Object.defineProperty(Object.prototype, 'name', { configurable: true, writable: true, value: 'stage' });
    try {
      await creator().createRoom(ROOM);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'name');
    }
    assert.deepEqual(running.livekit.calls[0]?.body, { name: ROOM });
  });

  test('without a token for it is not configured, and an invalid configuration is refused', async () => {
    await assertRejects(running.rooms.createRoom(ROOM), {
      status: 500,
      code: 'not_configured',
      text: 'LiveKit credentials not configured',
    });
    const throws = {
      get metadata() {
        throw new Error('canary');
      },
    };
    await assert.rejects(creator().createRoom(ROOM, throws), { status: 400 });
    assert.deepEqual(running.livekit.calls, []);
  });

  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(`502 for ${name}`, async () => {
      running.livekit.behaviours.set('CreateRoom', behave);
      await assertRejects(creator().createRoom(ROOM), { text: 'Failed to create room', reason });
      running.livekit.behaviours.clear();
      await creator().createRoom(ROOM);
    });
  }

  test('a response with another room is malformed', async () => {
    for (const answer of [{}, { name: 'another' }, { name: [ROOM] }]) {
      running.livekit.behaviours.set('CreateRoom', (response) => json(response, 200, answer));
      await assertRejects(creator().createRoom(ROOM), { text: 'Failed to create room', reason: 'livekit_garbage' });
    }
  });
});

describe('ending a room', () => {
  const end = () => creator().deleteRoom(ROOM);

  test('is one request, with a token that creates rooms, which LiveKit binds to no room', async () => {
    assert.equal(await end(), undefined);
    const [call, ...others] = running.livekit.calls;
    assert.deepEqual(others, []);
    assert.deepEqual([call?.path, call?.body], ['/twirp/livekit.RoomService/DeleteRoom', { room: ROOM }]);
    const token = call?.headers.authorization?.replace('Bearer ', '') ?? '';
    assert.deepEqual(new TokenVerifier(KEY, SECRET).verifySync(token).video, { roomCreate: true });
  });

  test('a room that is not running is 404, and without a token for it nothing is configured', async () => {
    running.livekit.behaviours.set('DeleteRoom', (response) => json(response, 404, { code: 'not_found' }));
    const notFound = { text: 'Room not found', status: 404, code: 'room_not_found', label: 'Not Found' } as const;
    await assertRejects(end(), notFound);
    const text = 'LiveKit credentials not configured';
    await assertRejects(running.rooms.deleteRoom(ROOM), { text, status: 500, code: 'not_configured' });
  });

  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(`502 for ${name}`, async () => {
      running.livekit.behaviours.set('DeleteRoom', behave);
      await assertRejects(end(), { text: 'Failed to end room', reason }, [ROOM, '127.0.0.1', 'eyJ', 'upstream']);
      running.livekit.behaviours.clear();
      await end();
    });
  }
});

describe('refusals', () => {
  test('a participant who is not in the room is 404', async () => {
    await assertRejects(running.rooms.muteParticipant(ROOM, 'nobody', true), NOT_FOUND);
    await assertRejects(running.rooms.removeParticipant(ROOM, 'nobody'), NOT_FOUND);
    running.livekit.behaviours.set('MutePublishedTrack', (response) => json(response, 404, { code: 'not_found' }));
    await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, true), NOT_FOUND);
  });

  test('a server that does not unmute is 409, and only for unmuting', async () => {
    await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, false), UNMUTE);
    for (const method of ['MutePublishedTrack', 'RemoveParticipant'])
      running.livekit.behaviours.set(method, refuseUnmuting);
    const reason = 'livekit_refused';
    await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, true), {
      text: 'Failed to mute participant',
      reason,
    });
    await assertRejects(running.rooms.removeParticipant(ROOM, ALICE), { text: 'Failed to remove participant', reason });
  });

  test("LiveKit's own timeout is 504", async () => {
    running.livekit.behaviours.set('RemoveParticipant', (response) =>
      json(response, 408, { code: 'deadline_exceeded' }),
    );
    await assertRejects(running.rooms.removeParticipant(ROOM, ALICE), TIMEOUT);
  });
});

describe('after each misbehaviour the next valid call works', () => {
  for (const { name, behave, reason } of MISBEHAVIOURS) {
    test(name, async () => {
      const cases = [
        ['GetParticipant', 'Failed to mute participant', () => running.rooms.muteParticipant(ROOM, ALICE, true)],
        ['MutePublishedTrack', 'Failed to mute participant', () => running.rooms.muteParticipant(ROOM, ALICE, true)],
        ['RemoveParticipant', 'Failed to remove participant', () => running.rooms.removeParticipant(ROOM, ALICE)],
      ] as const;
      for (const [method, text, act] of cases) {
        running.livekit.behaviours.set(method, behave);
        await assertRejects(act(), { text, reason }, [ROOM, ALICE, '127.0.0.1', 'Bearer', 'eyJ', 'upstream']);
        running.livekit.behaviours.clear();
        await act();
      }
    });
  }

  test('a participant of a wrong shape', async () => {
    const expected = { text: 'Failed to mute participant', reason: 'livekit_garbage' };
    for (const tracks of [{}, 'TR_mic', 7, true, [{}], [null], ['TR_mic'], [{ sid: '' }], [{ sid: 7 }]]) {
      running.livekit.participants.set(ALICE, { identity: ALICE, tracks });
      await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, true), expected);
    }
    for (const answer of [{}, { identity: 'mallory', tracks: [MICROPHONE] }, { identity: [ALICE] }]) {
      running.livekit.behaviours.set('GetParticipant', (response) => json(response, 200, answer));
      await assertRejects(running.rooms.muteParticipant(ROOM, ALICE, true), expected);
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
    await assertRejects(down.muteParticipant(ROOM, ALICE, true), { text: 'Failed to mute participant', reason });
    await assertRejects(down.removeParticipant(ROOM, ALICE), { text: 'Failed to remove participant', reason });
    await running.rooms.removeParticipant(ROOM, ALICE);
  });
});
