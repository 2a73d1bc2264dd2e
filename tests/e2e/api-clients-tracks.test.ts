/** Tracks and data with the clients of LiveKit's API, as browsers in a room of LiveKit's own server see them. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { DataPacket_Kind, RoomServiceClient, type SendDataOptions, ServerError, TrackSource } from 'livekit-edge';
import type { Participant } from './support/browser.ts';
import { type Ready, ready } from './support/ready.ts';

const ROOM = 'lobby';
const KNOWN_MS = 15_000;

let found: Awaited<ReturnType<typeof ready>>;
before(async () => {
  found = await ready();
});
after(() => 'stop' in found && found.stop());

type Parts = Ready & { rooms: RoomServiceClient };

const it = (title: string, check: (parts: Parts) => Promise<void>) =>
  test(title, (t: TestContext) => {
    if ('skip' in found) return t.skip(found.skip);
    const { url, apiKey, apiSecret } = found.livekit;
    return check({ ...found, rooms: new RoomServiceClient(url, apiKey, apiSecret) });
  });

/** Joins with a microphone, waits until the server has the track, and returns its sid. */
async function withMicrophone({ join, rooms }: Parts, identity: string): Promise<[Participant, string]> {
  const participant = await join(ROOM, identity);
  await participant.command('setMicrophone', true);
  await participant.sees('its microphone on', ({ isMuted }) => isMuted === false);
  for (const end = performance.now() + KNOWN_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const { tracks } = await rooms.getParticipant(ROOM, identity);
    const microphone = tracks.find(({ source }) => source === TrackSource.MICROPHONE);
    if (microphone !== undefined) return [participant, microphone.sid];
    assert.ok(performance.now() < end, 'the server never had the microphone');
  }
}

it('a track is muted, which its publisher sees, and unmuted only if the server allows it', async (parts) => {
  const [alice, sid] = await withMicrophone(parts, 'alice');
  const track = await parts.rooms.mutePublishedTrack(ROOM, 'alice', sid, true);
  assert.deepEqual([track.sid, track.muted, track.source], [sid, true, TrackSource.MICROPHONE]);
  await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
  await assert.rejects(parts.rooms.mutePublishedTrack(ROOM, 'alice', sid, false), (error: unknown) => {
    assert.ok(error instanceof ServerError);
    assert.deepEqual([error.code, error.status], ['failed_precondition', 412]);
    return true;
  });
  await assert.rejects(parts.rooms.mutePublishedTrack(ROOM, 'alice', 'TR_unknown', true), ServerError);
  await alice.command('leave');
});

it('a participant is unsubscribed from a track, and subscribed again', async (parts) => {
  const bob = await parts.join(ROOM, 'bob');
  const [alice, sid] = await withMicrophone(parts, 'alice');
  const sees = (...events: string[]) => bob.sees(events.join(), ({ received }) => received.join() === events.join());
  await sees('subscribed microphone');
  await parts.rooms.updateSubscriptions(ROOM, 'bob', [sid], false);
  await sees('subscribed microphone', 'unsubscribed microphone');
  await parts.rooms.updateSubscriptions(ROOM, 'bob', [sid], true);
  await sees('subscribed microphone', 'unsubscribed microphone', 'subscribed microphone');
  for (const page of [alice, bob]) await page.command('leave');
});

it('data is received by all participants, or by the named ones', async (parts) => {
  const [alice, bob] = [await parts.join(ROOM, 'alice'), await parts.join(ROOM, 'bob')];
  const send = (text: string, options: SendDataOptions) =>
    parts.rooms.sendData(ROOM, new TextEncoder().encode(text), DataPacket_Kind.RELIABLE, options);
  // A data channel opens a moment after its participant has joined. Data that is sent before is lost.
  for (const page of [alice, bob]) {
    for (const end = performance.now() + KNOWN_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      await send('hello', { topic: 'chat' });
      if ((await page.command('state')).received.length > 0) break;
      assert.ok(performance.now() < end, 'no data ever arrived');
    }
  }
  const { sid } = await parts.rooms.getParticipant(ROOM, 'bob');
  await send('one', { destinationIdentities: ['bob'], topic: 'chat' });
  await send('two', { destinationSids: [sid], topic: 'chat' });
  await send('three 🦑', { topic: 'chat' });
  // Reliable data is received in the order in which it was sent.
  const isLast = ({ received }: { received: string[] }) => received.at(-1) === 'chat: three 🦑';
  const seenBy = async (page: Participant) =>
    (await page.sees('the last', isLast)).received.filter((line) => line !== 'chat: hello');
  assert.deepEqual(await seenBy(bob), ['chat: one', 'chat: two', 'chat: three 🦑']);
  assert.deepEqual(await seenBy(alice), ['chat: three 🦑']);
});
