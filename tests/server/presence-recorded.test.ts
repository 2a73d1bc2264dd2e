/** Recorded events of LiveKit's own server, in their order and in every other order: presence becomes the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertAnswer } from '../support/answers.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { people } from '../support/people.ts';
import { RECEIVED, webhooks } from '../support/webhooks.ts';

interface Recorded {
  event: string;
  participant?: { sid: string; identity: string };
}
const RECORDED: Record<string, Recorded[]> = JSON.parse(
  readFileSync(new URL('../vectors/livekit-webhooks.json', import.meta.url), 'utf8'),
);
/** Number of orders of a scenario. */
const ORDERS = 6;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());
const { insert } = people(() => endpoint);
const send = webhooks(() => endpoint);

let visits = 0;

/** The same scenario in a new channel: other room, other sids, other event ids. */
async function visit(events: Recorded[]): Promise<{ channel: string; bodies: string[] }> {
  visits += 1;
  const channel = `channel-recorded-${visits}`;
  await insert('Channel', { id: channel, communityId: 'community-kraken', name: channel, type: 'VOICE' });
  const bodies = events.map((event) => {
    const { room, ...rest } = event as Recorded & { room: object };
    const named = JSON.stringify({ ...rest, room: { ...room, name: channel } });
    return named.replaceAll(/"(RM|PA|EV)_/g, `"$1_${visits}`);
  });
  return { channel, bodies };
}

async function present(channel: string): Promise<string[]> {
  const { text } = await endpoint.get(`/channels/${channel}/voice-presence`);
  return JSON.parse(text).participants.map(({ identity }: { identity: string }) => identity);
}

/** The participants after these events in any order: slow and obvious. */
function expected(events: readonly Recorded[]): string[] {
  const sids = (name: string) =>
    new Map(events.flatMap(({ event, participant: p }) => (event === name && p ? [[p.sid, p.identity] as const] : [])));
  if (events.some(({ event }) => event === 'room_finished')) return [];
  const left = sids('participant_left');
  return [...new Set([...sids('participant_joined')].flatMap(([sid, who]) => (left.has(sid) ? [] : [who])))].sort();
}

const rotated = <T>(list: readonly T[], by: number): T[] => [...list.slice(by), ...list.slice(0, by)];

/** Orders of a list: rotations, forwards and backwards. */
const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.flatMap((_, by) => [rotated(list.toReversed(), by), rotated(list, by)]).slice(0, ORDERS);

for (const [name, events] of Object.entries(RECORDED)) {
  describe(name, () => {
    test('presence after each event is as expected, on both prefixes', async () => {
      const { channel, bodies } = await visit(events);
      for (const [at, body] of bodies.entries()) {
        const base = at % 2 === 0 ? '/api/livekit' : '/livekit';
        assertAnswer(await send(body, { base }), 200, RECEIVED, events[at]?.event);
        assert.deepEqual((await present(channel)).sort(), expected(events.slice(0, at + 1)), `after ${at}`);
      }
    });

    test('presence is the same in other orders, and with repeated events', async () => {
      for (let length = 2; length <= events.length; length++) {
        const some = events.slice(0, length);
        for (const order of ordersOf(some.map((_, at) => at))) {
          const { channel, bodies } = await visit(some);
          for (const at of [...order, order[0] ?? 0]) assertAnswer(await send(bodies[at] ?? ''), 200, RECEIVED);
          assert.deepEqual((await present(channel)).sort(), expected(some), `${length}: ${order}`);
        }
      }
    });
  });
}

test('each scenario had participants', () => {
  const wasThere = (events: Recorded[]) => events.some((_, at) => expected(events.slice(0, at)).length > 0);
  assert.deepEqual(Object.values(RECORDED).map(wasThere), [true, true, true, true]);
});
