/** createSync: which participants are updated, removed or not changed. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { LivekitException } from 'livekit-edge';
import { createSync, type Grants, livekit } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { FULL, LISTENER } from '../support/synced-rooms.ts';
import { CHANNEL, GROUP, result, withSync } from '../support/syncing.ts';
import { now } from '../support/user-token.ts';

const on = withSync();
const KRAKEN = 'community-kraken';
const ROLE = { LIVEKIT_GRANTS: 'role' };
/** The grants of a member with LIVEKIT_GRANTS=role. */
const MEMBER = { ...FULL, can_publish_sources: ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'] };

describe('a room', () => {
  afterEach(async () => {
    await on.database.delete('CommunityBan');
    await on.database.update('CommunityTimeout', { expiresAt: now() + 60 }, { userId: 'user-timeout' });
    await on.database.insert('UserRoles', {
      id: 'link-of-the-test',
      userId: 'user-789',
      communityId: KRAKEN,
      roleId: 'role-member',
      isInstanceRole: 0,
    });
  });

  test('nothing is changed if all permissions are as the rules say', async () => {
    for (const [settings, permission] of [
      [{}, FULL],
      [ROLE, MEMBER],
    ] as const) {
      on.fake.reset();
      for (const identity of ['user-456', 'user-mod', 'user-owner']) on.fake.join(CHANNEL, identity, permission);
      assert.deepEqual(await on.syncing({ settings })({ room: CHANNEL }), result({ rooms: 1, checked: 3 }));
      assert.deepEqual(
        on.fake.livekit.calls.map(({ path }) => path.split('/').at(-1)),
        ['ListParticipants'],
      );
    }
    on.fake.reset();
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1 }), 'an empty room');
  });

  test('a removed action removes sources, and a restored one restores them', async () => {
    const sync = on.syncing({ settings: ROLE });
    on.fake.join(CHANNEL, 'user-456', MEMBER);
    await on.deny('SPEAK', 'SCREEN_SHARE');
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 1, updated: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), { ...MEMBER, can_publish_sources: ['CAMERA'] });
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 1 }), 'once more');
    await on.deny('SPEAK', 'VIDEO', 'SCREEN_SHARE');
    await sync({ room: CHANNEL });
    const silent = { ...MEMBER, can_publish: false, can_publish_sources: [] };
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), silent);
    await on.deny();
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 1, updated: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), MEMBER);
  });

  test('a lost role and a ban remove the participant, on LiveKit Cloud with revocation of all older tokens', async () => {
    const sync = on.syncing();
    for (const identity of ['user-456', 'user-789', 'user-owner']) on.fake.join(CHANNEL, identity);
    await on.database.insert('CommunityBan', { communityId: KRAKEN, userId: 'user-456', active: 1 });
    await on.database.insert('CommunityBan', { communityId: KRAKEN, userId: 'user-owner', active: 1 });
    await on.database.delete('UserRoles', { userId: 'user-789' });
    const before = now();
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 3, removed: 2 }));
    assert.deepEqual([...(on.fake.rooms.get(CHANNEL)?.keys() ?? [])], ['user-owner']);
    for (const { revoke_token_ts: revoked } of on.fake.calls('RemoveParticipant')) {
      assert.ok(Number(revoked) >= before && Number(revoked) <= now(), `${revoked}`);
    }
    const removals = on.log.filter((line) => line.includes('Removed a participant')).map((line) => JSON.parse(line));
    assert.deepEqual(removals.map(({ identity, reason }) => `${identity} ${reason}`).sort(), [
      'user-456 community_ban',
      'user-789 missing_action',
    ]);
  });

  test('a timed-out user is removed with full, and may listen with role', async () => {
    on.fake.join(CHANNEL, 'user-timeout', MEMBER);
    await on.syncing({ settings: ROLE })({ room: CHANNEL });
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-timeout'), LISTENER);
    await on.syncing()({ room: CHANNEL });
    assert.equal(on.fake.permission(CHANNEL, 'user-timeout'), undefined);
  });

  test('a participant who is not a member of a private channel any more is removed', async () => {
    for (const identity of ['user-456', 'user-mod']) on.fake.join('channel-private-1', identity);
    assert.deepEqual(await on.syncing()({ room: 'channel-private-1' }), result({ rooms: 1, checked: 2, removed: 1 }));
    assert.notEqual(on.fake.permission('channel-private-1', 'user-mod'), undefined);
  });

  test('a group of direct messages is for its members, without roles', async () => {
    for (const identity of ['user-456', 'user-owner', 'user-mod']) on.fake.join(GROUP, identity, LISTENER);
    const sync = on.syncing({ settings: ROLE });
    assert.deepEqual(await sync({ room: GROUP }), result({ rooms: 1, checked: 3, updated: 1, removed: 2 }));
    assert.deepEqual(on.fake.permission(GROUP, 'user-456'), MEMBER);
  });

  test('changes by the application are overwritten, and permissions that the rules do not decide stay', async () => {
    const own = {
      recorder: true,
      can_subscribe_metrics: true,
      can_manage_agent_session: true,
      of_a_newer_livekit: [1],
    };
    on.fake.join(CHANNEL, 'user-456', { ...FULL, ...own, can_update_metadata: true, can_publish_sources: ['CAMERA'] });
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 1, updated: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), { ...FULL, ...own });
  });

  test('agents, recorders, services, hidden participants and those who have left are not changed', async () => {
    const NONE = { ...LISTENER, can_subscribe: false };
    for (const kind of ['AGENT', 'EGRESS', 'INGRESS', 'SIP', 'CONNECTOR', 'BRIDGE', 4]) {
      on.fake.join(CHANNEL, `user-banned of ${kind}`, NONE, { kind });
    }
    on.fake.join(CHANNEL, 'user-banned', { ...NONE, hidden: true });
    on.fake.join(CHANNEL, 'user-stranger', NONE, { state: 'DISCONNECTED' });
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1 }));
    assert.equal(on.fake.rooms.get(CHANNEL)?.size, 9);
  });

  test('a revoked user token does not remove, because the user may have another', async () => {
    await on.database.insert('UserTokenCutoff', { userId: 'user-456', revokedUntil: now() + 60 });
    on.fake.join(CHANNEL, 'user-456');
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 1 }));
    await on.database.delete('UserTokenCutoff');
  });

  test('a kick removes, also from the room that the participant joined again with an older token', async () => {
    on.fake.join(CHANNEL, 'user-456');
    const kick = { channelId: CHANNEL, subject: 'user-456', until: now() + 60, byUserId: 'user-mod', createdAt: now() };
    await on.database.insert('VoiceKick', kick);
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 1, removed: 1 }));
  });

  test('a lock does not remove participants in the room', async () => {
    on.fake.join(CHANNEL, 'user-456');
    await on.database.insert('VoiceLock', { channelId: CHANNEL, lockedAt: now(), byUserId: 'user-mod' });
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 1 }));
    await on.database.delete('VoiceLock');
  });
});

describe('an identity that is not a user’s id', () => {
  test('is not changed if no user got a token for it', async () => {
    on.fake.join(CHANNEL, 'guest', LISTENER);
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 1, unknown: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'guest'), LISTENER);
  });

  test('is not changed if no user can have it', async () => {
    for (const identity of ['a\u0000b', ' guest', 'x'.repeat(300), '\u200b']) on.fake.join(CHANNEL, identity, LISTENER);
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 4, unknown: 4 }));
  });

  test('has the permissions of the user who got a token for it, and is removed with that user', async () => {
    on.fake.join(CHANNEL, 'guest', LISTENER);
    await on.holds(CHANNEL, 'guest', 'user-456');
    const sync = on.syncing();
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 1, updated: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'guest'), FULL);
    await on.holds(CHANNEL, 'guest', 'user-stranger');
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 1, removed: 1 }));
  });

  test('of several users has the permissions that all of them have', async () => {
    on.fake.join(CHANNEL, 'guest', MEMBER);
    for (const userId of ['user-456', 'user-timeout']) await on.holds(CHANNEL, 'guest', userId);
    await on.syncing({ settings: ROLE })({ room: CHANNEL });
    assert.deepEqual(on.fake.permission(CHANNEL, 'guest'), LISTENER);
  });
});

describe('a user', () => {
  test('is synced in every room, and no other user is', async () => {
    const sync = on.syncing({ settings: ROLE });
    for (const room of [CHANNEL, 'channel-voice-123', GROUP]) {
      await on.present(room, 'user-456');
      for (const identity of ['user-456', 'user-789']) on.fake.join(room, identity, LISTENER);
    }
    await on.holds('channel-meeting-456', 'guest', 'user-456');
    for (const identity of ['guest', 'user-789']) on.fake.join('channel-meeting-456', identity, LISTENER);
    assert.deepEqual(await sync({ user: 'user-456' }), result({ rooms: 4, checked: 4, updated: 4 }));
    assert.deepEqual(on.fake.permission('channel-meeting-456', 'guest'), MEMBER);
    for (const people of on.fake.rooms.values()) assert.deepEqual(people.get('user-789')?.permission, LISTENER);
    assert.deepEqual(await sync({ user: 'user-456' }), result({ rooms: 4, checked: 4 }));
  });

  test('without a room, or unknown, is complete at once', async () => {
    for (const user of ['user-456', 'nobody']) assert.deepEqual(await on.syncing()({ user }), result({}));
    assert.deepEqual(on.fake.livekit.calls, []);
  });

  test('in a room that is not a channel is not changed there', async () => {
    await on.present('a room of the application', 'user-banned');
    on.fake.join('a room of the application', 'user-banned');
    assert.deepEqual(await on.syncing()({ user: 'user-banned' }), result({}));
    assert.deepEqual(on.fake.livekit.calls, []);
  });

  test('in more than 64 rooms is synced in 64 of them, which is not complete', async () => {
    for (let at = 0; at < 70; at++) {
      const room = `channel-of-many-${at}`;
      await on.database.insert('Channel', { id: room, communityId: KRAKEN, name: room, type: 'VOICE' });
      await on.present(room, 'user-456');
      on.fake.join(room, 'user-456', LISTENER);
    }
    const expected = result({ rooms: 64, checked: 64, updated: 64, isComplete: false });
    assert.deepEqual(await on.syncing()({ user: 'user-456' }), expected);
    assert.equal(on.fake.calls('ListParticipants').length, 64);
  });

  test('with tokens for more identities than the limit is found with every identity', async () => {
    on.fake.join(CHANNEL, 'first', FULL);
    on.fake.join(CHANNEL, 'user-789', FULL);
    const hold = (identity: string, issuedAt: number) =>
      on.database.insert('VoiceIdentity', { room: CHANNEL, identity, userId: 'user-banned', issuedAt });
    await hold('first', now() - 60);
    for (let at = 0; at < 1001; at++) await hold(`other-${at}`, now());
    const sync = on.syncing();
    const { removed, isComplete } = await sync({ user: 'user-banned' });
    assert.deepEqual([removed, isComplete], [1, false]);
    assert.deepEqual([...(on.fake.rooms.get(CHANNEL)?.keys() ?? [])], ['user-789']);
  });
});

describe('an application’s own table of grants', () => {
  test('decides, with the facts with which a token would be issued', async () => {
    on.fake.join(CHANNEL, 'user-mod', FULL);
    on.fake.join(CHANNEL, 'guest', FULL);
    await on.holds(CHANNEL, 'guest', 'user-456');
    const seen: unknown[] = [];
    const sync = on.syncing({
      grants: (facts) => {
        seen.push({ ...facts, actions: facts.actions.includes('MUTE_PARTICIPANT') });
        return facts.userId === 'user-mod' ? { canPublishSources: ['screen_share'] } : null;
      },
    });
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1, checked: 2, updated: 1, removed: 1 }));
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-mod'), { ...FULL, can_publish_sources: ['SCREEN_SHARE'] });
    const facts = {
      kind: 'channel',
      roomId: CHANNEL,
      isTimedOut: false,
      isOwner: false,
      isPrivate: false,
      isMember: false,
    };
    assert.deepEqual(
      new Set(seen.map((fact) => JSON.stringify(fact))),
      new Set([
        JSON.stringify({ ...order(facts, 'user-mod', 'user-mod'), actions: true }),
        JSON.stringify({ ...order(facts, 'guest', 'user-456'), actions: false }),
      ]),
    );
  });

  test('that refuses a user a token does not make the user a holder of the identity, so the participant is not changed', async () => {
    const grants: Grants = ({ userId }) => (userId === 'user-789' ? null : {});
    const settings = { ...demoSettings, LIVEKIT_URL: on.fake.livekit.url };
    const userOf = (request: Request) => ({ userId: `${request.headers.get('X-User')}` });
    const app = livekit({ store: on.store, settings: () => settings, authenticate: userOf, grants });
    const ask = (user: string) => {
      const body = JSON.stringify({ roomId: CHANNEL, identity: 'guest' });
      return app.request('/token', { method: 'POST', headers: { 'X-User': user }, body });
    };
    assert.equal((await ask('user-456')).status, 201);
    assert.equal((await ask('user-789')).status, 403);
    on.fake.join(CHANNEL, 'guest');
    assert.deepEqual(await on.syncing({ grants })({ room: CHANNEL }), result({ rooms: 1, checked: 1 }));
  });

  test('decides regardless of properties that every object inherits', async () => {
    const polluted = { refusal: 'banned', unknown: 'user', grants: { canPublish: true } };
    for (const [name, value] of Object.entries(polluted)) {
      on.fake.join(CHANNEL, 'user-456', FULL);
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
      try {
        await on.syncing({ grants: () => ({ canPublish: false, canPublishData: false }) })({ room: CHANNEL });
      } finally {
        delete (Object.prototype as Record<string, unknown>)[name];
      }
      assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), LISTENER, name);
    }
  });

  test('that throws, is late, or returns privileged grants changes nothing', async () => {
    on.fake.join(CHANNEL, 'user-456', LISTENER);
    for (const grants of [
      () => {
        throw new Error('hunter2');
      },
      () => Promise.reject(new LivekitException('hunter2', 403)),
      () => new Promise<never>(() => {}),
      () => ({ roomCreate: true }),
      () => ({ hidden: true }),
      () => ({ canPublish: 'yes' }) as object,
      () => 7 as unknown as object,
    ]) {
      const expected = result({ rooms: 1, failed: 1, isComplete: false });
      assert.deepEqual(await on.syncing({ grants })({ room: CHANNEL }), expected, `${grants}`);
    }
    assert.deepEqual(on.fake.calls('UpdateParticipant'), []);
    assert.doesNotMatch(on.log.join('\n'), /hunter2/);
  });
});

/** The facts in the order in which the rules write them. */
const order = ({ kind, roomId, isTimedOut, ...rest }: Record<string, unknown>, identity: string, userId: string) => ({
  kind,
  roomId,
  identity,
  isTimedOut,
  userId,
  ...rest,
});

describe('an invalid target', () => {
  test('is rejected with a sentence', async () => {
    const sync = on.syncing();
    for (const [target, message] of [
      [{}, 'exactly one of roomId and userId must be given'],
      [{ room: 'a', user: 'b' }, 'exactly one of roomId and userId must be given'],
      [{ room: '' }, 'roomId should not be empty'],
      [{ user: 7 }, 'userId must be a string'],
      [{ user: 'x'.repeat(257) }, 'userId must not be longer than 256 bytes'],
    ] as const) {
      await assert.rejects(sync(target as { room: string }), { code: 'invalid_request', status: 400, message });
    }
    for (const room of ['channel-unknown', 'CHANNEL-ABC123', 'DM-GROUP-1', "' OR 1=1 --"]) {
      on.fake.join(room, 'user-banned');
      await assert.rejects(sync({ room }), { code: 'room_not_found', status: 404 });
    }
    assert.deepEqual(on.fake.livekit.calls, []);
  });

  test('settings without keys or a URL are errors, not failures of a participant', async () => {
    for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_URL']) {
      const sync = on.syncing({ settings: { [name]: '' } });
      await assert.rejects(sync({ room: CHANNEL }), { code: 'not_configured', status: 500 });
    }
    assert.throws(
      () =>
        createSync({
          settings: {
            get LIVEKIT_URL() {
              throw new Error();
            },
          },
          store: on.store,
        }),
      {
        code: 'not_configured',
      },
    );
  });
});
