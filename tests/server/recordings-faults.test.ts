/** Recordings when LiveKit or the database is slow, down or wrong: no channel stays blocked, and no recording is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EgressStatus, RoomCompositeEgressRequest } from '@livekit/protocol';
import {
  assertAnswer,
  assertError,
  LIVEKIT_SLOW,
  NO_EGRESS,
  NOT_STARTED,
  NOT_STOPPED,
  RECORDED_ALREADY,
  UNAVAILABLE,
} from '../support/answers.ts';
import { type EgressBehaviour, startEgressServer, twirpError } from '../support/egress-server.ts';
import { CREDENTIALS, RECORDING, RECORDED_ROOM as ROOM, withEgressServer } from '../support/recording.ts';

const { running, start, stop, list, started, recordings, age, asked } = withEgressServer();
const meet = (method: string, behave: EgressBehaviour) => running.egress.behaviours.set(method, behave);

const SEEN_MS = 30_000;
const NO_REDIS = 'twirp error unknown: egress not connected (redis required)';
const NO_SERVERS = 'twirp error unknown: no response from servers';

/** Errors after which LiveKit has certainly not started: a start may be repeated at once. */
const REFUSALS: Record<string, EgressBehaviour> = {
  'permissions denied': (response) => twirpError(response, 401, 'unauthenticated', 'CANARY'),
  'an error': (response) => twirpError(response, 500, 'internal', 'CANARY'),
  'an invalid request': (response) => twirpError(response, 400, 'invalid_argument', 'CANARY'),
};

/** Errors after which LiveKit may have started. */
const LOST: Record<string, EgressBehaviour> = {
  garbage: (response) => response.end('CANARY'),
  'an error of a proxy': (response) => response.writeHead(502).end('CANARY'),
  'another room': (response) =>
    response.end(JSON.stringify({ egress_id: 'EG_other', room_name: 'channel-private-1', error: 'CANARY' })),
  'no id': (response) => response.end(JSON.stringify({ room_name: ROOM })),
  'a status of a later version': (response) =>
    response.end(JSON.stringify({ egress_id: 'EG_1', room_name: ROOM, status: 'EGRESS_PAUSED' })),
  'a closed connection': (response) => response.destroy(),
};

/** Executes the request and loses the response. */
const loseAnswer: EgressBehaviour = (response, answer) => {
  response.end = () => response.destroy() as never;
  answer();
};

describe('starting', () => {
  test('without an egress service it is 503 with the reason, and can be repeated at once', async () => {
    for (const [method, status, code, msg] of [
      ['ListEgress', 500, 'internal', NO_REDIS],
      ['StartRoomCompositeEgress', 500, 'internal', NO_REDIS],
      ['StartRoomCompositeEgress', 503, 'unavailable', NO_SERVERS],
    ] as const) {
      running.egress.behaviours.clear();
      meet(method, (response) => twirpError(response, status, code, msg));
      for (let time = 0; time < 2; time++) assertError(await start(), NO_EGRESS, msg);
    }
    running.egress.behaviours.clear();
    await started();
  });

  test("a refusal is 502 without LiveKit's text, and can be repeated at once", async () => {
    for (const [name, behave] of Object.entries(REFUSALS)) {
      meet('StartRoomCompositeEgress', behave);
      for (let time = 0; time < 2; time++) assertError(await start(), NOT_STARTED, name);
    }
    running.egress.behaviours.clear();
    await started();
  });

  test('a lost response blocks the channel until LiveKit was asked, and no longer', async () => {
    for (const [name, behave] of Object.entries(LOST)) {
      meet('StartRoomCompositeEgress', behave);
      assertError(await start(), NOT_STARTED, name);
      running.egress.behaviours.clear();
      assertError(await start(), RECORDED_ALREADY, name);
      await age();
      assert.deepEqual(await recordings(), [], name);
      await stop(await started());
      await running.endpoint.database.delete('VoiceRecordingClaim');
      await running.endpoint.database.delete('VoiceRecording');
      running.egress.egresses.clear();
    }
  });

  test('a recording whose start had no response is found, listed and stopped', async () => {
    for (const find of [recordings, start]) {
      meet('StartRoomCompositeEgress', loseAnswer);
      assertError(await start({ as: 'user-owner' }), NOT_STARTED);
      // Deno's fetch repeats a request if a kept-alive connection is closed.
      const ids = [...running.egress.egresses.keys()];
      assert.ok(ids.length > 0);
      running.egress.behaviours.clear();
      await age();
      await find();
      const found = await recordings();
      assert.deepEqual(found.map(({ recordingId }) => recordingId).sort(), ids.sort());
      assert.ok(found.every(({ startedBy }) => startedBy === 'user-owner'));
      assertError(await start(), RECORDED_ALREADY);
      for (const id of ids) {
        assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
      }
      for (const table of ['VoiceRecording', 'VoiceRecordingClaim']) await running.endpoint.database.delete(table);
      running.egress.egresses.clear();
    }
  });

  test('a recording that LiveKit started, although it says that no service responded, is found at once', async () => {
    meet('StartRoomCompositeEgress', (response) => {
      const fileOutputs = [{ filepath: RECORDING.RECORDING_FILEPATH }];
      running.egress.begin(new RoomCompositeEgressRequest({ roomName: ROOM, fileOutputs }));
      twirpError(response, 503, 'unavailable', NO_SERVERS);
    });
    assertError(await start(), NO_EGRESS);
    assert.deepEqual(
      (await recordings()).map(({ recordingId }) => recordingId),
      [...running.egress.egresses.keys()],
    );
  });

  test('a start that takes too long is 504, and blocks the channel only if it may have started', async () => {
    meet('ListEgress', () => {});
    assertError(await start(), LIVEKIT_SLOW);
    running.egress.behaviours.clear();
    meet('StartRoomCompositeEgress', (response) => twirpError(response, 408, 'deadline_exceeded', 'CANARY'));
    assertError(await start(), LIVEKIT_SLOW);
    running.egress.behaviours.clear();
    assertError(await start(), RECORDED_ALREADY);
    await age();
    await started();
  });

  test('a server that is down is 502, and the list is what is stored', async () => {
    const other = await startEgressServer();
    await other.stop();
    const down = { settings: { LIVEKIT_URL: other.url } };
    for (let time = 0; time < 2; time++) assertError(await start(down), NOT_STARTED);
    const id = await started();
    await age();
    assert.equal((await recordings(down))[0]?.recordingId, id);
    await age();
    assertError(await start(down), '{"statusCode":502,"message":"Failed to list recordings"}');
    assert.equal((await recordings())[0]?.status, 'starting', 'the recording continues');
  });

  test('a list with recordings of another room changes nothing', async () => {
    meet('StartRoomCompositeEgress', LOST['garbage'] as EgressBehaviour);
    await start();
    const item = { egress_id: 'EG_other', room_name: 'channel-private-1', status: 'EGRESS_ACTIVE' };
    for (const body of ['[]', '{"items":{}}', JSON.stringify({ items: [item] })]) {
      meet('ListEgress', (response) => response.end(body));
      await age();
      assertError(await start(), '{"statusCode":502,"message":"Failed to list recordings"}', body);
      assert.equal(await running.endpoint.database.count('VoiceRecordingClaim'), 1);
      assert.equal(await running.endpoint.database.count('VoiceRecording'), 0);
    }
  });
});

describe('a recording whose end was not reported', () => {
  test('does not block its channel: LiveKit is asked how it ended', async () => {
    for (const [status, expected] of [
      [EgressStatus.EGRESS_COMPLETE, 'complete'],
      [undefined, 'failed'],
    ] as const) {
      const id = await started();
      if (status === undefined) running.egress.egresses.delete(id);
      else running.egress.advance(id, status);
      assertError(await start(), RECORDED_ALREADY);
      await age();
      await started();
      const found = (await recordings()).find(({ recordingId }) => recordingId === id);
      assert.equal(found?.status, expected);
      await running.endpoint.database.delete('VoiceRecordingClaim');
    }
  });

  test('LiveKit is asked once, however many clients read the list', async () => {
    const id = await started();
    running.egress.advance(id, EgressStatus.EGRESS_ACTIVE);
    await age();
    running.egress.calls.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => recordings()));
    assert.deepEqual(asked(), ['ListEgress']);
    assert.equal((await recordings())[0]?.status, 'active');
  });

  test('a list does not wait for a server that does not respond, and is what is stored', async () => {
    const id = await started();
    await age();
    let isAsking = false;
    meet('ListEgress', (response) => {
      isAsking = true;
      response.once('close', () => {
        isAsking = false;
      });
    });
    assert.equal((await recordings())[0]?.recordingId, id, 'LiveKit never responds');
    assert.ok(isAsking, 'the call has not timed out');
  });
});

test('a response of LiveKit that arrives after the list counts for the next list', async () => {
  const id = await started();
  running.egress.advance(id, EgressStatus.EGRESS_COMPLETE);
  await age();
  const listed = Promise.withResolvers<void>();
  meet('ListEgress', (_, answer) => void listed.promise.then(answer));
  assert.equal((await recordings())[0]?.status, 'starting', 'LiveKit has not answered yet');
  listed.resolve();
  for (const end = performance.now() + SEEN_MS; (await recordings())[0]?.status !== 'complete'; ) {
    assert.ok(performance.now() < end, 'the answer was lost');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

describe('stopping', () => {
  test('a refusal, garbage and a closed connection are 502, and the stop can be repeated', async () => {
    const id = await started();
    for (const [name, behave] of Object.entries({ ...REFUSALS, ...LOST })) {
      meet('StopEgress', behave);
      assertError(await stop(id), NOT_STOPPED, name);
    }
    meet('StopEgress', (response) => twirpError(response, 500, 'internal', NO_REDIS));
    assertError(await stop(id), NO_EGRESS);
    running.egress.behaviours.clear();
    assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
  });

  test('a recording that is over, or unknown to LiveKit, is returned with its end', async () => {
    const id = await started();
    running.egress.advance(id, EgressStatus.EGRESS_LIMIT_REACHED);
    assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'limit_reached' }));
    const other = await started();
    running.egress.egresses.delete(other);
    assertAnswer(await stop(other), 201, JSON.stringify({ recordingId: other, status: 'failed' }));
    await started();
  });
});

describe('the database', () => {
  const rename = (from: string, to: string) => running.endpoint.sql(`ALTER TABLE "${from}" RENAME TO "${to}"`);

  test('without a database no recording is started, stopped or listed: 503', async () => {
    await rename('VoiceRecordingClaim', 'Gone');
    assertError(await start(), UNAVAILABLE);
    await rename('Gone', 'VoiceRecordingClaim');
    await rename('VoiceRecording', 'Gone');
    for (const answer of [await stop('EG_1'), await list()]) assertError(answer, UNAVAILABLE);
    assert.deepEqual(asked(), []);
    await rename('Gone', 'VoiceRecording');
  });

  test('a started recording that cannot be stored is stopped: 503', async () => {
    meet('StartRoomCompositeEgress', async (_, answer) => {
      await rename('VoiceRecording', 'Gone');
      answer();
    });
    assertError(await start(), UNAVAILABLE);
    await rename('Gone', 'VoiceRecording');
    assert.deepEqual(
      [...running.egress.egresses.values()].map(({ status }) => status),
      [EgressStatus.EGRESS_ENDING],
    );
  });

  test('a stopped recording is returned, even if it cannot be stored', async () => {
    const id = await started();
    meet('StopEgress', async (_, answer) => {
      await rename('VoiceRecording', 'Gone');
      answer();
    });
    assertAnswer(await stop(id), 201, JSON.stringify({ recordingId: id, status: 'ending' }));
    await rename('Gone', 'VoiceRecording');
  });
});

test("no response and no log line has a credential of the storage, or LiveKit's text", async () => {
  const id = await started();
  const answers = [await list(), await start(), await stop(id)];
  for (const [name, behave] of Object.entries({ ...REFUSALS, ...LOST })) {
    for (const method of ['StartRoomCompositeEgress', 'StopEgress', 'ListEgress']) meet(method, behave);
    await running.endpoint.database.delete('VoiceRecordingClaim');
    const faulty = [await start(), await stop(id), await list()];
    assert.doesNotMatch(faulty.map(({ text }) => text).join('\n'), /CANARY/, name);
  }
  answers.push(await start({ settings: { RECORDING_STORAGE: '{"s3":{"secret":"CANARY"}}' } }));
  for (const path of ['/health', '/openapi.json', '/connection-info']) answers.push(await running.endpoint.get(path));
  await running.endpoint.logged('Stopped a recording');
  const texts = [...answers.map(({ text }) => text), ...running.endpoint.log].join('\n');
  assert.doesNotMatch(texts, /CANARY/);
  assert.ok(Object.values(CREDENTIALS).every((value) => value.startsWith('CANARY')));
});
