/** Recordings of a channel: permissions, the calls to the egress service, and the responses (row 71). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EgressStatus } from '@livekit/protocol';
import {
  assertAnswer,
  assertError,
  BANNED,
  badRequest,
  FORBIDDEN,
  NO_RECORDING,
  NO_ROOM_RUNS,
  NOT_ALLOWED,
  NOT_CONFIGURED,
  NOT_JSON,
  NOT_OBJECT,
  RECORDED_ALREADY,
  RECORDING_OFF,
  TWICE,
  UNAUTHORIZED,
  UNSUPPORTED,
} from '../support/answers.ts';
import { twirpError } from '../support/egress-server.ts';
import { claimsOf, isSignedWith } from '../support/livekit-token.ts';
import { people } from '../support/people.ts';
import {
  CREDENTIALS,
  RECORDING,
  type Recorded,
  RECORDED_ROOM as ROOM,
  withEgressServer,
} from '../support/recording.ts';
import { now, userToken } from '../support/user-token.ts';

const { running, start, stop, list, started, recordings, tell, asked } = withEgressServer();
const { insert, newUser, newMember, grantRole } = people(() => running.endpoint);

/** The body of a call to start, as LiveKit receives it. */
const STARTED = ['ListEgress', 'StartRoomCompositeEgress'];

/** Checks that each route refuses, and that LiveKit is not called. */
async function assertRefused(recorded: Recorded, error: string) {
  const what = JSON.stringify(recorded);
  for (const answer of [await start(recorded), await stop('EG_1', recorded), await list(recorded)]) {
    assertError(answer, error, what);
  }
  assert.deepEqual(asked(), [], what);
}

/** Checks that each route succeeds. */
async function assertAllowed(recorded: Recorded) {
  const id = await started(recorded);
  assert.equal((await recordings(recorded))[0]?.recordingId, id);
  assertAnswer(await stop(id, recorded), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
  running.egress.advance(id, EgressStatus.EGRESS_COMPLETE);
  await running.endpoint.database.delete('VoiceRecordingClaim');
  running.egress.calls.length = 0;
}

describe('permissions', () => {
  test('row 71: a moderator, a community admin and an owner may record, on both prefixes', async () => {
    const admin = await newUser();
    await grantRole(admin, 'role-community-admin');
    for (const base of ['/api/livekit', '/livekit']) {
      for (const as of ['user-mod', 'user-owner', admin]) await assertAllowed({ as, base });
    }
  });

  test('row 71: no other user may, whatever other actions they have', async () => {
    for (const as of ['user-456', 'user-stranger', 'user-timeout', await newUser()]) {
      await assertRefused({ as }, FORBIDDEN);
    }
    const user = await newMember();
    await grantRole(user, ['KICK_USER', 'MUTE_PARTICIPANT', 'CAPTURE_REPLAY', 'UPDATE_CHANNEL', 'SPEAK']);
    await assertRefused({ as: user }, FORBIDDEN);
    await grantRole(user, ['RECORD_CHANNEL']);
    await assertAllowed({ as: user });
    await assertRefused({ as: user, channel: 'channel-private-1' }, FORBIDDEN);
    await insert('ChannelMembership', { userId: user, channelId: 'channel-private-1' });
    await assertAllowed({ as: user, channel: 'channel-private-1' });
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: user, expiresAt: now() + 60 });
    for (const LIVEKIT_GRANTS of ['full', 'role']) {
      await assertRefused({ as: user, settings: { LIVEKIT_GRANTS } }, FORBIDDEN);
    }
  });

  test('overwrites of the channel allow and deny recording', async () => {
    const channelId = 'channel-record-1';
    await insert('Channel', { id: channelId, communityId: 'community-kraken', name: channelId, type: 'VOICE' });
    const member = await newMember();
    const overwrite = (id: string, userId: string, allow: string[], deny: string[]) =>
      insert('ChannelPermissionOverwrite', {
        id,
        channelId,
        targetType: 'MEMBER',
        userId,
        allow: JSON.stringify(allow),
        deny: JSON.stringify(deny),
      });
    await overwrite('record-1', member, ['RECORD_CHANNEL'], []);
    await overwrite('record-2', 'user-mod', [], ['RECORD_CHANNEL']);
    await assertAllowed({ as: member, channel: channelId });
    await assertRefused({ as: member }, FORBIDDEN);
    await assertRefused({ as: 'user-mod', channel: channelId }, FORBIDDEN);
  });

  test('no user, not even an owner, may in a channel that does not exist', async () => {
    for (const channel of [
      'channel-000',
      'CHANNEL-ABC123',
      `${ROOM} `,
      'dm-group-1',
      '\u0000',
      'a\nb',
      'x'.repeat(257),
    ]) {
      for (const as of ['user-mod', 'user-owner']) await assertRefused({ as, channel }, FORBIDDEN);
    }
  });

  test('row 71: no token of a client may record', async () => {
    const user = await newMember();
    await grantRole(user, 'role-community-admin');
    for (const LIVEKIT_GRANTS of ['full', 'role']) {
      for (const as of [user, 'user-owner']) {
        for (const [path, body] of [
          ['/token', { roomId: ROOM }],
          ['/token-source', { room_name: ROOM }],
        ] as const) {
          const answer = await running.endpoint.post(path, body, { as, settings: { ...RECORDING, LIVEKIT_GRANTS } });
          assert.equal(answer.status, 201, answer.text);
          const { token, participant_token = token } = JSON.parse(answer.text);
          const { video } = claimsOf(participant_token);
          assert.ok(!('roomRecord' in video) && video.room === ROOM, path);
        }
      }
    }
  });

  test('401, 405 and 415 are as on other routes', async () => {
    for (const as of [null, 'user-000']) await assertRefused({ as }, UNAUTHORIZED);
    await assertRefused({ as: 'user-banned' }, BANNED);
    const headers = { Cookie: `access_token=${userToken('user-mod')}`, 'Content-Type': 'text/plain' };
    for (const answer of [await start({ as: null, headers }), await stop('EG_1', { as: null, headers })]) {
      assertError(answer, UNSUPPORTED);
    }
    const path = `/channels/${ROOM}/recordings`;
    const refused = await running.endpoint.send('DELETE', path);
    assertError(refused, NOT_ALLOWED);
    assert.equal(refused.headers.get('allow'), 'GET, HEAD, POST');
    const ofStop = await running.endpoint.get(`${path}/EG_1/stop`);
    assertError(ofStop, NOT_ALLOWED);
    assert.equal(ofStop.headers.get('allow'), 'POST');
  });
});

describe('calls to LiveKit', () => {
  test("LiveKit gets the operator's settings, and a token with only roomRecord, valid for a minute", async () => {
    const before = now();
    const ours = { filepath: 'x', fileOutputs: [], roomName: 'other', layout: 'grid', s3: {}, audio_only: true };
    const answer = await start({ settings: { RECORDING_LAYOUT: 'speaker', RECORDING_PRESET: 'H264_1080P_30' } }, ours);
    assert.equal(answer.status, 201, answer.text);
    const [first, call, ...others] = running.egress.calls;
    assert.deepEqual([first?.body, others], [{ room_name: ROOM, active: true }, []]);
    const s3 = { ...CREDENTIALS, bucket: 'recordings', region: 'eu-central-1' };
    assert.deepEqual(call?.body, {
      roomName: ROOM,
      audioOnly: false,
      layout: 'speaker',
      preset: 'H264_1080P_30',
      fileOutputs: [{ filepath: 'recordings/{room_name}/{time}', s3 }],
    });
    const token = call.authorization.replace(/^Bearer /, '');
    assert.ok(isSignedWith(token, 'secret'));
    const { exp, nbf, ...claims } = claimsOf(token);
    assert.deepEqual(claims, { iss: 'devkey', video: { roomRecord: true } });
    assert.ok(nbf >= before && nbf <= now() && exp - nbf <= 60, `${nbf} to ${exp}`);
  });

  test('a client can set only audioOnly', async () => {
    const answer = await start({}, { audioOnly: true });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(Reflect.get(Object(running.egress.calls[1]?.body), 'audioOnly'), true);
    for (const value of ['true', 1, [], {}]) {
      for (const as of ['user-mod', 'user-stranger']) {
        assertError(await start({ as }, { audioOnly: value }), badRequest(['audioOnly must be a boolean value']));
      }
      assertError(await start({ as: null }, { audioOnly: value }), UNAUTHORIZED);
    }
    for (const [body, error] of [
      ['{', NOT_JSON],
      ['[]', NOT_OBJECT],
      ['{"audioOnly":true,"audioOnly":false}', TWICE],
    ] as const) {
      assertError(await start({ as: null }, body), error);
    }
    assert.deepEqual(asked(), STARTED);
  });

  test('an empty body is an empty object', async () => {
    assert.equal((await start({}, '')).status, 201);
  });

  test('the storage may be an object, as on Workers', async () => {
    const RECORDING_STORAGE = { gcp: { bucket: 'b' } };
    assert.equal((await start({ settings: { RECORDING_STORAGE } })).status, 201);
    const body = running.egress.calls[1]?.body as { fileOutputs: object[] } | undefined;
    const [output] = body?.fileOutputs ?? [];
    assert.deepEqual(output, { filepath: 'recordings/{room_name}/{time}', ...RECORDING_STORAGE });
  });

  test('with missing or invalid settings nothing is recorded, and only callers with the permission learn it', async () => {
    const off = { RECORDING_STORAGE: null, RECORDING_FILEPATH: null };
    for (const settings of [off, { RECORDING_STORAGE: '{' }, { ...off, RECORDING_FILEPATH: 'a\nb' }]) {
      assertError(await start({ settings }), RECORDING_OFF);
      assertError(await start({ settings, as: 'user-456' }), FORBIDDEN);
      assertAnswer(await list({ settings }), 200, JSON.stringify({ channelId: ROOM, recordings: [] }));
    }
    assert.deepEqual(asked(), []);
  });

  test('without a URL or a key it is 500, and can be repeated at once', async () => {
    for (const name of ['LIVEKIT_URL', 'LIVEKIT_API_KEY']) {
      assertError(await start({ settings: { [name]: '' } }), NOT_CONFIGURED, name);
    }
    await started();
  });

  test('an empty channel is 404, and can be repeated at once', async () => {
    const msg = 'twirp error unknown: requested room does not exist';
    running.egress.behaviours.set('StartRoomCompositeEgress', (response) =>
      twirpError(response, 404, 'not_found', msg),
    );
    for (let time = 0; time < 2; time++) assertError(await start(), NO_ROOM_RUNS);
    running.egress.behaviours.clear();
    await started();
  });
});

describe('states', () => {
  test('a recording is listed in each state, with its files at the end', async () => {
    const before = Date.now();
    const id = await started({ as: 'user-owner' });
    const [first] = await recordings();
    assert.ok(first !== undefined);
    const { requestedAt, ...others } = first;
    assert.deepEqual(others, { recordingId: id, status: 'starting', startedBy: 'user-owner', files: [] });
    assert.ok(Date.parse(requestedAt) >= before && Date.parse(requestedAt) <= Date.now());
    const startedAt = BigInt(now()) * 1_000_000_000n;
    await tell('egress_updated', running.egress.advance(id, EgressStatus.EGRESS_ACTIVE, { startedAt }));
    const [active] = await recordings();
    assert.deepEqual([active?.status, Date.parse(active?.startedAt ?? '')], ['active', Number(startedAt / 1_000_000n)]);
    assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
    assert.equal((await recordings())[0]?.status, 'ending');
    const fileResults = [
      {
        filename: 'recordings/a.mp4',
        size: 1234n,
        duration: 4_500_000_000n,
        location: 'https://b.example/a.mp4?sig=CANARY',
      },
    ];
    const ended = { endedAt: startedAt + 5_000_000_000n, fileResults: fileResults as never };
    await tell('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_COMPLETE, ended));
    const [last] = await recordings();
    assert.deepEqual([last?.status, Date.parse(last?.endedAt ?? '')], ['complete', Number(ended.endedAt / 1_000_000n)]);
    const location = 'https://b.example/a.mp4';
    assert.deepEqual(last?.files, [{ name: 'recordings/a.mp4', location, size: 1234, durationSeconds: 4.5 }]);
    await started();
    assert.deepEqual(
      (await recordings()).map(({ status }) => status),
      ['starting', 'complete'],
      'the last one first',
    );
  });

  test("a failure has a fixed sentence, and no client gets LiveKit's text", async () => {
    const id = await started();
    const failed = { error: 'CANARY: s3 refused key CANARY', details: 'CANARY' };
    await tell('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_FAILED, failed));
    const { text } = await list();
    assert.doesNotMatch(text, /CANARY/);
    const [recording] = JSON.parse(text).recordings;
    assert.deepEqual([recording.status, recording.error], ['failed', 'The recording failed']);
  });

  test('a second start is 409 and does not change the first, also in a race', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => start()));
    const [won, ...lost] = answers.toSorted((a, b) => a.status - b.status);
    assert.equal(won?.status, 201, won?.text);
    for (const answer of lost) assertError(answer, RECORDED_ALREADY);
    assertError(await start({ as: 'user-owner' }), RECORDED_ALREADY);
    assert.deepEqual(asked(), STARTED);
    assert.equal((await recordings()).length, 1);
    await started({ channel: 'channel-private-1' });
  });

  test('a second stop has the same response, and LiveKit is called once', async () => {
    const id = await started();
    for (let time = 0; time < 3; time++) {
      assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
    }
    assert.deepEqual(asked(), [...STARTED, 'StopEgress']);
    await tell('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_COMPLETE));
    assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'complete' }));
  });

  test('a recording of another channel and an unknown one are 404, and continue', async () => {
    const id = await started({ channel: 'channel-private-1' });
    for (const other of [
      id,
      'EG_0',
      ' ',
      id.toLowerCase(),
      `${id}\u0000`,
      'x'.repeat(5000),
      "' OR 1=1 --",
      '..',
      '%2e',
    ]) {
      assertError(
        await stop(other),
        other === '..' ? JSON.stringify({ statusCode: 404, message: 'Not Found' }) : NO_RECORDING,
        other,
      );
    }
    assert.deepEqual(asked(), STARTED);
    assert.equal(running.egress.egresses.get(id)?.status, EgressStatus.EGRESS_STARTING);
  });

  test('a list has at most 100 recordings', async () => {
    for (let at = 0; at < 103; at++) {
      await insert('VoiceRecording', {
        egressId: `EG_${at}`,
        room: ROOM,
        claimId: `claim-${at}`,
        startedBy: 'user-mod',
        askedAt: at,
        status: 'complete',
        stage: 3,
        changedAt: 0,
        files: '[]',
      });
    }
    const ids = (await recordings()).map(({ recordingId }) => recordingId);
    assert.deepEqual(
      ids,
      Array.from({ length: 100 }, (_, at) => `EG_${102 - at}`),
    );
  });

  test('the log names who started and stopped which recording, once', async () => {
    const from = running.endpoint.log.length;
    const id = await started();
    await stop(id);
    await running.endpoint.logged('Stopped a recording');
    const lines = running.endpoint.log.slice(from).map((line) => JSON.parse(line));
    const seen = lines
      .filter(({ message }) => /recording/.test(message))
      .map(({ level, message, userId, roomId, recordingId }) => [level, message, userId, roomId, recordingId]);
    assert.deepEqual(seen, [
      ['info', 'Started a recording', 'user-mod', ROOM, id],
      ['info', 'Stopped a recording', 'user-mod', ROOM, id],
    ]);
  });
});
