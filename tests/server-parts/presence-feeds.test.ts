/** Feeds of a process: one read for all watchers, limits, and clean-up. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LivekitException } from 'livekit-edge';
import { livekit, memoryFeeds, type PresenceFeeds, type Store } from 'livekit-edge/server';
import { coalesced } from '../../pkg/dist/server/presence/coalesced.js';
import { EventStream } from '../../pkg/dist/server/presence/event-stream.js';
import type { Watcher } from '../../pkg/dist/server/presence/feeds.js';
import { localFeeds } from '../../pkg/dist/server/presence/local-feeds.js';
import { memorySignals } from '../../pkg/dist/server/presence/signals.js';
import { memberFacts } from '../support/member-facts.ts';

const MINUTE = 60_000;

/** A room that can be changed, and counts its reads. */
function newRoom() {
  const room = {
    identities: ['a'],
    reads: 0,
    /** Whether the store answers. */
    answers: true,
    async read() {
      room.reads += 1;
      await settled();
      if (!room.answers) return null;
      const participants = room.identities.map((identity) => ({
        identity,
        name: '',
        joinedAt: '2025-10-09T08:53:20.000Z',
        isServerMuted: false,
        isAgent: false,
      }));
      return { participants, isTruncated: false };
    },
  };
  return room;
}

/** A watcher that records the names of its events. */
function newWatcher(userId = 'user-1') {
  const watcher = {
    userId,
    lastEventId: undefined as string | undefined,
    events: [] as string[],
    isEnded: false,
    send: (text: string) => void watcher.events.push(/^event: (\w+)/.exec(text)?.[1] ?? ''),
    end: () => {
      watcher.isEnded = true;
    },
  };
  return watcher satisfies Watcher;
}

/** Resolves when all callbacks that wait for no timer have run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const allSettled = async () => {
  for (let n = 0; n < 10; n += 1) await settled();
};

const isStatus = (status: number) => (error: unknown) => error instanceof LivekitException && error.status === status;

/** With timers that the test controls. */
async function withTimers(run: (tick: (milliseconds: number) => Promise<void>) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  try {
    await run(async (milliseconds) => {
      mock.timers.tick(milliseconds);
      await allSettled();
    });
  } finally {
    mock.timers.reset();
  }
}

test('a thousand signals cause two reads, the second after the last signal', async () => {
  let running = 0;
  let runs = 0;
  const again = coalesced(async () => {
    runs += 1;
    running += 1;
    assert.equal(running, 1, 'one at a time');
    await settled();
    running -= 1;
  });
  await Promise.all(Array.from({ length: 1000 }, () => again()));
  assert.equal(runs, 2);
  await again();
  assert.equal(runs, 3);
  const failing = coalesced(() => Promise.reject(new Error('once')));
  await assert.rejects(failing());
  await assert.rejects(failing(), 'a failed call does not block the next');
});

test('a thousand watchers cost one read for each change, and get it once', async () => {
  const feeds = localFeeds(memorySignals());
  const room = newRoom();
  const watchers = Array.from({ length: 1000 }, (_, n) => newWatcher(`user-${n}`));
  const stops = await Promise.all(watchers.map((watcher) => feeds.watch('r', watcher, room.read)));
  assert.equal(room.reads, 1);
  room.identities = ['a', 'b'];
  await feeds.changed('r');
  await allSettled();
  assert.equal(room.reads, 2);
  for (const watcher of watchers) assert.deepEqual(watcher.events, ['snapshot', 'joined']);
  assert.deepEqual(feeds.counts, { rooms: 1, users: 1000, watchers: 1000 });
  for (const stop of stops) {
    stop();
    stop();
  }
  assert.deepEqual(feeds.counts, { rooms: 1, users: 0, watchers: 0 });
  await feeds.close();
  assert.deepEqual(feeds.counts, { rooms: 0, users: 0, watchers: 0 });
});

test('a process may have 10,000 watchers and a user 20, then 503 and 429', async () => {
  const feeds = localFeeds(memorySignals());
  const { read } = newRoom();
  const watch = (userId: string, room = 'r') => feeds.watch(room, newWatcher(userId), read);
  const stops: (() => void)[] = [];
  for (let n = 0; n < 20; n += 1) stops.push(await watch('user', `r-${n}`));
  await assert.rejects(watch('user', 'r-21'), isStatus(429));
  while (stops.length < 10_000) stops.push(await watch(`user-${stops.length}`));
  await assert.rejects(watch('other'), isStatus(503));
  stops.pop()?.();
  stops.push(await watch('other'));
  for (const stop of stops) stop();
  assert.equal(feeds.counts.watchers, 0);
  await feeds.close();
});

test('a room is read each minute without a signal, and for a minute without a watcher', () =>
  withTimers(async (tick) => {
    const feeds = localFeeds(memorySignals());
    const room = newRoom();
    const watcher = newWatcher();
    const stop = await feeds.watch('r', watcher, room.read);
    room.identities = [];
    await tick(MINUTE - 1);
    assert.deepEqual(watcher.events, ['snapshot']);
    await tick(1);
    assert.deepEqual(watcher.events, ['snapshot', 'left']);
    stop();
    room.identities = ['z'];
    await feeds.changed('r');
    await allSettled();
    const again = { ...newWatcher(), lastEventId: 'unknown' };
    const stopAgain = await feeds.watch('r', again, room.read);
    assert.equal(room.reads, 3, 'a watcher that returns within the minute gets the room without a read');
    stopAgain();
    await tick(MINUTE);
    assert.deepEqual(feeds.counts, { rooms: 0, users: 0, watchers: 0 });
    await feeds.changed('r');
    await tick(MINUTE);
    assert.equal(room.reads, 3, 'without a watcher the room is not read');
  }));

test('a store that fails later is asked again, and the watcher stays; a store that fails at first is 503', () =>
  withTimers(async (tick) => {
    const feeds = localFeeds(memorySignals());
    const room = newRoom();
    room.answers = false;
    await assert.rejects(feeds.watch('r', newWatcher(), room.read), isStatus(503));
    assert.deepEqual(feeds.counts, { rooms: 0, users: 0, watchers: 0 });
    await assert.rejects(
      feeds.watch('r', newWatcher(), () => Promise.reject(new Error('canary'))),
      isStatus(503),
    );
    room.answers = true;
    const watcher = newWatcher();
    await feeds.watch('r', watcher, room.read);
    room.answers = false;
    room.identities = ['a', 'b'];
    await feeds.changed('r');
    await allSettled();
    assert.deepEqual(watcher.events, ['snapshot']);
    room.answers = true;
    await tick(5000);
    assert.deepEqual([watcher.events, watcher.isEnded], [['snapshot', 'joined'], false]);
    await feeds.close();
    const { reads } = room;
    await tick(2 * MINUTE);
    assert.equal(room.reads, reads, 'closed feeds read nothing');
  }));

test('closed feeds end every watch and refuse new ones', async () => {
  const feeds = memoryFeeds();
  const { read } = newRoom();
  const watcher = newWatcher();
  await feeds.watch('r', watcher, read);
  const late = feeds.watch('other', newWatcher('late'), read);
  await feeds.close();
  assert.ok(watcher.isEnded);
  await assert.rejects(late, isStatus(503));
  await assert.rejects(feeds.watch('r', newWatcher(), read), isStatus(503));
  await feeds.changed('r');
});

test('rooms of the same name in two stores are two rooms', async () => {
  const feeds = localFeeds(memorySignals());
  const stores = ['a', 'b'].map((identity) => {
    const room = newRoom();
    room.identities = [identity];
    return { room, source: {} };
  });
  const seen: string[] = [];
  const stops: (() => void)[] = [];
  for (const { room, source } of stores) {
    const watcher = { ...newWatcher(), send: (text: string) => void seen.push(text) };
    stops.push(await feeds.watch('r', watcher, room.read, source));
  }
  assert.deepEqual(
    seen.map((text) => /"identity":"(\w+)"/.exec(text)?.[1]),
    ['a', 'b'],
  );
  assert.equal(feeds.counts.rooms, 2);
  for (const { room } of stores) room.identities = [];
  await feeds.changed('r');
  await allSettled();
  assert.deepEqual(
    stores.map(({ room }) => room.reads),
    [2, 2],
    'a change is read in each',
  );
  for (const stop of stops) stop();
  await feeds.close();
  assert.deepEqual(feeds.counts, { rooms: 0, users: 0, watchers: 0 });
});

test('users with the same id in two stores are two users, each with 20 watchers', async () => {
  const feeds = localFeeds(memorySignals());
  const { read } = newRoom();
  const stops: (() => void)[] = [];
  for (const store of [{}, {}]) {
    const watch = () => feeds.watch('r', { ...newWatcher(), store }, read, store);
    for (let n = 0; n < 20; n += 1) stops.push(await watch());
    await assert.rejects(watch(), isStatus(429));
  }
  assert.deepEqual(feeds.counts, { rooms: 2, users: 2, watchers: 40 });
  for (const stop of stops) stop();
  assert.deepEqual([feeds.counts.users, feeds.counts.watchers], [0, 0]);
  await feeds.close();
});

test('watchers of a room do not see changes in a store of other settings', async () => {
  const storeWith = (identity: string): Store => ({
    facts: async ({ userId, channelId }) => ({ ...memberFacts, userId, channelId, actions: ['READ_CHANNEL'] }),
    presence: async () => [{ identity, name: '', joinedAt: 1, isServerMuted: 0 }],
  });
  const stores = new Map(['a', 'b'].map((tenant) => [tenant, storeWith(`user-of-${tenant}`)]));
  const app = livekit({
    authenticate: () => ({ userId: 'user-1' }),
    settings: ({ req }) => ({ TENANT: req.header('X-Tenant'), LOG_LEVEL: 'error' }),
    store: ({ TENANT }) => stores.get(`${TENANT}`) as Store,
  });
  for (const tenant of stores.keys()) {
    const path = '/channels/general/voice-presence/events';
    const { body } = await app.request(path, { headers: { 'X-Tenant': tenant } });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const texts = [await reader.read(), await reader.read()].map(({ value }) => new TextDecoder().decode(value));
    assert.match(texts.join(''), new RegExp(`"identity":"user-of-${tenant}"`));
    await reader.cancel();
  }
});

test('a room that is not a channel sends no signal', async () => {
  const told: string[] = [];
  const feeds = localFeeds({ ...memorySignals(), changed: async (room) => void told.push(room) });
  for (const room of ['', ' r', 'x'.repeat(257), 'a\nb', '\u0000', 'r']) await feeds.changed(room);
  assert.deepEqual(told, ['r']);
});

test('a client that reads nothing has at most 64 KiB buffered, not counting a snapshot', () => {
  for (const snapshot of ['', `event: snapshot\n${'x'.repeat(300_000)}`]) {
    let ended = 0;
    let cut = 0;
    const onEnd = () => {
      ended += 1;
    };
    const cutOff = () => {
      cut += 1;
    };
    const stream = new EventStream({ heartbeatMs: MINUTE, onEnd, cutOff });
    if (snapshot !== '') stream.send(snapshot);
    let bytes = 0;
    while (!stream.isEnded && bytes < 10_000_000) {
      stream.send(`event: joined\n${'x'.repeat(1000)}`);
      bytes += 1000;
    }
    assert.ok(bytes > 60_000 && bytes < 70_000, `${bytes} bytes waited`);
    stream.send('nothing more');
    stream.end();
    assert.deepEqual([ended, cut], [1, 1]);
  }
});

test('a client that disconnects ends its stream once, and its heartbeat', async () => {
  let ended = 0;
  const onEnd = () => {
    ended += 1;
  };
  const stream = new EventStream({ heartbeatMs: 1, onEnd, cutOff: undefined });
  await stream.body.cancel();
  stream.send('x');
  stream.end();
  assert.deepEqual([ended, stream.isEnded], [1, true]);
});

test('feeds that fail do not fail the request that changed presence', async () => {
  const failing: PresenceFeeds = {
    changed: () => Promise.reject(new Error('canary')),
    watch: () => Promise.reject(new Error('canary')),
  };
  const store = { facts: async () => ({}), applyPresence: async () => {} } as unknown as Store;
  const lines: string[] = [];
  const { warn } = console;
  console.warn = (line) => lines.push(line);
  try {
    const { tellFeeds } = await import('../../pkg/dist/server/presence/tell-feeds.js');
    const { createLog } = await import('../../pkg/dist/server/log.js');
    await tellFeeds(() => failing, createLog('info'))('r');
    await tellFeeds(() => {
      throw new Error('canary');
    }, createLog('info'))('r');
  } finally {
    console.warn = warn;
  }
  assert.equal(lines.length, 2);
  assert.ok(!lines.join().includes('canary'));
  assert.doesNotThrow(() => livekit({ store, presenceFeeds: failing }));
});

test('invalid options are errors at once', () => {
  const store = { facts: async () => ({}) } as unknown as Store;
  for (const presenceFeeds of [null, 1, 'x', {}, { changed: 1, watch: 2 }]) {
    assert.throws(() => livekit({ store, presenceFeeds } as never), LivekitException, JSON.stringify(presenceFeeds));
  }
  for (const presenceEvents of [
    { heartbeatSeconds: 0 },
    { heartbeatSeconds: 61 },
    { recheckSeconds: Number.NaN },
    { recheckSeconds: 3600 },
    { recheckSeconds: '1' },
    { recheck: 1 },
  ]) {
    assert.throws(() => livekit({ store, presenceEvents } as never), LivekitException, JSON.stringify(presenceEvents));
  }
  assert.doesNotThrow(() => livekit({ store, presenceEvents: { heartbeatSeconds: 0.5, recheckSeconds: 60 } }));
});
