/** Webhooks of LiveKit's own server: WebhookReceiver accepts them, and they have the fields that presence needs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type WebhookEvent, WebhookReceiver } from 'livekit-edge';
import { root } from '../../scripts/lib/paths.mjs';
import { type Ready, ready } from './support/ready.ts';
import { startWebhookListener, type Webhook, type WebhookListener } from './support/webhook-listener.ts';

const RECORDED: Record<string, { event: string }[]> = JSON.parse(
  readFileSync(join(root, 'tests', 'vectors', 'livekit-webhooks.json'), 'utf8'),
);
const LIFE = ['room_started', 'participant_joined', 'participant_left', 'room_finished'];

/** Checks that the fields from which presence is computed are there and have the right type. */
function assertSaysWho(event: WebhookEvent, room: string, identity: string) {
  assert.match(event.id, /^EV_\w+$/);
  assert.equal(event.room?.name, room);
  assert.match(event.room?.sid ?? '', /^RM_\w+$/);
  assert.ok(event.createdAt > 1_700_000_000n, 'it has the time of the event');
  if (!event.event.startsWith('participant_')) return assert.equal(event.participant, undefined);
  assert.equal(event.participant?.identity, identity);
  assert.match(event.participant?.sid ?? '', /^PA_\w+$/);
  assert.ok((event.participant?.joinedAtMs ?? 0n) > 1_700_000_000_000n, 'it has the time of the join');
}

/** Every field of a body, however deep. */
const membersOf = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? ['']
    : Object.entries(value).flatMap(([name, member]) =>
        membersOf(member).map((rest) => `${Array.isArray(value) ? '*' : name}.${rest}`),
      );

describe('from the server', () => {
  let listener: WebhookListener;
  let found: Awaited<ReturnType<typeof ready>>;
  before(async () => {
    listener = await startWebhookListener();
    found = await ready({ webhookUrl: listener.url });
  });
  after(async () => {
    if (found !== undefined && 'stop' in found) await found.stop();
    await listener.stop();
  });
  const it = (title: string, check: (parts: Ready, receiver: WebhookReceiver) => Promise<void>) =>
    test(title, (t: TestContext) => {
      if ('skip' in found) return t.skip(found.skip);
      return check(found, new WebhookReceiver(found.livekit.apiKey, found.livekit.apiSecret));
    });

  /** Alice joins and leaves, and the room ends. */
  async function visit({ join }: Ready, room: string): Promise<Webhook[]> {
    const alice = await join(room, 'alice');
    await listener.arrives('participant_joined', room, 'alice');
    await alice.command('leave');
    await listener.arrives('room_finished', room);
    return listener.webhooks.filter(({ json }) => json.room?.name === room);
  }

  it('a visit is four webhooks in order, each accepted, with participant and room', async (parts, receiver) => {
    const webhooks = await visit(parts, 'visit');
    const events = [];
    for (const { bytes, authorization, contentType } of webhooks) {
      assert.equal(contentType, 'application/webhook+json');
      events.push(await receiver.receive(bytes, authorization));
      assert.deepEqual(
        await receiver.receive(new TextDecoder().decode(bytes), `Bearer ${authorization}`),
        events.at(-1),
      );
    }
    assert.deepEqual(
      events.map(({ event }) => event),
      LIFE,
    );
    for (const event of events) assertSaysWho(event, 'visit', 'alice');
    assert.equal(new Set(events.map(({ id }) => id)).size, LIFE.length, 'ids are unique');
    assert.equal(new Set(events.map(({ room }) => room?.sid)).size, 1, 'it is one session of the room');
    assert.equal(
      events[1]?.participant?.sid,
      events[2]?.participant?.sid,
      'the participant who left is the one who joined',
    );
  });

  it('an altered or exchanged body and another secret are refused', async (parts, receiver) => {
    const [started, joined] = await visit(parts, 'altered');
    assert.ok(started !== undefined && joined !== undefined);
    const altered = new TextDecoder().decode(joined.bytes).replace('alice', 'mallo');
    const stranger = new WebhookReceiver(parts.livekit.apiKey, 'another secret');
    const unauthorized = { status: 401, code: 'invalid_token' };
    await assert.rejects(receiver.receive(altered, joined.authorization), unauthorized);
    await assert.rejects(receiver.receive(joined.bytes, started.authorization), unauthorized);
    await assert.rejects(stranger.receive(joined.bytes, joined.authorization), unauthorized);
    await assert.rejects(receiver.receive(joined.bytes), unauthorized);
    await receiver.receive(joined.bytes, joined.authorization);
  });

  it('a webhook that was answered 500 is sent again unchanged, before the later ones', async (parts, receiver) => {
    listener.answers.push(500);
    const [first, second, ...others] = await visit(parts, 'again');
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(first.bytes, second.bytes);
    const ids = [];
    for (const { bytes, authorization } of [first, second]) ids.push((await receiver.receive(bytes, authorization)).id);
    assert.equal(ids[0], ids[1]);
    assert.deepEqual(
      others.map(({ json }) => json.event),
      LIFE.slice(1),
    );
  });

  it('the recorded webhooks equal those of the server', async (parts) => {
    const recorded = (name: string) => RECORDED['one is removed']?.find(({ event }) => event === name);
    for (const { json } of await visit(parts, 'compared')) {
      assert.deepEqual(new Set(membersOf(json)), new Set(membersOf(recorded(json.event))), json.event);
    }
  });
});

describe('as recorded', () => {
  for (const [name, bodies] of Object.entries(RECORDED)) {
    test(name, async () => {
      const room = name.replaceAll(' ', '-');
      const receiver = new WebhookReceiver('unused', 'unused');
      const events = [];
      for (const body of bodies) events.push(await receiver.receive(JSON.stringify(body), undefined, true));
      const life = events.filter(({ event }) => LIFE.includes(event));
      for (const event of life) assertSaysWho(event, room, event.participant?.identity === 'bob' ? 'bob' : 'alice');
      assert.deepEqual([events.at(0)?.event, events.at(-1)?.event], ['room_started', 'room_finished']);
      const sids = (name: string) =>
        life.filter(({ event }) => event === name).map(({ participant }) => participant?.sid);
      assert.deepEqual(
        sids('participant_left').sort(),
        sids('participant_joined').sort(),
        'all participants who joined have left',
      );
    });
  }
});
