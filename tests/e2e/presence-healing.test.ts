/** Presence after lost, late and repeated webhooks of LiveKit's own server, compared with its own list. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { AccessToken, type VideoGrant } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { type LossyForwarder, startLossyForwarder } from './support/lossy-forwarder.ts';
import { type Ready, ready } from './support/ready.ts';

const ROOM = 'channel-abc123';
const SEEN_MS = 60_000;

let endpoint: Endpoint;
let forwarder: LossyForwarder;
let found: Awaited<ReturnType<typeof ready>>;
before(async () => {
  [endpoint, forwarder] = await Promise.all([
    startEndpoint({ entry: supportScript('settings-worker.ts') }),
    startLossyForwarder(),
  ]);
  forwarder.forwardTo(`${endpoint.url}/api/livekit/webhook`);
  found = await ready({ webhookUrl: forwarder.url });
});
after(async () => {
  if (!('skip' in found)) await found.stop();
  await forwarder.stop();
  await endpoint.stop();
});
beforeEach(() => forwarder.choose(() => 'lost'));

const it = (title: string, check: (parts: Parts, t: TestContext) => Promise<void>) =>
  test(title, (t) => {
    if ('skip' in found) return t.skip(found.skip);
    const { url, apiKey, apiSecret } = found.livekit;
    const rooms = RoomService.fromEnv({
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
    });
    return check({ ...found, rooms }, t);
  });

type Parts = Ready & { rooms: RoomService };

/** A token with a kind of participant, as agents and recorders have. */
function tokenOf({ livekit }: Ready, identity: string, grant: VideoGrant = {}, kind?: 'agent' | 'egress'): string {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity });
  token.addGrant({ roomJoin: true, room: ROOM, ...grant });
  if (kind !== undefined) token.kind = kind;
  // A room that this participant creates stays open until the test deletes it.
  token.roomConfig = { departureTimeout: 60 };
  return token.toJwtSync();
}

interface Present {
  identity: string;
  isAgent: boolean;
}

let reads = 0;

/** Compares presence with LiveKit, however recently that was done, and returns the participants. */
async function present({ livekit }: Ready, room = ROOM): Promise<string[]> {
  await endpoint.database.delete('VoiceReconciliation');
  // Another setting, so that the process has nothing in memory.
  reads += 1;
  const settings = { LIVEKIT_URL: livekit.url, JWT_LEEWAY: `${(reads % 60) + 1}` };
  const { text } = await endpoint.get(`/channels/${room}/voice-presence`, { settings });
  const participants: Present[] = JSON.parse(text).participants;
  return participants.map(({ identity, isAgent }) => `${identity}${isAgent ? '*' : ''}`).sort();
}

/** Whether something becomes true in time. */
async function happens(isSo: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; !(await isSo()); ) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  assert.ok(await happens(isSo, SEEN_MS), `never: ${what}`);
}

/** LiveKit drops an event that it could not send within this time. */
const DROPPED_MS = 30_000;

/** Waits for events, but not for those that LiveKit drops: presence is right without them, too. */
const untilReceived = (isSo: () => Promise<boolean>) => happens(isSo, DROPPED_MS);

const active = async ({ rooms }: Parts, room = ROOM): Promise<string[]> =>
  (await rooms.listParticipants(room)).flatMap(({ identity, state }) => (state === 'ACTIVE' ? [identity] : [])).sort();

const ended = (parts: Parts) => until('the room ends', async () => (await parts.rooms.findRoom(ROOM)) === undefined);

it('joins, replaced connections, crashes and leaves are seen without any webhook, and agents are marked', async (parts) => {
  const { livekit, browser, join } = parts;
  assert.deepEqual(await present(parts), []);
  const alice = await join(ROOM, 'alice');
  await alice.command('joinAs', 'agent', livekit.url, tokenOf(parts, 'assistant', { agent: true }, 'agent'));
  await alice.command('joinAs', 'hidden', livekit.url, tokenOf(parts, 'hidden', { hidden: true }));
  await alice.command(
    'joinAs',
    'recorder',
    livekit.url,
    tokenOf(parts, 'recorder', { hidden: true, recorder: true }, 'egress'),
  );
  await until('four participants', async () => (await active(parts)).length === 4);
  assert.deepEqual(await present(parts), ['alice', 'assistant*']);

  const second = await join(ROOM, 'alice');
  await alice.sees('that it was replaced', ({ connection }) => connection === 'disconnected');
  assert.deepEqual(await present(parts), ['alice', 'assistant*']);
  await alice.command('leaveAs', 'agent');
  await until('the agent has left', async () => !(await active(parts)).includes('assistant'));
  assert.deepEqual(await present(parts), ['alice']);

  const bob = await browser.join(livekit.url, tokenOf(parts, 'bob'));
  assert.deepEqual(await present(parts), ['alice', 'bob']);
  await bob.crash();
  await until('LiveKit sees that Bob is gone', async () => !(await active(parts)).includes('bob'));
  assert.deepEqual(await present(parts), ['alice']);

  await parts.rooms.removeParticipant(ROOM, 'alice');
  await second.sees('that it is out', ({ connection }) => connection === 'disconnected');
  assert.deepEqual(await present(parts), []);
  for (const name of ['hidden', 'recorder']) await alice.command('leaveAs', name);
  await ended(parts);
  assert.deepEqual(await present(parts), []);
  const kinds = new Set(forwarder.events.map(({ event }) => event));
  for (const event of ['room_started', 'participant_joined', 'participant_left', 'room_finished']) {
    assert.ok(kinds.has(event), event);
  }
});

it('a restarted room is not confused with its earlier start', async (parts) => {
  const { join } = parts;
  const first = await join(ROOM, 'alice');
  assert.deepEqual(await present(parts), ['alice']);
  await first.command('leave');
  await ended(parts);
  const bob = await join(ROOM, 'bob');
  assert.deepEqual(await present(parts), ['bob']);
  await bob.command('leave');
  await ended(parts);
  assert.deepEqual(await present(parts), []);
});

const EVENTS = 1000;
const CHANNELS = Array.from({ length: 8 }, (_, at) => `channel-${at}`);
/** Of each channel. */
const VISITS = 28;

it('presence is correct after 1,000 events of which a tenth is lost', async (parts, t) => {
  const { livekit, join, rooms } = parts;
  await endpoint.database.insert(
    'Channel',
    ...CHANNELS.map((id) => ({ id, communityId: 'community-kraken', name: id, type: 'VOICE', isPrivate: 0 })),
  );
  const before = forwarder.events.length;
  const lostBefore = forwarder.counts.lost;
  const received = () => forwarder.events.slice(before);
  const host = await join(ROOM, 'host');
  // Park and Miller's generator: the same fates in each run.
  let seed = 20_26;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  forwarder.choose((_, number) => {
    if (number % 10 === 9) return 'lost';
    return (['late', 'repeated', 'delivered', 'delivered', 'delivered'] as const)[random(5)] ?? 'delivered';
  });
  /** Users join a room of few: each participant hears of each other one. */
  const joins = async (room: string, names: string[]) => {
    for (const name of names) await host.command('joinAs', name, livekit.url, tokenOf(parts, name, { room }));
  };
  const leave = async (names: string[]) => {
    for (const name of names) await host.command('leaveAs', name);
  };
  /** One or two users join and leave, or the room ends with them in it, again and again. */
  const visits = async (room: string) => {
    for (let visit = 1; visit <= VISITS; visit++) {
      const names = [`${room}-a`, ...(visit % 3 === 0 ? [`${room}-b`] : [])];
      await joins(room, names);
      if (random(8) === 0) await forwarder.deliverLate();
      const another = `${room}-c`;
      // Some leave while another joins.
      if (random(2) === 0) await Promise.all([leave(names), joins(room, [another])]);
      await rooms.deleteRoom(room);
      await leave([...names, another]);
      const ends = () => received().filter(({ event, room: of }) => event === 'room_finished' && of?.name === room);
      await untilReceived(async () => ends().length >= visit);
    }
  };
  await Promise.all(CHANNELS.map(visits));
  // One room is left without participants.
  for (const room of CHANNELS.slice(1)) await joins(room, [`${room}-a`, `${room}-c`]);
  const channels = [ROOM, ...CHANNELS];
  const sidsNow = async () => {
    const found = await Promise.all(
      channels.map(async (room) => [await rooms.findRoom(room), ...(await rooms.listParticipants(room))]),
    );
    const sids = found.flat().flatMap((one) => (one === undefined ? [] : [one.sid]));
    return sids.sort();
  };
  // All events have arrived once those who joined and did not leave, and the rooms, are those that LiveKit lists.
  await untilReceived(async () => isDeepStrictEqual(forwarder.activeSids(before), await sidsNow()));
  const assertEqual = async (when: string) => {
    for (const room of channels)
      assert.deepEqual(await present(parts, room), await active(parts, room), `${room} ${when}`);
  };
  await assertEqual('after the events');
  await forwarder.deliverLate();
  await assertEqual('after all late events');
  const kinds = received().map(({ event }) => event);
  const count = (kind: string) => kinds.filter((event) => event === kind).length;
  assert.ok(kinds.length >= EVENTS);
  assert.ok(count('participant_joined') + count('participant_left') >= EVENTS / 2);
  assert.ok(forwarder.counts.lost - lostBefore >= EVENTS / 10);
  t.diagnostic(`${kinds.length} events: ${JSON.stringify(forwarder.counts)}`);
  const [corrected] = await endpoint.logged('Presence corrected');
  assert.ok(corrected);
});
