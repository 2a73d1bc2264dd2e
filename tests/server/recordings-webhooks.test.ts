/** Webhooks about recordings: in every order, repeated, late, of another room, and of a recording that was started elsewhere. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EgressInfo, EgressStatus, RoomCompositeEgressRequest } from '@livekit/protocol';
import { assertError, badRequest, NO_RECORDING, RECORDED_ALREADY, UNAVAILABLE } from '../support/answers.ts';
import { egressEvent } from '../support/egress-server.ts';
import { RECORDING, RECORDED_ROOM as ROOM, withEgressServer } from '../support/recording.ts';
import { signatureOf, webhooks } from '../support/webhooks.ts';

const { running, start, stop, started, recordings, tell, asked } = withEgressServer();
const send = webhooks(() => running.endpoint);

/** A recording of the room that another program started. */
const elsewhere = (filepath: string, roomName = ROOM): EgressInfo =>
  running.egress.begin(new RoomCompositeEgressRequest({ roomName, fileOutputs: [{ filepath }] }));

const OUR_PATH = RECORDING.RECORDING_FILEPATH;

/** All orders of some values. */
function orders<T>(values: readonly T[]): T[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((value, at) => orders(values.toSpliced(at, 1)).map((rest) => [value, ...rest]));
}

describe('order of events', () => {
  test('the last state counts in every order, with every event sent twice', async () => {
    for (const order of orders([0, 1, 2])) {
      const channel = `channel-${order.join('')}`;
      await running.endpoint.database.insert('Channel', {
        id: channel,
        communityId: 'community-kraken',
        name: channel,
        type: 'VOICE',
      });
      const id = await started({ channel });
      const info = running.egress.egresses.get(id) as EgressInfo;
      const events = [
        egressEvent('egress_started', info),
        egressEvent('egress_updated', running.egress.advance(id, EgressStatus.EGRESS_ACTIVE)),
        egressEvent('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_COMPLETE)),
      ];
      let isOver = false;
      for (const at of [...order, ...order]) {
        await tell(events[at] ?? '');
        isOver ||= at === 2;
        const [recording] = await recordings({ channel });
        assert.equal(recording?.status === 'complete', isOver, `${order} at ${at}`);
      }
      await started({ channel });
      for (const event of events) await tell(event);
      assertError(await start({ channel }), RECORDED_ALREADY, 'late events end no other recording');
    }
  });

  test('events that arrive before the response to the start are not lost', async () => {
    for (const last of ['EGRESS_ACTIVE', 'EGRESS_FAILED'] as const) {
      const held = Promise.withResolvers<() => void>();
      running.egress.behaviours.set('StartRoomCompositeEgress', (_, answer) => held.resolve(answer));
      const starting = start();
      const answer = await held.promise;
      const info = running.egress.begin(
        new RoomCompositeEgressRequest({ roomName: ROOM, fileOutputs: [{ filepath: OUR_PATH }] }),
      );
      await tell('egress_started', info);
      await tell('egress_updated', running.egress.advance(info.egressId, EgressStatus[last]));
      const expected = last === 'EGRESS_ACTIVE' ? 'active' : 'failed';
      assert.deepEqual(
        (await recordings()).map(({ status, startedBy }) => [status, startedBy]),
        [[expected, 'user-mod']],
      );
      answer();
      assert.equal((await starting).status, 201);
      for (const id of running.egress.egresses.keys()) {
        await tell('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_ABORTED));
      }
      running.egress.behaviours.clear();
      for (const table of ['VoiceRecording', 'VoiceRecordingClaim']) await running.endpoint.database.delete(table);
    }
  });
});

describe('recordings that another program started', () => {
  test('are neither listed nor stopped, and do not prevent a recording', async () => {
    const info = elsewhere('compliance/{room_name}');
    await tell('egress_started', info);
    await tell('egress_updated', running.egress.advance(info.egressId, EgressStatus.EGRESS_ACTIVE));
    assert.deepEqual(await recordings(), []);
    assertError(await stop(info.egressId), NO_RECORDING);
    const id = await started();
    assert.deepEqual(
      (await recordings()).map(({ recordingId }) => recordingId),
      [id],
    );
    await tell('egress_ended', running.egress.advance(info.egressId, EgressStatus.EGRESS_COMPLETE));
    assertError(await start(), RECORDED_ALREADY, 'its end does not end ours');
    assert.ok(!asked().includes('StopEgress'));
  });

  test('are not taken for ours, even with the same path, if every start was answered', async () => {
    const info = elsewhere(OUR_PATH);
    await tell('egress_started', info);
    const id = await started();
    await tell('egress_updated', running.egress.advance(info.egressId, EgressStatus.EGRESS_ACTIVE));
    await tell('egress_started', elsewhere(OUR_PATH));
    assert.deepEqual(
      (await recordings()).map(({ recordingId }) => recordingId),
      [id],
    );
  });

  test('an event of a room that is not a channel changes nothing', async () => {
    await tell('egress_started', elsewhere(OUR_PATH, 'not-a-channel'));
    await tell('egress_ended', elsewhere(OUR_PATH, 'x'.repeat(1000)));
    assert.deepEqual(await recordings(), []);
  });

  test('an event of a known recording that names another room changes nothing', async () => {
    const id = await started();
    const info = running.egress.advance(id, EgressStatus.EGRESS_COMPLETE, { roomName: 'channel-private-1' });
    await tell('egress_ended', info);
    assert.equal((await recordings())[0]?.status, 'starting');
    assert.deepEqual(await recordings({ channel: 'channel-private-1', as: 'user-owner' }), []);
  });
});

test('an event with an unknown status, or about no room, is received and ignored', async () => {
  const id = await started();
  for (const egressInfo of [
    { egressId: id, roomName: ROOM, status: 'EGRESS_PAUSED' },
    { egressId: 'EG_web', web: { url: 'https://example.com' }, status: 'EGRESS_ACTIVE' },
  ]) {
    await tell(JSON.stringify({ event: 'egress_updated', egressInfo, id: 'EV_1', createdAt: '1' }));
  }
  assert.equal((await recordings())[0]?.status, 'starting');
});

test('an event without valid recording fields is 400', async () => {
  for (const egressInfo of [
    undefined,
    {},
    { roomName: ROOM },
    { egressId: 'EG_1', roomName: ROOM, startedAt: 'soon' },
  ]) {
    const body = JSON.stringify({ event: 'egress_updated', egressInfo, id: 'EV_1', createdAt: '1' });
    const answer = await send(body, { settings: RECORDING });
    if (egressInfo === undefined || 'egressId' in egressInfo || 'roomName' in egressInfo) {
      assertError(answer, badRequest('Request body is not an event of LiveKit'), body);
    } else assert.equal(answer.status, 200);
  }
});

test('an event that another server signed changes nothing', async () => {
  const id = await started();
  const body = egressEvent('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_COMPLETE));
  const Authorization = await signatureOf(body, { secret: 'secret-of-another' });
  assert.equal((await send(body, { settings: RECORDING, headers: { Authorization } })).status, 401);
  assert.equal((await recordings())[0]?.status, 'starting');
});

test('an event that cannot be stored is 503, so that LiveKit repeats it; with recording off it is received', async () => {
  const id = await started();
  const body = egressEvent('egress_ended', running.egress.advance(id, EgressStatus.EGRESS_COMPLETE));
  const off = { RECORDING_STORAGE: null, RECORDING_FILEPATH: null };
  await running.endpoint.sql('ALTER TABLE "VoiceRecording" RENAME TO "Gone"');
  assertError(await send(body, { settings: RECORDING }), UNAVAILABLE);
  assert.equal((await send(body, { settings: off })).status, 200);
  await running.endpoint.sql('ALTER TABLE "Gone" RENAME TO "VoiceRecording"');
  await tell(body);
  assert.equal((await recordings())[0]?.status, 'complete');
});
