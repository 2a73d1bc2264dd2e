/** Moderators on LiveKit's own server, with browsers: kicks, joins with an older token, locks, and the end of a room. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { assertError, assertToken, FORBIDDEN, NO_PARTICIPANT } from '../support/answers.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { claimsOf } from '../support/livekit-token.ts';
import type { Participant } from './support/browser.ts';
import { type LossyForwarder, startLossyForwarder } from './support/lossy-forwarder.ts';
import { type Ready, ready } from './support/ready.ts';
import { Signal } from './support/signal.ts';

const SEEN_MS = 30_000;

let endpoint: Endpoint;
let forwarder: LossyForwarder;
let found: Awaited<ReturnType<typeof ready>>;
before(async () => {
  // The server needs the URL of the endpoint for its webhooks, and the endpoint that of the server, to remove refused participants.
  forwarder = await startLossyForwarder();
  found = await ready({ webhookUrl: forwarder.url });
  const settings = 'skip' in found ? {} : { LIVEKIT_URL: found.livekit.url };
  endpoint = await startEndpoint({ bindings: { ...demoSettings, ...settings } });
  forwarder.forwardTo(`${endpoint.url}/api/livekit/webhook`);
});
after(async () => {
  if (!('skip' in found)) await found.stop();
  await forwarder.stop();
  await endpoint.stop();
});

/** A test, which is skipped without a server or a browser. */
const it = (title: string, check: (parts: Ready, t: TestContext) => Promise<void>) =>
  test(title, (t) => ('skip' in found ? t.skip(found.skip) : check(found, t)));

interface Entry {
  token: string;
  url: string;
}

async function tokenFor(as: string, room: string, identity?: string): Promise<Entry> {
  const { token, url = '' } = assertToken(await endpoint.token({ roomId: room, identity }, { as }));
  return { token, url };
}

const moderate = async (room: string, name: string, body: object = {}) => {
  const answer = await endpoint.post(`/channels/${room}/${name}`, body, { as: 'user-mod' });
  assert.equal(answer.status, 201, answer.text);
  return JSON.parse(answer.text);
};

/** The participants in a room, by the server. */
async function identitiesIn({ livekit, adminToken }: Ready, room: string): Promise<string[]> {
  const rooms = new RoomService({ url: livekit.url, adminToken });
  return (await rooms.listParticipants(room)).map(({ identity }) => identity);
}

/** Joins, which may end before the browser is connected, and waits until the participant is removed. */
async function joinsInVain(parts: Ready, { url, token }: Entry, room: string, identity: string): Promise<void> {
  const removals = () =>
    endpoint.log.filter(
      (line) => line.includes('Removed a refused participant') && line.includes(JSON.stringify(identity)),
    );
  const before = removals().length;
  const page = await parts.browser.join(url, token).catch(() => undefined);
  if (page !== undefined) await sees(page, 'itself removed again', 'disconnected PARTICIPANT_REMOVED');
  await until('the endpoint has removed the participant', async () => removals().length > before);
  await until('the participant is out', async () => !(await identitiesIn(parts, room)).includes(identity));
}

async function sees(page: Participant, what: string, event: string): Promise<void> {
  const { events } = await page.sees(what, ({ connection }) => connection === 'disconnected');
  assert.deepEqual(events, [event]);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + SEEN_MS; !(await isSo()); ) {
    assert.ok(performance.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('a kicked participant is removed, gets no token, and is removed again after joining with an older one', async (parts, t) => {
  const room = 'channel-abc123';
  const entry = await tokenFor('user-456', room);
  const alice = await parts.browser.join(entry.url, entry.token);
  const bob = await tokenFor('user-789', room);
  const other = await parts.browser.join(bob.url, bob.token);
  const asked = performance.now();
  const { until } = await moderate(room, 'kick-participant', { participantIdentity: 'user-456', durationSeconds: 600 });
  await sees(alice, 'itself removed', 'disconnected PARTICIPANT_REMOVED');
  t.diagnostic(`removed ${Math.round(performance.now() - asked)} ms after the request`);
  assert.ok(Date.parse(until) > Date.now() + 500_000);
  assertError(await endpoint.token({ roomId: room }), FORBIDDEN);
  await joinsInVain(parts, entry, room, 'user-456');
  assert.equal((await other.command('state')).connection, 'connected');
  await other.command('leave');
});

it('a kick removes the participant at once, and refuses another token', async (parts, t) => {
  const room = 'channel-abc123';
  const entry = await tokenFor('user-789', room);
  const page = await parts.browser.join(entry.url, entry.token);
  const started = performance.now();
  await moderate(room, 'kick-participant', { participantIdentity: 'user-789' });
  await sees(page, 'itself removed', 'disconnected PARTICIPANT_REMOVED');
  t.diagnostic(`${Math.round(performance.now() - started)} ms until the browser was disconnected`);
  assertError(await endpoint.token({ roomId: room }, { as: 'user-789' }), FORBIDDEN);
  await endpoint.database.delete('VoiceKick', { subject: 'user-789' });
});

it('a participant who is kicked with another identity is refused with every identity, also with an older token', async (parts) => {
  const room = 'channel-voice-123';
  const phone = await tokenFor('user-456', room, 'phone-of-alice');
  const tablet = await tokenFor('user-456', room, 'tablet-of-alice');
  const alice = await parts.browser.join(phone.url, phone.token);
  await moderate(room, 'kick-participant', { participantIdentity: 'phone-of-alice' });
  await sees(alice, 'itself removed', 'disconnected PARTICIPANT_REMOVED');
  for (const identity of [undefined, 'phone-of-alice', 'third-of-alice']) {
    assertError(await endpoint.token({ roomId: room, identity }), FORBIDDEN);
  }
  await joinsInVain(parts, tablet, room, 'tablet-of-alice');
});

it('a removed participant may join again', async (parts) => {
  const room = 'channel-meeting-456';
  const entry = await tokenFor('user-456', room);
  const alice = await parts.browser.join(entry.url, entry.token);
  await moderate(room, 'remove-participant', { participantIdentity: 'user-456' });
  await sees(alice, 'itself removed', 'disconnected PARTICIPANT_REMOVED');
  const again = await tokenFor('user-456', room);
  const back = await parts.browser.join(again.url, again.token);
  await until('Alice is back', async () => (await identitiesIn(parts, room)).includes('user-456'));
  await back.command('leave');
});

it('a moderator removes no recorder, and a telephone joins a locked room', async (parts) => {
  const room = 'channel-abc123';
  const join = async (kind: 'egress' | 'sip', identity: string) => {
    const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = demoSettings;
    const token = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { identity });
    token.kind = kind;
    token.addGrant({ room, roomJoin: true });
    return parts.browser.join(parts.livekit.url, await token.toJwt());
  };
  const recorder = await join('egress', 'EG_recorder');
  const body = { participantIdentity: 'EG_recorder' };
  const answer = await endpoint.post(`/channels/${room}/remove-participant`, body, { as: 'user-mod' });
  assertError(answer, NO_PARTICIPANT);
  await moderate(room, 'kick-participant', body);
  const entry = await tokenFor('user-789', room);
  await moderate(room, 'lock', { locked: true });
  const telephone = await join('sip', 'telephone');
  // Who joins after it is judged after it.
  await joinsInVain(parts, entry, room, 'user-789');
  assert.deepEqual((await identitiesIn(parts, room)).sort(), ['EG_recorder', 'telephone']);
  for (const page of [recorder, telephone]) assert.equal((await page.command('state')).connection, 'connected');
  await moderate(room, 'remove-participant', { participantIdentity: 'telephone' });
  await sees(telephone, 'itself removed', 'disconnected PARTICIPANT_REMOVED');
  await moderate(room, 'lock', { locked: false });
  await moderate(room, 'end');
});

it('a locked room admits no new participant, an ended one disconnects all', async (parts) => {
  const room = 'channel-meeting-456';
  const [first, late] = [await tokenFor('user-456', room), await tokenFor('user-789', room)];
  const alice = await parts.browser.join(first.url, first.token);
  await until('Alice is there', async () => (await identitiesIn(parts, room)).includes('user-456'));
  // A join in the second of the lock counts as later.
  const second = Math.floor(Date.now() / 1000);
  await until('a second has passed', async () => Math.floor(Date.now() / 1000) > second);
  await moderate(room, 'lock', { locked: true });
  assertError(await endpoint.token({ roomId: room }, { as: 'user-789' }), FORBIDDEN);
  await joinsInVain(parts, late, room, 'user-789');
  const entry = await tokenFor('user-mod', room);
  const moderator = await parts.browser.join(entry.url, entry.token);
  await until('both are there', async () => (await identitiesIn(parts, room)).length === 2);
  assert.equal((await alice.command('state')).connection, 'connected');

  await moderate(room, 'end');
  await sees(alice, 'the end of the room', 'disconnected ROOM_DELETED');
  await sees(moderator, 'the end of the room', 'disconnected ROOM_DELETED');
  assert.deepEqual(await identitiesIn(parts, room), []);
  await moderate(room, 'end');
  assertError(await endpoint.token({ roomId: room }), FORBIDDEN, 'it is locked still');
  await moderate(room, 'lock', { locked: false });
  assertToken(await endpoint.token({ roomId: room }));
});

it('the server sends each participant who joins a new token that is valid for ten minutes, as SECURITY.md says', async ({
  livekit,
}) => {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'brief', ttl: 30 });
  token.addGrant({ roomJoin: true, room: 'brief' });
  const signal = await Signal.open(livekit.url, await token.toJwt());
  try {
    const { exp, sub } = claimsOf(await signal.receives('refreshToken'));
    assert.equal(sub, 'brief');
    assert.ok(exp > Date.now() / 1000 + 500, `${exp}`);
  } finally {
    signal.close();
  }
});
