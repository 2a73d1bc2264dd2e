/** Overwrites of a channel, revoked sessions and cut-off times: their effect on token requests. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  assertAnswer,
  assertError,
  assertToken,
  FORBIDDEN,
  REVOKED,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../support/answers.ts';
import type { Row } from '../support/database.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import { people } from '../support/people.ts';
import { platform } from '../support/platform.ts';
import { now, userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const MICROPHONE = 'microphone';
const CAMERA = 'camera';
const SCREEN = ['screen_share', 'screen_share_audio'];
const ROLE = { LIVEKIT_GRANTS: 'role' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
beforeEach(() => endpoint.database.delete('ChannelPermissionOverwrite'));
const { insert, newMember, newUser, grantRole } = people(() => endpoint);

let count = 0;

/** An overwrite in the channel; actions are separated by spaces. */
async function overwrite(targetType: string, { allow = '', deny = '', ...row }: Row): Promise<void> {
  count += 1;
  const list = (actions: unknown) => JSON.stringify(`${actions}`.split(' ').filter((action) => action !== ''));
  const lists = { allow: list(allow), deny: list(deny) };
  await insert('ChannelPermissionOverwrite', { id: `o-${count}`, channelId: ROOM, targetType, ...lists, ...row });
}

const ask = (as: string, asking: Asking = {}) => endpoint.token({ roomId: ROOM }, { as, ...asking });
/** The sources in a token's grant. */
const sourcesOf = async (as: string, asking?: Asking) =>
  ((await videoOf(as, asking)) as { canPublishSources?: string[] }).canPublishSources;
const videoOf = async (as: string, asking?: Asking) => claimsOf(assertToken(await ask(as, asking)).token).video;

describe('overwrites', () => {
  test('that deny joining are 403 on every route of the channel; those that allow it again are not', async () => {
    const ann = await newMember();
    await overwrite('EVERYONE', { deny: 'JOIN_CHANNEL' });
    assertError(await ask(ann), FORBIDDEN);
    const source = () => endpoint.post('/token-source', { room_name: ROOM }, { as: ann });
    assertError(await source(), FORBIDDEN);
    assertToken(await ask('user-owner'), 'an owner passes');
    await overwrite('ROLE', { roleId: 'role-member', allow: 'JOIN_CHANNEL' });
    assertToken(await ask(ann));
    assert.equal((await source()).status, 201);
    await overwrite('MEMBER', { userId: ann, deny: 'JOIN_CHANNEL' });
    assertError(await ask(ann), FORBIDDEN);
    assertToken(await ask(await newMember()), 'others');
  });

  test('row 70: decide which sources may be published, with each LIVEKIT_GRANTS', async () => {
    const ann = await newMember();
    assert.deepEqual(await videoOf(ann), fullGrant(ROOM));
    await overwrite('EVERYONE', { deny: 'SPEAK' });
    assert.deepEqual(await videoOf(ann), { ...fullGrant(ROOM), canPublishSources: [CAMERA, ...SCREEN] });
    assert.deepEqual(await sourcesOf(ann, { settings: ROLE }), [CAMERA, ...SCREEN]);
    await overwrite('ROLE', { roleId: 'role-member', deny: 'VIDEO SCREEN_SHARE' });
    assert.deepEqual(await videoOf(ann), { ...fullGrant(ROOM), canPublish: false });
    await overwrite('MEMBER', { userId: ann, allow: 'SPEAK' });
    assert.deepEqual(await videoOf(ann), { ...fullGrant(ROOM), canPublishSources: [MICROPHONE] });
    assert.deepEqual(await videoOf('user-owner'), fullGrant(ROOM));
  });

  test('that conflict: a later target wins, and in one target allow wins', async () => {
    const ann = await newUser();
    await grantRole(ann, ['JOIN_CHANNEL']);
    await grantRole(ann, ['READ_CHANNEL']);
    await overwrite('EVERYONE', { allow: 'JOIN_CHANNEL', deny: 'SPEAK' });
    await overwrite('MEMBER', { userId: ann, deny: 'JOIN_CHANNEL' });
    assertError(await ask(ann), FORBIDDEN);
    await overwrite('MEMBER', { userId: ann, allow: 'JOIN_CHANNEL' });
    assert.deepEqual(await sourcesOf(ann), [CAMERA, ...SCREEN]);
  });

  test('allow nothing to a user without a role in the community', async () => {
    const stranger = await newUser();
    await overwrite('EVERYONE', { allow: 'JOIN_CHANNEL READ_CHANNEL SPEAK' });
    await overwrite('MEMBER', { userId: stranger, allow: 'JOIN_CHANNEL' });
    assertError(await ask(stranger), FORBIDDEN);
    await grantRole(stranger, []);
    assertToken(await ask(stranger));
  });

  test('that deny READ_CHANNEL prevent joining and reading presence', async () => {
    const ann = await newMember();
    await overwrite('EVERYONE', { deny: 'READ_CHANNEL' });
    assertError(await ask(ann), FORBIDDEN);
    assertError(await endpoint.get(`/channels/${ROOM}/voice-presence`, { as: ann }), FORBIDDEN);
  });

  test('do not open a private channel or end a timeout', async () => {
    const ann = await newMember();
    await endpoint.database.update('Channel', { isPrivate: 1 }, { id: ROOM });
    await overwrite('MEMBER', { userId: ann, allow: 'JOIN_CHANNEL READ_CHANNEL' });
    assertError(await ask(ann), FORBIDDEN);
    await endpoint.database.update('Channel', { isPrivate: 0 }, { id: ROOM });
    assertToken(await ask(ann));
    await insert('CommunityTimeout', { communityId: 'community-kraken', userId: ann, expiresAt: now() + 60 });
    assertError(await ask(ann), FORBIDDEN);
    assert.equal((await videoOf(ann, { settings: ROLE })).canPublish, false);
  });

  const skip = platform === 'node-postgres' && 'the types of PostgreSQL hold no nonsense';
  test('that are invalid are 503, not ignored', { skip }, async () => {
    const ann = await newMember();
    await overwrite('EVERYONE', { deny: 'SPEAK' });
    const { sql } = endpoint;
    await sql('DROP INDEX "ChannelPermissionOverwrite_channelId_idx"');
    await sql('ALTER TABLE "ChannelPermissionOverwrite" RENAME TO "strict"');
    await sql('CREATE TABLE "ChannelPermissionOverwrite" AS SELECT * FROM "strict"');
    for (const column of ['allow', 'deny']) {
      for (const value of ["'SPEAK'", "''", 'NULL', "'{}'", '7', `'[1]'`, `'"SPEAK"'`, `'["SPEAK"'`, "x'00'"]) {
        await sql(`UPDATE "ChannelPermissionOverwrite" SET ${column} = ${value}`);
        assertError(await ask(ann), UNAVAILABLE, `${column} ${value}`);
        await sql(`UPDATE "ChannelPermissionOverwrite" SET ${column} = '[]'`);
        assertToken(await ask(ann));
      }
    }
    for (const value of ["'everyone'", "'GUEST'", 'NULL', '1', "''"]) {
      await sql(`UPDATE "ChannelPermissionOverwrite" SET targetType = ${value}`);
      assertError(await ask(ann), UNAVAILABLE, `targetType ${value}`);
    }
    await sql('DROP TABLE "ChannelPermissionOverwrite"');
    await sql('ALTER TABLE "strict" RENAME TO "ChannelPermissionOverwrite"');
  });
});

describe('revoked tokens', () => {
  const as = (user: string, changes: Record<string, unknown>): Asking => ({
    as: null,
    headers: { Authorization: `Bearer ${userToken(user, changes)}` },
  });
  const token = (user: string, changes: Record<string, unknown>) => endpoint.token({ roomId: ROOM }, as(user, changes));

  test('of a revoked session are refused', async () => {
    const ann = await newMember();
    await insert('RevokedSession', { sid: 'session-1', expiresAt: now() + 60 });
    assertError(await token(ann, { sid: 'session-1' }), REVOKED);
    assertError(await endpoint.get('/connection-info', as(ann, { sid: 'session-1' })), REVOKED);
    for (const sid of ['session-2', '', undefined, null]) assertToken(await token(ann, { sid }), `${sid}`);
    for (const sid of [1, {}, ['session-1'], 'session-1\0']) assertError(await token(ann, { sid }), UNAUTHORIZED);
  });

  test('of a user are refused if they were issued at the cut-off time or before, or without iat', async () => {
    const [ann, ben] = [await newMember(), await newMember()];
    const cutOff = now() - 30;
    await insert('UserTokenCutoff', { userId: ann, revokedUntil: cutOff });
    for (const iat of [cutOff, cutOff - 1, cutOff + 0.5, 0, -1, undefined, null, `${cutOff + 9}`, {}]) {
      assertError(await token(ann, { iat }), REVOKED, `${iat}`);
      assertToken(await token(ben, { iat }), `another's, ${iat}`);
    }
    assertToken(await token(ann, { iat: cutOff + 1 }));
    assertAnswer(await endpoint.get('/health', as(ann, { iat: now() })), 200, '{"status":"healthy","configured":true}');
    await endpoint.database.delete('UserTokenCutoff', { userId: ann });
    assertToken(await token(ann, { iat: 0 }));
  });
});
