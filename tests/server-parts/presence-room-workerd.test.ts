/** The Durable Object of a watched room on workerd: restarted, hibernated, missing, and used by several Workers. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startWorker } from '../../scripts/worker.mjs';
import { supportScript } from '../support/endpoint.ts';
import { type EventClient, openStream } from '../support/event-stream.ts';
import { userToken } from '../support/user-token.ts';
import { moved, signatureOf } from '../support/webhooks.ts';

const NAME = 'livekit-edge';
const CLASS = 'PresenceRoom';
/** Another Worker of the same script, as in another location. */
const COPY = 'livekit-edge-elsewhere';

let worker: Awaited<ReturnType<typeof startWorker>>;
const log: string[] = [];
before(async () => {
  worker = await startWorker({
    entry: supportScript('events-worker.ts'),
    beside: (config) => [{ ...config, name: COPY }],
    log: ({ message }) => log.push(message),
  });
});
after(() => worker.stop());

const clients: EventClient[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

let rooms = 0;

async function newRoom(): Promise<string> {
  rooms += 1;
  const id = `channel-object-${rooms}`;
  const sql = 'INSERT INTO "Channel" (id, communityId, name, type) VALUES (?, ?, ?, ?)';
  await worker.db.prepare(sql).bind(id, 'community-kraken', id, 'VOICE').run();
  return id;
}

async function watch(room: string, headers: Record<string, string> = {}): Promise<EventClient> {
  const client = await openStream(`${worker.url}/api/livekit/channels/${room}/voice-presence/events`, {
    Authorization: `Bearer ${userToken('user-456')}`,
    ...headers,
  });
  clients.push(client);
  return client.read();
}

/** Sends the Worker a webhook of a join or leave. */
async function tell(change: 'joined' | 'left', room: string, identity: string, headers: Record<string, string> = {}) {
  const body = moved(change, room, identity);
  const response = await fetch(`${worker.url}/api/livekit/webhook`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body), ...headers },
    body,
  });
  assert.equal(response.status, 200, await response.text());
}

const next = async (client: EventClient) => {
  const { event, id, data } = await client.next();
  return { event, id, who: data.identity ?? data.participants?.map(({ identity }: { identity: string }) => identity) };
};

/** The keys in the object's storage after its minute has passed. */
async function afterMinute(room: string): Promise<string[]> {
  const objects = await worker.mf.getDurableObjectNamespace('PRESENCE_ROOM');
  const response = await objects.get(objects.idFromName(room)).fetch('https://presence-room/alarm');
  return response.json() as Promise<string[]>;
}

const evict = (name: string, webSockets: 'close' | 'hibernate') =>
  worker.mf.unsafeEvictDurableObject(NAME, CLASS, { name, webSockets });

test('an object that hibernated continues the streams with the next number', async () => {
  const room = await newRoom();
  const [one, two] = [await watch(room), await watch(room)];
  for (const client of [one, two]) assert.equal((await next(client)).event, 'snapshot');
  await tell('joined', room, 'a');
  const before = await next(one);
  await next(two);
  await evict(room, 'hibernate');
  await tell('joined', room, 'b');
  for (const client of [one, two]) {
    const { event, id, who } = await next(client);
    assert.deepEqual([event, who], ['joined', 'b']);
    assert.equal(
      id,
      before.id?.replace(/\d+$/, (number) => `${Number(number) + 1}`),
    );
  }
  await evict(room, 'hibernate');
  const resumed = await watch(room, { 'Last-Event-ID': before.id ?? '' });
  const { event, who } = await next(resumed);
  assert.deepEqual([event, who], ['joined', 'b']);
});

test('an object that restarted ends the streams, and clients that reconnect miss nothing', async () => {
  const room = await newRoom();
  const client = await watch(room);
  const { id = '' } = await next(client);
  await evict(room, 'close');
  await client.ended();
  await tell('joined', room, 'a');
  const again = await watch(room, { 'Last-Event-ID': id });
  const { event, who } = await next(again);
  assert.deepEqual([event, who], ['joined', 'a']);
});

test('several Workers share the object: a change at one is seen at the other, with the same number', async () => {
  const room = await newRoom();
  const here = await watch(room);
  await next(here);
  const elsewhere = await worker.mf.getWorker(COPY);
  const stream = await elsewhere.fetch(`http://elsewhere/api/livekit/channels/${room}/voice-presence/events`, {
    headers: { Authorization: `Bearer ${userToken('user-456')}` },
  });
  assert.equal(stream.status, 200);
  const body = moved('joined', room, 'a');
  const told = await elsewhere.fetch('http://elsewhere/api/livekit/webhook', {
    method: 'POST',
    headers: { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) },
    body,
  });
  assert.equal(told.status, 200);
  const { event, id, who } = await next(here);
  assert.deepEqual([event, who], ['joined', 'a']);
  let text = '';
  for await (const part of stream.body ?? []) {
    text += new TextDecoder().decode(part as Uint8Array);
    if (text.includes('"a"')) break;
  }
  assert.ok(text.includes(`event: joined\nid: ${id}\n`), text);
});

test('a lost signal is made up for within a minute', async () => {
  const room = await newRoom();
  const client = await watch(room);
  await next(client);
  await tell('joined', room, 'lost', { 'x-test-settings': encodeURIComponent('{"PRESENCE_ROOM":null}') });
  await afterMinute(room);
  const { event, who } = await next(client);
  assert.deepEqual([event, who], ['joined', 'lost']);
});

test('a minute after the last watcher the storage of the object is empty', async () => {
  const room = await newRoom();
  const client = await watch(room);
  await next(client);
  assert.deepEqual(await afterMinute(room), ['log', 'room']);
  await client.close();
  for (const end = Date.now() + 20_000; (await afterMinute(room)).length > 0; ) assert.ok(Date.now() < end);
  await tell('joined', room, 'a');
  assert.deepEqual(await afterMinute(room), [], 'a signal without watchers is not stored either');
  assert.deepEqual((await next(await watch(room))).who, ['a']);
});

test('a room whose names are too large for the storage is watched, and starts anew after the object restarts', async () => {
  const room = await newRoom();
  const client = await watch(room);
  await next(client);
  for (let n = 0; n < 6; n += 1) {
    const body = moved('joined', room, `large-${n}`, {
      participant: { sid: `PA_${n}`, identity: `large-${n}`, name: 'x'.repeat(450_000), joinedAt: '1760000000' },
    });
    const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
    await fetch(`${worker.url}/api/livekit/webhook`, { method: 'POST', headers, body });
    assert.equal((await next(client)).who, `large-${n}`);
  }
  await evict(room, 'hibernate');
  await tell('joined', room, 'small');
  const { event, who } = await next(client);
  assert.deepEqual([event, who.length], ['snapshot', 7]);
});

test('without a binding watching is 503, and webhooks are applied', async () => {
  const room = await newRoom();
  const headers = { 'x-test-settings': encodeURIComponent('{"PRESENCE_ROOM":null}') };
  const client = await watch(room, headers);
  await client.ended();
  assert.deepEqual([client.status, client.headers['retry-after']], [503, '10']);
  assert.ok(log.some((line) => line.includes('"not_bound"')));
  await tell('joined', room, 'a', headers);
  assert.deepEqual((await next(await watch(room))).who, ['a']);
});
