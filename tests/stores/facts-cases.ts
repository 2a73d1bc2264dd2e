/** Every column of the row of facts, for the demo data and for rows of the suite. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { FactsQuestion, FactsRow } from 'livekit-edge/server';
import { demoData } from '../../scripts/demo-data.mjs';
import type { Database, Row } from '../support/database.ts';
import { defaultRoles } from '../support/default-roles.ts';
import type { Engine } from '../support/store-engines.ts';

const NOTHING: Facts = {
  userId: null,
  role: null,
  banned: null,
  tokenRevoked: false,
  sessionRevoked: false,
  revokedUntil: null,
  channelId: null,
  isPrivate: null,
  isMember: false,
  groupId: null,
  groupIsChannel: false,
  actions: [],
  hasRole: false,
  voiceByRole: false,
  overwrites: [],
  banActive: null,
  banEnds: null,
  timeoutEnds: null,
  identityIsUser: false,
  kickedUntil: null,
  identityKickedUntil: null,
  lockedAt: null,
};
const COMMUNITY = 'community-own';
const NOW = Math.floor(Date.now() / 1000);

/** Ids that a careless query would treat as SQL, or confuse with each other. */
const ODD_IDS = [
  `' OR '1'='1`,
  `x'; DROP TABLE "User"; --`,
  '"',
  '\\',
  '%',
  '_',
  '$1',
  '?1',
  ':id',
  '{}',
  '',
  ' ',
  'é',
  'e\u0301',
  'İ',
  '😀',
  '\u200b',
  '\u202e',
  '\ufffd',
  '\u{10ffff}',
  'x'.repeat(10_000),
];

/** A row with its flags as booleans and its actions sorted. */
type Facts = Record<keyof FactsRow, unknown>;

export function factsCases(engine: () => Engine): void {
  const database: Database = {
    insert: (table, row) => engine().database.insert(table, row),
    update: (table, set, where) => engine().database.update(table, set, where),
    delete: (table, where) => engine().database.delete(table, where),
    count: (table, where) => engine().database.count(table, where),
  };

  async function facts(userId: string, rest: Partial<FactsQuestion> = {}): Promise<Facts> {
    const question = { userId, tokenId: null, channelId: null, groupId: null, identity: null, ...rest };
    return checked(await engine().store.facts(question));
  }

  async function role(id: string, userId: string, actions: string[], row = {}) {
    await database.insert('Role', { id, name: id, actions: JSON.stringify(actions) });
    await database.insert('UserRoles', { id, userId, communityId: COMMUNITY, roleId: id, isInstanceRole: 0, ...row });
  }

  before(async () => {
    await database.insert('User', { id: 'ann', username: 'ann' });
    await database.insert('User', { id: 'ben', username: 'ben', role: 'OWNER', banned: 1 });
    await database.insert('Channel', { id: 'open', communityId: COMMUNITY, name: 'open', type: 'VOICE' });
    await database.insert('Channel', { id: 'secret', communityId: COMMUNITY, name: 'secret', isPrivate: 1 });
  });

  const ann = { ...NOTHING, userId: 'ann', role: 'USER', banned: false };
  const annAt = { ...ann, channelId: 'open', isPrivate: false };

  test('the demo data has the expected facts for every caller and every question', async () => {
    const users = [...demoData.users.map(({ id }: { id: string }) => id), 'user-unknown'];
    const channels = [...demoData.channels.map(({ id }: { id: string }) => id), 'channel-unknown', null];
    for (const userId of users) {
      for (const channelId of channels) {
        const groupId = channelId === 'channel-abc123' ? 'dm-group-1' : null;
        const question = { userId, tokenId: 'jti', channelId, groupId, identity: 'user-456' };
        assert.deepEqual(checked(await engine().store.facts(question)), demoFacts(question), `${userId} ${channelId}`);
      }
    }
  });

  test('an unknown user and an unknown channel have no facts', async () => {
    assert.deepEqual(await facts('nobody'), NOTHING);
    assert.deepEqual(await facts('nobody', { channelId: 'open' }), { ...NOTHING, channelId: 'open', isPrivate: false });
    assert.deepEqual(await facts('ann', { channelId: 'nowhere' }), ann);
    assert.deepEqual(await facts('ann'), ann);
    assert.deepEqual(await facts('ANN'), NOTHING, 'ids must match exactly');
  });

  test('an owner and a banned user are marked', async () => {
    assert.deepEqual(await facts('ben'), { ...NOTHING, userId: 'ben', role: 'OWNER', banned: true });
  });

  test('a private channel and its members are marked', async () => {
    const question = { channelId: 'secret' };
    const secret = { ...ann, channelId: 'secret', isPrivate: true };
    assert.deepEqual(await facts('ann', question), secret);
    await database.insert('ChannelMembership', { userId: 'ben', channelId: 'secret' });
    await database.insert('ChannelMembership', { userId: 'ann', channelId: 'open' });
    assert.deepEqual(await facts('ann', question), secret, 'a membership of another user, and of another channel');
    await database.insert('ChannelMembership', { userId: 'ann', channelId: 'secret' });
    assert.deepEqual(await facts('ann', question), { ...secret, isMember: true });
    await database.delete('ChannelMembership');
    assert.deepEqual(await facts('ann', question), secret);
  });

  test('the actions are those of all roles in the community, and of no other role', async () => {
    const question = { channelId: 'open' };
    await role('r1', 'ann', ['JOIN_CHANNEL', 'READ_CHANNEL']);
    await role('r2', 'ann', ['READ_CHANNEL', 'MUTE_PARTICIPANT']);
    await role('r-none', 'ann', []);
    await role('r-instance', 'ann', ['BAN_USER'], { isInstanceRole: 1 });
    await role('r-elsewhere', 'ann', ['KICK_USER'], { communityId: 'community-kraken' });
    await role('r-nowhere', 'ann', ['DELETE_USER'], { communityId: null });
    await role('r-ben', 'ben', ['DELETE_CHANNEL']);
    const actions = ['JOIN_CHANNEL', 'MUTE_PARTICIPANT', 'READ_CHANNEL'];
    assert.deepEqual(await facts('ann', question), { ...annAt, actions, hasRole: true });
    assert.deepEqual((await facts('ann')).actions, [], 'without a channel');
    await database.delete('UserRoles', { userId: 'ann' });
    assert.deepEqual(await facts('ann', question), annAt);
    await role('r-none', 'ann', []);
    assert.deepEqual(await facts('ann', question), { ...annAt, hasRole: true }, 'a role without actions');
    await database.delete('UserRoles', { userId: 'ann' });
  });

  test('bans from the community are found', async () => {
    const ban = { communityId: COMMUNITY, userId: 'ann' };
    const ends = async () => {
      const { banActive, banEnds } = await facts('ann', { channelId: 'open' });
      return [banActive, banEnds];
    };
    assert.deepEqual(await ends(), [null, null]);
    await database.insert('CommunityBan', { ...ban, active: 1, expiresAt: null });
    assert.deepEqual(await ends(), [true, null], 'for ever');
    assert.deepEqual((await facts('ann')).banActive, null, 'without a channel');
    await database.update('CommunityBan', { expiresAt: NOW + 60 }, ban);
    assert.deepEqual(await ends(), [true, NOW + 60]);
    await database.update('CommunityBan', { expiresAt: NOW - 60 }, ban);
    assert.deepEqual(await ends(), [true, NOW - 60], 'over');
    await database.update('CommunityBan', { active: 0 }, ban);
    assert.deepEqual(await ends(), [false, NOW - 60], 'lifted');
    await database.delete('CommunityBan');
    await database.insert('CommunityBan', { communityId: 'community-kraken', userId: 'ann', active: 1 });
    await database.insert('CommunityBan', { communityId: COMMUNITY, userId: 'ben', active: 1 });
    assert.deepEqual(await ends(), [null, null], "another community's, another's");
    await database.delete('CommunityBan');
  });

  test('timeouts in the community are found', async () => {
    const timeout = { communityId: COMMUNITY, userId: 'ann' };
    for (const expiresAt of [NOW + 60, NOW - 60, 0, 4_102_444_800]) {
      await database.insert('CommunityTimeout', { ...timeout, expiresAt });
      assert.deepEqual(await facts('ann', { channelId: 'open' }), { ...annAt, timeoutEnds: expiresAt });
    }
    assert.deepEqual(await facts('ann'), ann);
    await database.delete('CommunityTimeout', timeout);
    assert.deepEqual(await facts('ann', { channelId: 'open' }), annAt);
  });

  test("a revoked token and an identity that is a user's id are found", async () => {
    await database.insert('RevokedToken', { jti: 'jti-1', expiresAt: NOW + 60 });
    assert.deepEqual(await facts('ann', { tokenId: 'jti-1' }), { ...ann, tokenRevoked: true });
    assert.deepEqual(await facts('nobody', { tokenId: 'jti-1' }), { ...NOTHING, tokenRevoked: true });
    assert.deepEqual(await facts('ann', { tokenId: 'jti-2' }), ann);
    assert.deepEqual(await facts('ann', { identity: 'ben' }), { ...ann, identityIsUser: true });
    assert.deepEqual(await facts('ann', { identity: 'ann' }), { ...ann, identityIsUser: true }, "the caller's own id");
    assert.deepEqual(await facts('ann', { identity: 'Ann' }), ann);
  });

  test('a revoked session and a cut-off time are found', async () => {
    await database.insert('RevokedSession', { sid: 'sid-1', expiresAt: NOW + 60 });
    assert.deepEqual(await facts('ann', { sessionId: 'sid-1' }), { ...ann, sessionRevoked: true });
    assert.deepEqual(await facts('ann', { sessionId: 'sid-2', tokenId: 'sid-1' }), ann);
    assert.deepEqual(await facts('ann', { sessionId: null }), ann);
    await database.insert('UserTokenCutoff', { userId: 'ben', revokedUntil: NOW });
    assert.deepEqual(await facts('ann'), ann, 'the cut-off of another user');
    for (const revokedUntil of [NOW, 0, 4_102_444_800]) {
      await database.insert('UserTokenCutoff', { userId: 'ann', revokedUntil });
      assert.deepEqual(await facts('ann'), { ...ann, revokedUntil });
    }
    await database.delete('UserTokenCutoff');
    await database.delete('RevokedSession');
  });

  test('kicks of the user and of the requested identity, and a lock, are found', async () => {
    const question = { channelId: 'open', identity: 'guest' };
    const kick = (subject: string, until: number, channelId = 'open') =>
      database.insert('VoiceKick', { channelId, subject, until, byUserId: 'ben', createdAt: NOW });
    await kick('ben', NOW + 60);
    await kick('ann', NOW + 60, 'secret');
    await database.insert('VoiceLock', { channelId: 'secret', lockedAt: NOW, byUserId: 'ben' });
    assert.deepEqual(await facts('ann', question), annAt, 'a kick of another user, and of another channel');
    await kick('ann', NOW + 60);
    await kick('guest', NOW - 60);
    await database.insert('VoiceLock', { channelId: 'open', lockedAt: NOW - 1, byUserId: 'ben' });
    const kicked = { ...annAt, kickedUntil: NOW + 60, identityKickedUntil: NOW - 60, lockedAt: NOW - 1 };
    assert.deepEqual(await facts('ann', question), kicked);
    assert.deepEqual(await facts('ann', { channelId: 'open' }), { ...kicked, identityKickedUntil: null });
    assert.deepEqual(await facts('ann', { groupId: 'open', identity: 'guest' }), { ...ann, groupIsChannel: true });
    assert.deepEqual((await facts('nobody', question)).identityKickedUntil, NOW - 60, 'without a user');
    for (const table of ['VoiceKick', 'VoiceLock']) await database.delete(table);
    assert.deepEqual(await facts('ann', question), annAt);
  });

  test('the overwrites that apply to the user are found: for all, for their roles, for themselves', async () => {
    const question = { channelId: 'open' };
    const overwrite = (id: string, targetType: string, row: Row) =>
      database.insert('ChannelPermissionOverwrite', { id, channelId: 'open', targetType, ...row });
    await role('r-in', 'ann', ['READ_CHANNEL']);
    await role('r-instance', 'ann', [], { isInstanceRole: 1 });
    await role('r-elsewhere', 'ann', [], { communityId: 'community-kraken' });
    await role('r-bens', 'ben', []);
    const inRole = { ...annAt, actions: ['READ_CHANNEL'], hasRole: true };
    assert.deepEqual(await facts('ann', question), inRole);
    await overwrite('o-1', 'EVERYONE', { allow: '["SPEAK"]', deny: '["JOIN_CHANNEL","VIDEO"]' });
    await overwrite('o-2', 'ROLE', { roleId: 'r-in', deny: '["SPEAK"]' });
    await overwrite('o-3', 'MEMBER', { userId: 'ann', allow: '["JOIN_CHANNEL"]' });
    await overwrite('o-4', 'MEMBER', { userId: 'ben', allow: '["BAN_USER"]' });
    for (const roleId of ['r-instance', 'r-elsewhere', 'r-bens', 'r-nowhere']) {
      await overwrite(`o-${roleId}`, 'ROLE', { roleId, allow: '["BAN_USER"]' });
    }
    await overwrite('o-5', 'EVERYONE', { channelId: 'secret', deny: '["READ_CHANNEL"]' });
    const everyone = { targetType: 'EVERYONE', allow: ['SPEAK'], deny: ['JOIN_CHANNEL', 'VIDEO'] };
    const ofRole = { targetType: 'ROLE', allow: [], deny: ['SPEAK'] };
    const own = { targetType: 'MEMBER', allow: ['JOIN_CHANNEL'], deny: [] };
    assert.deepEqual(await facts('ann', question), { ...inRole, overwrites: [everyone, own, ofRole] });
    assert.deepEqual((await facts('nobody', question)).overwrites, [everyone], 'for every caller');
    assert.deepEqual((await facts('ann')).overwrites, [], 'without a channel');
    // A second row of one target may repeat or contradict the first: the rules combine them.
    await overwrite('o-6', 'EVERYONE', { allow: '["VIDEO"]', deny: '[]' });
    const { overwrites } = await facts('ann', question);
    assert.equal((overwrites as unknown[]).length, 4);
    await database.delete('ChannelPermissionOverwrite');
    await database.delete('UserRoles', { userId: 'ann' });
  });

  test('a group of direct messages and its members are found', async () => {
    await database.insert('DirectMessageGroupMember', { groupId: 'dm', userId: 'ann' });
    await database.insert('DirectMessageGroupMember', { groupId: 'dm-other', userId: 'ben' });
    assert.deepEqual(await facts('ann', { groupId: 'dm' }), { ...ann, groupId: 'dm' });
    assert.deepEqual(await facts('ann', { groupId: 'dm-other' }), ann);
    assert.deepEqual(await facts('ben', { groupId: 'dm' }), await facts('ben'));
    assert.deepEqual(await facts('nobody', { groupId: 'dm' }), NOTHING);
    await database.insert('DirectMessageGroupMember', { groupId: 'open', userId: 'ann' });
    assert.deepEqual(await facts('ann', { groupId: 'open' }), { ...ann, groupId: 'open', groupIsChannel: true });
    assert.deepEqual(await facts('ann', { groupId: 'secret' }), { ...ann, groupIsChannel: true });
    await database.delete('DirectMessageGroupMember', { groupId: 'open' });
  });

  test('ids with special characters are ids', async () => {
    for (const id of ODD_IDS) {
      const everywhere = { tokenId: id, channelId: id, groupId: id, identity: id };
      assert.deepEqual(await facts(id, everywhere), NOTHING, `nobody: ${id.slice(0, 20)}`);
      await database.insert('User', { id, username: id });
      await database.insert('Channel', { id, communityId: id, name: id });
      await database.insert('ChannelMembership', { userId: id, channelId: id });
      await database.insert('DirectMessageGroupMember', { groupId: id, userId: id });
      await database.insert('RevokedToken', { jti: id, expiresAt: 1 });
      const all = { ...NOTHING, userId: id, role: 'USER', banned: false, channelId: id, isPrivate: false };
      const found = {
        ...all,
        tokenRevoked: true,
        isMember: true,
        groupId: id,
        groupIsChannel: true,
        identityIsUser: true,
      };
      assert.deepEqual(await facts(id, everywhere), found, id.slice(0, 20));
      for (const table of ['User', 'Channel']) await database.delete(table, { id });
      await database.delete('ChannelMembership', { userId: id });
      await database.delete('DirectMessageGroupMember', { userId: id });
      await database.delete('RevokedToken', { jti: id });
    }
    assert.equal((await facts('ann')).userId, 'ann', 'nothing was dropped');
  });
}

/** A row with exactly the documented fields and types, with flags as booleans and actions sorted. */
function checked(row: FactsRow): Facts {
  assert.deepEqual(Object.keys(row).sort(), Object.keys(NOTHING).sort());
  const flag = (value: unknown) => {
    assert.ok([true, false, 1, 0].includes(value as boolean), `${value} is no flag`);
    return Boolean(value);
  };
  const orNull = (value: unknown, type: 'string' | 'number') => {
    if (value === null) return null;
    assert.equal(typeof value, type);
    if (type === 'number') assert.ok(Number.isSafeInteger(value), `${value} is not an integer`);
    return value;
  };
  const { userId, role, banned, tokenRevoked, channelId, isPrivate, isMember, groupId, identityIsUser } = row;
  assert.ok(Array.isArray(row.overwrites));
  const overwrites = row.overwrites.map((overwrite) => {
    assert.deepEqual(Object.keys(overwrite).sort(), ['allow', 'deny', 'targetType']);
    return { targetType: overwrite.targetType, allow: overwrite.allow, deny: overwrite.deny };
  });
  assert.ok(Array.isArray(row.actions));
  for (const action of row.actions) assert.equal(typeof action, 'string');
  assert.equal(new Set(row.actions).size, row.actions.length, 'an action once');
  return {
    userId: orNull(userId, 'string'),
    role: orNull(role, 'string'),
    banned: banned === null ? null : flag(banned),
    tokenRevoked: flag(tokenRevoked),
    sessionRevoked: flag(row.sessionRevoked),
    revokedUntil: orNull(row.revokedUntil, 'number'),
    channelId: orNull(channelId, 'string'),
    isPrivate: isPrivate === null ? null : flag(isPrivate),
    isMember: flag(isMember),
    groupId: orNull(groupId, 'string'),
    groupIsChannel: flag(row.groupIsChannel),
    actions: [...row.actions].sort(),
    hasRole: flag(row.hasRole),
    voiceByRole: flag(row.voiceByRole),
    overwrites: overwrites.sort((a, b) => `${a.targetType}`.localeCompare(`${b.targetType}`)),
    banActive: row.banActive === null ? null : flag(row.banActive),
    banEnds: orNull(row.banEnds, 'number'),
    timeoutEnds: orNull(row.timeoutEnds, 'number'),
    identityIsUser: flag(identityIsUser),
    kickedUntil: orNull(row.kickedUntil, 'number'),
    identityKickedUntil: orNull(row.identityKickedUntil, 'number'),
    lockedAt: orNull(row.lockedAt, 'number'),
  };
}

/** The facts in the demo data, read from the file. */
function demoFacts({ userId, channelId, groupId, identity }: FactsQuestion): Facts {
  const user = demoData.users.find(({ id }: { id: string }) => id === userId);
  const channel = demoData.channels.find(({ id }: { id: string }) => id === channelId);
  const here = (link: { userId: string; communityId: string }) =>
    user !== undefined && channel !== undefined && link.userId === user.id && link.communityId === channel.communityId;
  const actions = demoData.userRoles.filter(here).flatMap(({ role }: { role: string }) => actionsOf(role));
  const timeout = demoData.communityTimeouts.find(here);
  const group = demoData.directMessageGroups.find(({ id }: { id: string }) => id === groupId);
  return {
    ...NOTHING,
    userId: user?.id ?? null,
    role: user?.role ?? null,
    banned: user?.banned ?? null,
    channelId: channel?.id ?? null,
    isPrivate: channel?.isPrivate ?? null,
    isMember: demoData.channelMemberships.some(
      (link: { userId: string; channelId: string }) => link.userId === user?.id && link.channelId === channel?.id,
    ),
    groupIsChannel: demoData.channels.some(({ id }: { id: string }) => id === groupId),
    groupId: user !== undefined && group?.members.includes(userId) ? groupId : null,
    actions: [...new Set(actions)].sort(),
    hasRole: demoData.userRoles.some(here),
    timeoutEnds: timeout ? Date.parse(timeout.expiresAt) / 1000 : null,
    identityIsUser: demoData.users.some(({ id }: { id: string }) => id === identity),
  };
}

/** A default role's actions. */
function actionsOf(role: string): string[] {
  const found = defaultRoles().find(({ name }) => name === role);
  assert.ok(found, role);
  return found.actions;
}
