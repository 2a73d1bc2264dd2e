/** Recordings on LiveKit's own server without an egress service: the response is 503, and nothing stays behind (row 71). */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { assertAnswer, assertError, assertToken, NO_EGRESS, NO_RECORDING } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { type Livekit, startLivekit } from '../support/livekit.mjs';
import { claimsOf } from '../support/livekit-token.ts';

const ROOM = 'channel-abc123';
const RECORDINGS = `/channels/${ROOM}/recordings`;

let skip: string | undefined;
let endpoint: Endpoint;
let livekit: Livekit;
let settings: Record<string, string>;
before(async () => {
  ({ skip } = await livekitServer());
  if (skip !== undefined) return;
  [endpoint, livekit] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startLivekit(),
  ]);
  settings = { LIVEKIT_URL: livekit.url, RECORDING_FILEPATH: '/out/{room_name}/{time}' };
});
after(async () => {
  await livekit?.stop();
  await endpoint?.stop();
});
const it = (name: string, check: () => Promise<void>) =>
  test(name, (t: TestContext) => (skip === undefined ? check() : t.skip(skip)));

/** Sends a request as a moderator. */
const asking = () => ({ as: 'user-mod', settings });
const start = () => endpoint.post(RECORDINGS, {}, asking());
const createRoom = () =>
  RoomService.fromEnv({
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
  }).createRoom(ROOM);

it('row 71: without an egress service it is 503 with the reason, also when repeated', async () => {
  assertError(await start(), NO_EGRESS, 'no one is in the channel');
  await createRoom();
  for (let time = 0; time < 2; time++) assertError(await start(), NO_EGRESS);
  const listed = await endpoint.get(RECORDINGS, asking());
  assertAnswer(listed, 200, JSON.stringify({ channelId: ROOM, recordings: [] }));
  assert.equal(await endpoint.database.count('VoiceRecordingClaim'), 0);
});

it('a running recording can be stopped only by a server with an egress service', async () => {
  assertError(await endpoint.post(`${RECORDINGS}/EG_1/stop`, '', asking()), NO_RECORDING);
  await endpoint.database.insert('VoiceRecording', {
    egressId: 'EG_1',
    room: ROOM,
    claimId: 'claim-1',
    startedBy: 'user-mod',
    askedAt: 1,
    status: 'active',
    stage: 1,
    changedAt: 1,
    files: '[]',
  });
  assertError(await endpoint.post(`${RECORDINGS}/EG_1/stop`, '', asking()), NO_EGRESS);
});

it("neither a client's token nor a moderator's may record", async () => {
  for (const LIVEKIT_GRANTS of ['full', 'role']) {
    for (const as of ['user-456', 'user-mod', 'user-owner']) {
      const answer = await endpoint.token({ roomId: ROOM }, { as, settings: { ...settings, LIVEKIT_GRANTS } });
      const { token } = assertToken(answer);
      assert.ok(!('roomRecord' in claimsOf(token).video));
      assert.equal(await listEgress(token), 401);
    }
  }
  const ours = new AccessToken(livekit.apiKey, livekit.apiSecret, { ttl: 60 });
  ours.addGrant({ roomRecord: true });
  assert.equal(await listEgress(ours.toJwtSync()), 500, 'the server has no egress service');
});

async function listEgress(token: string): Promise<number> {
  const response = await fetch(`${livekit.httpUrl}/twirp/livekit.Egress/ListEgress`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  await response.text();
  return response.status;
}
