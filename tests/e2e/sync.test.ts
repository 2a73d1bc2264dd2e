/** Sync against LiveKit's own server: a participant with a microphone, and changes in the database. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, type TestContext, test } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { createSync, RoomService, type Sync } from 'livekit-edge/server';
import { type SqliteStore, sqliteStore } from 'livekit-edge/stores/sqlite';
import { sqliteDatabase } from '../support/database.ts';
import { loadDemo } from '../support/sqlite-file.ts';
import { result } from '../support/syncing.ts';
import { now } from '../support/user-token.ts';
import type { Participant } from './support/browser.ts';
import { type Ready, ready } from './support/ready.ts';

const ROOM = 'channel-abc123';
const ALICE = 'user-456';
const COMMUNITY = 'community-kraken';
const KNOWN_MS = 15_000;
const UPDATED = result({ rooms: 1, checked: 1, updated: 1 });
const REMOVED = result({ rooms: 1, checked: 1, removed: 1 });

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-e2e-sync-'));
const path = join(folder, 'test.sqlite');
let found: Awaited<ReturnType<typeof ready>>;
let store: SqliteStore;
let database: ReturnType<typeof sqliteDatabase>;
let alice: Participant | undefined;
before(async () => {
  found = await ready();
  store = sqliteStore(path);
  loadDemo(path);
  database = sqliteDatabase(path);
});
after(async () => {
  if ('stop' in found) await found.stop();
  store.close();
  database.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await alice?.command('leave').catch(() => {});
  alice = undefined;
  await database.delete('ChannelPermissionOverwrite');
  await database.delete('CommunityTimeout', { userId: ALICE });
  await database.delete('CommunityBan');
});

interface Parts extends Ready {
  sync: Sync;
  rooms: RoomService;
}

/** A test, which is skipped without a server or a browser. */
const it = (title: string, check: (parts: Parts) => Promise<void>) =>
  test(title, (t: TestContext) => {
    if ('skip' in found) return t.skip(found.skip);
    const { url, apiKey, apiSecret } = found.livekit;
    const settings = {
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      LIVEKIT_GRANTS: 'role',
      LOG_LEVEL: 'error',
    };
    return check({ ...found, sync: createSync({ settings, store }), rooms: RoomService.fromEnv(settings) });
  });

/** Alice joins with a member's grants and turns her microphone on. */
async function joinsWithMicrophone({ livekit, browser, rooms }: Parts): Promise<Participant> {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: ALICE });
  const canPublishSources = ['camera', 'microphone', 'screen_share', 'screen_share_audio'] as never[];
  token.addGrant({ room: ROOM, roomJoin: true, canPublish: true, canPublishSources });
  const participant = await browser.join(livekit.url, token.toJwtSync());
  await participant.command('setMicrophone', true);
  await participant.sees('its microphone on', ({ isMuted }) => isMuted === false);
  await hasTracks(rooms, 1);
  return participant;
}

/** Turns the microphone on when the client has the permission. */
async function speaksAgain(participant: Participant): Promise<void> {
  await participant.sees('that it may speak', ({ maySpeak }) => maySpeak);
  await participant.command('setMicrophone', true);
  await participant.sees('its microphone on', ({ isMuted }) => isMuted === false);
}

/** Waits until the server has so many tracks of Alice. */
async function hasTracks(rooms: RoomService, count: number): Promise<void> {
  for (const end = performance.now() + KNOWN_MS; ; await new Promise((wake) => setTimeout(wake, 50))) {
    const participants = await rooms.listParticipants(ROOM);
    const tracks = participants.find(({ identity }) => identity === ALICE)?.['tracks'];
    if (Array.isArray(tracks) && tracks.length === count) return;
    assert.ok(performance.now() < end, `never ${count} tracks: ${JSON.stringify(participants)}`);
  }
}

const deny = (...actions: string[]) =>
  database.insert('ChannelPermissionOverwrite', {
    id: 'overwrite-of-the-test',
    channelId: ROOM,
    targetType: 'EVERYONE',
    allow: '[]',
    deny: JSON.stringify(actions),
  });

it('a microphone that an overwrite denies is unpublished by one sync, and may be published again when the action is restored', async (parts) => {
  alice = await joinsWithMicrophone(parts);
  assert.deepEqual(await parts.sync({ room: ROOM }), result({ rooms: 1, checked: 1 }));
  await deny('SPEAK');
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await hasTracks(parts.rooms, 0);
  await alice.sees('its microphone gone', ({ trackSid }) => trackSid === undefined);
  await assert.rejects(alice.command('setMicrophone', true), /permission/i);
  assert.deepEqual(await parts.sync({ room: ROOM }), result({ rooms: 1, checked: 1 }), 'once more');
  await database.delete('ChannelPermissionOverwrite');
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await speaksAgain(alice);
  await hasTracks(parts.rooms, 1);
});

it('rows 70 and 73: a removed role unpublishes the microphone, and a restored one allows it again', async (parts) => {
  alice = await joinsWithMicrophone(parts);
  const silent = JSON.stringify(['READ_CHANNEL', 'JOIN_CHANNEL', 'VIDEO']);
  await database.insert('Role', { id: 'role-silent', name: 'Silent', actions: silent });
  await database.update('UserRoles', { roleId: 'role-silent' }, { userId: ALICE });
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await hasTracks(parts.rooms, 0);
  await database.update('UserRoles', { roleId: 'role-member' }, { userId: ALICE });
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await speaksAgain(alice);
  await hasTracks(parts.rooms, 1);
});

it('a timeout unpublishes the microphone while it lasts', async (parts) => {
  alice = await joinsWithMicrophone(parts);
  await database.insert('CommunityTimeout', { communityId: COMMUNITY, userId: ALICE, expiresAt: now() + 600 });
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await hasTracks(parts.rooms, 0);
  await database.insert('CommunityTimeout', { communityId: COMMUNITY, userId: ALICE, expiresAt: now() - 1 });
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  await speaksAgain(alice);
  await hasTracks(parts.rooms, 1);
});

it('a ban removes the participant, and so does a lost membership', async (parts) => {
  alice = await joinsWithMicrophone(parts);
  await database.insert('CommunityBan', { communityId: COMMUNITY, userId: ALICE, active: 1 });
  assert.deepEqual(await parts.sync({ room: ROOM }), REMOVED);
  const { events } = await alice.sees('itself removed', ({ connection }) => connection === 'disconnected');
  assert.ok(events.includes('disconnected PARTICIPANT_REMOVED'), `${events}`);
  await database.delete('CommunityBan');
  alice = await joinsWithMicrophone(parts);
  await database.update('Channel', { isPrivate: 1 }, { id: ROOM });
  await database.insert('ChannelMembership', { userId: ALICE, channelId: ROOM });
  assert.deepEqual(await parts.sync({ room: ROOM }), result({ rooms: 1, checked: 1 }), 'a member');
  await database.delete('ChannelMembership', { userId: ALICE });
  assert.deepEqual(await parts.sync({ room: ROOM }), REMOVED);
  await alice.sees('itself removed', ({ connection }) => connection === 'disconnected');
  await database.update('Channel', { isPrivate: 0 }, { id: ROOM });
});

it('a permission that the application has changed itself is overwritten', async (parts) => {
  alice = await joinsWithMicrophone(parts);
  const permission = { can_subscribe: true, can_publish: false, can_publish_data: true, can_subscribe_metrics: true };
  await parts.rooms.updatePermission(ROOM, ALICE, permission);
  await hasTracks(parts.rooms, 0);
  assert.deepEqual(await parts.sync({ room: ROOM }), UPDATED);
  const [participant] = await parts.rooms.listParticipants(ROOM);
  assert.deepEqual(participant?.['permission'], {
    can_subscribe: true,
    can_publish: true,
    can_publish_data: true,
    can_publish_sources: ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'],
    hidden: false,
    recorder: false,
    can_update_metadata: false,
    agent: false,
    can_subscribe_metrics: true,
    can_manage_agent_session: false,
  });
});

it('a permission of a participant who is not in the room is not found', async ({ rooms }) => {
  await assert.rejects(rooms.updatePermission(ROOM, 'nobody', { can_publish: true }), {
    code: 'participant_not_found',
  });
});
