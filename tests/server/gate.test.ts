/** A kicked user or identity and a locked channel are 403 on every route that issues tokens, until the kick or lock ends. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertError, assertToken, FORBIDDEN, UNAVAILABLE } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader } from '../support/log-reader.ts';
import { people } from '../support/people.ts';
import { sourceClaims } from '../support/token-source.ts';
import { now } from '../support/user-token.ts';

const ROOM = 'channel-abc123';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
afterEach(async () => {
  for (const table of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) await endpoint.database.delete(table);
});
const { insert, newMember, grantRole } = people(() => endpoint);
const { logOf } = logReader(() => endpoint);

const kick = (subject: string, until: number, channelId = ROOM) =>
  insert('VoiceKick', { channelId, subject, until, byUserId: 'user-mod', createdAt: now() });
const lock = (channelId = ROOM) => insert('VoiceLock', { channelId, lockedAt: now(), byUserId: 'user-mod' });
const ask = (as: string, identity?: string, asking: Asking = {}) =>
  endpoint.token({ roomId: ROOM, identity }, { as, ...asking });
const askAsClient = (as: string, participant_identity?: string) =>
  endpoint.post('/token-source', { room_name: ROOM, participant_identity }, { as });
const refused = async (as: string, identity?: string) => {
  assertError(await ask(as, identity), FORBIDDEN, `${as} ${identity}`);
  assertError(await askAsClient(as, identity), FORBIDDEN, `${as} ${identity}`);
};
const admitted = async (as: string, identity?: string) => {
  assertToken(await ask(as, identity), `${as} ${identity}`);
  sourceClaims(await askAsClient(as, identity), `${as} ${identity}`);
};

/** The reason of a refusal in the log. */
async function reasonOf(as: string): Promise<unknown> {
  const settings = { LOG_LEVEL: 'debug' };
  const lines = await logOf(settings, () => ask(as, undefined, { settings }));
  return lines.find(({ message }) => message === 'Request refused')?.['reason'];
}

describe('a kick', () => {
  test('refuses the user in that channel only, until it ends', async () => {
    await kick('user-456', now() + 60);
    await refused('user-456');
    await admitted('user-789');
    assertToken(await endpoint.token({ roomId: 'channel-voice-123' }));
    assertToken(await endpoint.post('/dm-token', { roomId: 'dm-group-1' }), 'a group of direct messages');
    await kick('user-456', now() - 1);
    await admitted('user-456');
  });

  test('refuses the user with every identity', async () => {
    await kick('user-456', now() + 60);
    for (const identity of ['user-456', 'phone', 'another']) await refused('user-456', identity);
  });

  test('refuses the identity to every user, who may use another identity', async () => {
    await kick('phone', now() + 60);
    for (const as of ['user-456', 'user-789']) {
      await refused(as, 'phone');
      await admitted(as);
      await admitted(as, 'tablet');
    }
    const settings = { LIVEKIT_IDENTITY_POLICY: 'own' };
    assertToken(await ask('user-456', 'phone', { settings }), 'where the identity asked for is not used');
  });

  test('does not refuse an owner; the log has the reason', async () => {
    for (const subject of ['user-owner', 'user-456']) await kick(subject, now() + 60);
    await admitted('user-owner');
    assert.equal(await reasonOf('user-456'), 'kicked');
  });
});

describe('a lock', () => {
  test('refuses users who may not manage the channel; the log has the reason', async () => {
    await lock('channel-voice-123');
    await admitted('user-456');
    await lock();
    for (const as of ['user-456', 'user-789', await newMember()]) await refused(as);
    for (const as of ['user-mod', 'user-owner']) await admitted(as);
    assert.equal(await reasonOf('user-456'), 'locked');
    const user = await newMember();
    await grantRole(user, ['KICK_USER', 'MUTE_PARTICIPANT']);
    await refused(user);
    await grantRole(user, ['UPDATE_CHANNEL']);
    await admitted(user);
    await endpoint.database.delete('VoiceLock');
    await admitted('user-456');
  });

  test('has no effect on a group of direct messages', async () => {
    await lock('dm-group-1');
    assertToken(await endpoint.post('/dm-token', { roomId: 'dm-group-1' }));
  });
});

describe('an identity that is not the user’s id', () => {
  const held = (row: Record<string, string>) => endpoint.database.count('VoiceIdentity', row);

  test('is stored with its user before the token is returned, on every route', async () => {
    await admitted('user-456', 'phone');
    assert.equal(await held({ room: ROOM, identity: 'phone', userId: 'user-456' }), 1);
    await ask('user-789', 'phone');
    assert.equal(await held({ identity: 'phone' }), 2);
    await endpoint.post('/dm-token', { roomId: 'dm-group-1', identity: 'phone' });
    assert.equal(await held({ room: 'dm-group-1', identity: 'phone', userId: 'user-456' }), 1);
  });

  test('is not stored if the token has the user’s id, or no token was issued', async () => {
    await admitted('user-456');
    await admitted('user-456', 'user-456');
    await ask('user-456', 'phone', { settings: { LIVEKIT_IDENTITY_POLICY: 'own' } });
    await ask('user-456', 'user-789');
    await ask('user-stranger', 'phone');
    assert.equal(await held({}), 0);
  });

  test('without the tables of moderation every member gets a token, with any identity', async () => {
    for (const table of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) {
      await endpoint.sql(`ALTER TABLE "${table}" RENAME TO "Old${table}"`);
    }
    await admitted('user-456');
    await admitted('user-456', 'phone');
    for (const table of ['VoiceKick', 'VoiceLock', 'VoiceIdentity']) {
      await endpoint.sql(`ALTER TABLE "Old${table}" RENAME TO "${table}"`);
    }
    await kick('user-456', now() + 60);
    await refused('user-456');
  });

  test('an invalid table is 503, and no token is issued', async () => {
    await endpoint.sql('ALTER TABLE "VoiceKick" RENAME COLUMN until TO later');
    assertError(await ask('user-456'), UNAVAILABLE);
    await endpoint.sql('ALTER TABLE "VoiceKick" RENAME COLUMN later TO until');
    await admitted('user-456');
  });
});

describe('a store that cannot store an identity', () => {
  let broken: Endpoint;
  before(async () => {
    broken = await startEndpoint({ entry: supportScript('store-worker.ts'), migrate: false, demo: false });
  });
  after(() => broken.stop());

  test('is 503, and no token is issued', async () => {
    const body = { roomId: ROOM, identity: 'phone' };
    for (const moderation of ['never', 'with an exception', 'with a rejection', 'with a rejection of nothing']) {
      assertError(await broken.token(body, { fault: { moderation } }), UNAVAILABLE, moderation);
      assertToken(await broken.token({ roomId: ROOM }, { fault: { moderation } }), 'under the user’s id');
    }
    assertToken(await broken.token(body, { fault: { moderation: 'rightly' } }));
    assertToken(await broken.token(body, { fault: {} }), 'of a store that has no moderation');
    assert.doesNotMatch(broken.log.join('\n'), /hunter2/);
  });

  test('a kick or lock of a wrong type is 503', async () => {
    for (const name of ['kickedUntil', 'identityKickedUntil', 'lockedAt']) {
      for (const value of ['5', -1, 1.5, true, {}, []]) {
        assertError(await broken.token({ roomId: ROOM }, { fault: { row: { [name]: value } } }), UNAVAILABLE, name);
      }
      assertToken(await broken.token({ roomId: ROOM }, { fault: { row: { [name]: null } } }));
    }
  });
});
