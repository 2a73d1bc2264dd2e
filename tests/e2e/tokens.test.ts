/** LiveKit's own server accepts our tokens, refuses those that we refuse, and allows exactly what they grant. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import {
  AddTrackRequest,
  RequestResponse_Reason,
  TrackSource,
  TrackType,
  UpdateParticipantMetadata,
} from '@livekit/protocol';
import { AccessToken, generateToken, TokenVerifier, type VideoGrant } from 'livekit-edge';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { startLivekit } from '../support/livekit.mjs';
import { Signal } from './support/signal.ts';

type Livekit = Awaited<ReturnType<typeof startLivekit>>;

let found: { livekit: Livekit } | { skip: string };
before(async () => {
  const { path, skip } = await livekitServer();
  found = path === undefined ? { skip } : { livekit: await startLivekit({ departureSeconds: 1 }) };
});
after(() => 'livekit' in found && found.livekit.stop());

/** A test that is skipped without a server. */
const it = (title: string, check: (livekit: Livekit) => Promise<void>) =>
  test(title, (t: TestContext) => ('skip' in found ? t.skip(found.skip) : check(found.livekit)));

const ROOM = 'channel-abc123';

function tokenOf({ apiKey, apiSecret }: Livekit, grant: VideoGrant, identity = 'user-456', ttl = 60): string {
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl });
  token.addGrant(grant);
  return token.toJwtSync();
}

/** The server's response to a token, without joining. */
const validate = async ({ httpUrl }: Livekit, token: string) =>
  (await fetch(`${httpUrl}/rtc/validate?access_token=${token}`)).status;

/** Joins, and returns the server's view of the participant. */
async function join(livekit: Livekit, grant: VideoGrant, identity?: string) {
  const signal = await Signal.open(livekit.url, tokenOf(livekit, { room: ROOM, roomJoin: true, ...grant }, identity));
  const { participant } = await signal.receives('join');
  return { signal, participant, permission: participant?.permission };
}

it('rows 21-30: a token of the service is valid, and admits its identity and name to the room', async (livekit) => {
  const { apiKey, apiSecret, url } = livekit;
  const { token } = generateToken({ roomId: ROOM, identity: 'user-456', name: 'Alice' }, { apiKey, apiSecret, url });
  assert.equal(await validate(livekit, token), 200);
  const signal = await Signal.open(url, token);
  const { room, participant } = await signal.receives('join');
  assert.deepEqual([room?.name, participant?.identity, participant?.name], [ROOM, 'user-456', 'Alice']);
  const { canPublish, canSubscribe, canPublishData, hidden } = participant?.permission ?? {};
  assert.deepEqual([canPublish, canSubscribe, canPublishData, hidden], [true, true, true, false]);
  signal.close();
});

it('an altered, an expired and a foreign token are refused, and so is one without permission to join', async (livekit) => {
  const good = tokenOf(livekit, { room: ROOM, roomJoin: true });
  const [header, payload, tag = ''] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'user-owner' })).toString('base64url');
  const strange = new AccessToken('another key', livekit.apiSecret, { identity: 'user-456' });
  strange.addGrant({ room: ROOM, roomJoin: true });
  const unsigned = new AccessToken(livekit.apiKey, 'another secret', { identity: 'user-456' });
  unsigned.addGrant({ room: ROOM, roomJoin: true });
  const refused = {
    'another identity': `${header}.${forged}.${tag}`,
    'another tag': `${header}.${payload}.${tag.startsWith('A') ? 'B' : 'A'}${tag.slice(1)}`,
    'another key': strange.toJwtSync(),
    'another secret': unsigned.toJwtSync(),
    'no room to join': tokenOf(livekit, { room: ROOM }),
    'administration only': tokenOf(livekit, { room: ROOM, roomAdmin: true }),
  };
  for (const [what, token] of Object.entries(refused)) {
    assert.equal(await validate(livekit, token), 401, what);
    await assert.rejects(Signal.open(livekit.url, token), /refused/, what);
  }
  assert.equal(await validate(livekit, good), 200);
});

it('an expired token is refused by our verifier and by the server', async (livekit) => {
  const { apiKey, apiSecret } = livekit;
  // An hour ago: the server allows clocks to differ by a minute.
  const { Date: RealDate } = globalThis;
  const token = (() => {
    try {
      globalThis.Date = class extends RealDate {
        static override now = () => RealDate.now() - 3_600_000;
      } as DateConstructor;
      return tokenOf(livekit, { room: ROOM, roomJoin: true });
    } finally {
      globalThis.Date = RealDate;
    }
  })();
  assert.equal(await validate(livekit, token), 401);
  assert.throws(() => new TokenVerifier(apiKey, apiSecret).verifySync(token), { reason: 'expired' });
});

it('a token admits to its own room and no other, whatever the client requests', async (livekit) => {
  const token = tokenOf(livekit, { room: ROOM, roomJoin: true });
  const response = await fetch(`${livekit.httpUrl}/twirp/livekit.RoomService/ListParticipants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ room: ROOM }),
  });
  assert.equal(response.status, 401);
  const signal = await Signal.open(`${livekit.url}`, `${token}&room=channel-private-1`);
  const { room } = await signal.receives('join');
  assert.equal(room?.name, ROOM);
  signal.close();
});

it('grants have effect: publishing, sources, subscribing, data, hidden', async (livekit) => {
  const listener = await join(livekit, { canPublish: false, canPublishData: false, canSubscribe: true }, 'listener');
  const { canPublish, canPublishData, canSubscribe } = listener.permission ?? {};
  assert.deepEqual([canPublish, canPublishData, canSubscribe], [false, false, true]);

  const speaker = await join(livekit, { canPublishSources: ['microphone'] as never, hidden: true }, 'speaker');
  assert.deepEqual(speaker.permission?.canPublishSources, [TrackSource.MICROPHONE]);
  assert.equal(speaker.permission?.hidden, true);

  const publish = ({ signal }: { signal: Signal }, source: TrackSource, cid: string) => {
    const type = source === TrackSource.CAMERA ? TrackType.VIDEO : TrackType.AUDIO;
    signal.send({ case: 'addTrack', value: new AddTrackRequest({ cid, type, source }) });
  };
  const refusedTo = async ({ signal }: { signal: Signal }, cid: string) => {
    const { reason } = await signal.receives(
      'requestResponse',
      ({ request }) => request.case === 'addTrack' && request.value.cid === cid,
    );
    assert.equal(reason, RequestResponse_Reason.NOT_ALLOWED);
  };
  publish(listener, TrackSource.MICROPHONE, 'no voice');
  await refusedTo(listener, 'no voice');
  publish(speaker, TrackSource.CAMERA, 'no face');
  await refusedTo(speaker, 'no face');
  publish(speaker, TrackSource.MICROPHONE, 'a voice');
  await speaker.signal.receives('trackPublished', ({ cid }) => cid === 'a voice');

  // A later participant sees the listener, and not the hidden participant.
  const signal = await Signal.open(livekit.url, tokenOf(livekit, { room: ROOM, roomJoin: true }, 'late'));
  const { otherParticipants } = await signal.receives('join');
  const seen = otherParticipants.map(({ identity }) => identity);
  assert.ok(seen.includes('listener') && !seen.includes('speaker'), `${seen}`);
  for (const { signal: open } of [listener, speaker, { signal }]) open.close();
});

it('canUpdateOwnMetadata: with it a participant may change its name, and without it the server refuses', async (livekit) => {
  for (const [canUpdateOwnMetadata, reason] of [
    [true, RequestResponse_Reason.OK],
    [false, RequestResponse_Reason.NOT_ALLOWED],
    [undefined, RequestResponse_Reason.NOT_ALLOWED],
  ] as const) {
    const grant = canUpdateOwnMetadata === undefined ? {} : { canUpdateOwnMetadata };
    const { signal } = await join(livekit, grant, `renamer-${canUpdateOwnMetadata}`);
    const value = new UpdateParticipantMetadata({ name: 'Another', metadata: '', requestId: 7 });
    signal.send({ case: 'updateMetadata', value });
    if (reason === RequestResponse_Reason.OK) {
      await signal.receives('update', ({ participants }) => participants.some(({ name }) => name === 'Another'));
    } else {
      const answer = await signal.receives('requestResponse', ({ requestId }) => requestId === 7);
      assert.equal(answer.reason, reason);
    }
    signal.close();
  }
});

it('the token with which the server refreshes ours is accepted by our verifier', async (livekit) => {
  const { signal } = await join(livekit, {});
  const refreshed = await signal.receives('refreshToken');
  const claims = await new TokenVerifier(livekit.apiKey, livekit.apiSecret).verify(refreshed);
  assert.deepEqual([claims.sub, claims.video?.room, claims.video?.roomJoin], ['user-456', ROOM, true]);
  signal.close();
});
