/** createSync during failures of LiveKit or the database, and with concurrent calls: a failure changes no participant, and many calls are two runs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Store } from 'livekit-edge/server';
import { FULL, LISTENER, startSyncedRooms } from '../support/synced-rooms.ts';
import { CHANNEL, result, withSync } from '../support/syncing.ts';
import { json } from './fake-livekit.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';

const on = withSync();
const NOT_LISTED = result({ failed: 1, isComplete: false });
const failed = (count: number) => result({ rooms: 1, failed: count, isComplete: false });
const ROLE = { LIVEKIT_GRANTS: 'role' };

/** A participant to be removed, and one to be updated. */
async function twoToChange() {
  on.fake.join(CHANNEL, 'user-stranger');
  on.fake.join(CHANNEL, 'user-456', LISTENER);
}

const changes = () => [...on.fake.calls('UpdateParticipant'), ...on.fake.calls('RemoveParticipant')];

describe('LiveKit', () => {
  test('that does not list a room: no participant is changed', async () => {
    await twoToChange();
    // An empty object is a room without participants.
    for (const { name, behave } of MISBEHAVIOURS.filter(({ name }) => name !== '200 with {}')) {
      on.fake.livekit.behaviours.set('ListParticipants', behave);
      assert.deepEqual(await on.syncing()({ room: CHANNEL }), NOT_LISTED, name);
    }
    assert.deepEqual(changes(), []);
    on.fake.behave();
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 2, updated: 1, removed: 1 }));
  });

  test('whose list is too large, because participants have much metadata: a user is still synced', async () => {
    const { behave } = MISBEHAVIOURS.find(({ name }) => name === '200 with 17 MB') ?? assert.fail();
    on.fake.livekit.behaviours.set('ListParticipants', behave);
    for (const identity of ['user-banned', 'alias', 'user-456']) on.fake.join(CHANNEL, identity, LISTENER);
    await on.present(CHANNEL, 'user-banned');
    for (const identity of ['alias', 'gone']) await on.holds(CHANNEL, identity, 'user-banned');
    assert.deepEqual(await on.syncing()({ user: 'user-banned' }), result({ rooms: 1, checked: 2, removed: 2 }));
    assert.deepEqual([...(on.fake.rooms.get(CHANNEL)?.keys() ?? [])], ['user-456']);
    on.fake.join(CHANNEL, 'user-banned');
    for (const answer of [{}, { sid: 'PA_1', identity: 'another' }, { sid: 7, identity: 'user-banned' }]) {
      on.fake.livekit.behaviours.set('GetParticipant', (response) => json(response, 200, answer));
      assert.deepEqual(await on.syncing()({ user: 'user-banned' }), NOT_LISTED, JSON.stringify(answer));
    }
    assert.equal(on.fake.calls('RemoveParticipant').length, 2);
  });

  test('that lists garbage: it changes no participant, and the others are synced', async () => {
    const garbage: unknown[] = [
      null,
      7,
      'x',
      [],
      {},
      { ...FULL, can_publish: 'yes' },
      { ...FULL, can_publish_sources: 1 },
    ];
    for (const [at, permission] of garbage.entries()) on.fake.join(CHANNEL, `user-of-garbage-${at}`, permission);
    for (const kind of [true, {}, []]) on.fake.join(CHANNEL, `user of kind ${typeof kind}`, FULL, { kind });
    on.fake.join(CHANNEL, 'user-456', LISTENER);
    const users = [...(on.fake.rooms.get(CHANNEL)?.keys() ?? [])].filter((identity) => identity.includes('garbage'));
    for (const id of users) {
      await on.database.insert('User', { id, username: id });
      await on.database.insert('UserRoles', {
        id: `link-${id}`,
        userId: id,
        communityId: 'community-kraken',
        roleId: 'role-member',
        isInstanceRole: 0,
      });
    }
    const { failed: notSynced, updated, removed, isComplete } = await on.syncing()({ room: CHANNEL });
    // `{}` is a permission in which everything is false, because proto3 JSON leaves out defaults.
    assert.deepEqual(
      { notSynced, updated, removed, isComplete },
      { notSynced: 8, updated: 2, removed: 0, isComplete: false },
    );
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), FULL);
    assert.equal(on.fake.permission(CHANNEL, 'user-of-garbage-1'), 7);
  });

  test('that does not list participants: no participant is changed', async () => {
    await twoToChange();
    for (const participants of [
      null,
      7,
      {},
      [null],
      [{}],
      [{ identity: 'user-456' }],
      [{ sid: 'PA_1', identity: '' }],
    ]) {
      on.fake.livekit.behaviours.set('ListParticipants', (response) => json(response, 200, { participants }));
      assert.deepEqual(await on.syncing()({ room: CHANNEL }), NOT_LISTED, JSON.stringify(participants));
    }
    assert.deepEqual(changes(), []);
  });

  test('that does not update a participant: the sync is not complete, and the others are changed', async () => {
    for (const { name, behave } of MISBEHAVIOURS.filter(({ name }) => !name.includes('MB') && name !== '200 with {}')) {
      on.fake.reset();
      await twoToChange();
      on.fake.livekit.behaviours.set('UpdateParticipant', behave);
      const expected = result({ rooms: 1, checked: 1, removed: 1, failed: 1, isComplete: false });
      assert.deepEqual(await on.syncing()({ room: CHANNEL }), expected, name);
    }
    on.fake.reset();
    await twoToChange();
    on.fake.livekit.behaviours.set('RemoveParticipant', (response) => json(response, 500, { code: 'internal' }));
    const expected = result({ rooms: 1, checked: 1, updated: 1, failed: 1, isComplete: false });
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), expected);
  });

  test('that answers about another participant: the sync is not complete', async () => {
    on.fake.join(CHANNEL, 'user-456', LISTENER);
    on.fake.livekit.behaviours.set('UpdateParticipant', (response) => json(response, 200, { identity: 'user-789' }));
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), failed(1));
  });

  test('from which a participant has left meanwhile: nothing is changed', async () => {
    await twoToChange();
    for (const method of ['UpdateParticipant', 'RemoveParticipant']) {
      on.fake.livekit.behaviours.set(method, (response) => json(response, 404, { code: 'not_found' }));
    }
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), result({ rooms: 1, checked: 2 }));
  });

  test('that takes more than ten seconds: the sync ends and is not complete', async () => {
    await twoToChange();
    on.fake.livekit.behaviours.set('UpdateParticipant', () => {});
    const expected = result({ rooms: 1, checked: 1, removed: 1, failed: 1, isComplete: false });
    assert.deepEqual(await on.syncing()({ room: CHANNEL }), expected);
    assert.ok(on.log.some((line) => JSON.parse(line)['code'] === 'livekit_timeout'));
  });

  test('that is down: the rooms of a user count as failed, each separately', async () => {
    const other = await startSyncedRooms();
    await other.stop();
    for (const room of [CHANNEL, 'channel-voice-123']) await on.present(room, 'user-456');
    const down = on.syncing({ settings: { LIVEKIT_URL: other.livekit.url } });
    assert.deepEqual(await down({ user: 'user-456' }), result({ failed: 2, isComplete: false }));
    const servers = (['up', 'down'] as const).map((name) => ({
      name,
      url: name === 'up' ? on.fake.livekit.url : other.livekit.url,
      keys: 'devkey: secret',
    }));
    on.fake.join(CHANNEL, 'user-456', LISTENER);
    const both = on.syncing({ servers, chooseServer: (room) => (room === CHANNEL ? 'up' : 'down') });
    const expected = result({ rooms: 1, checked: 1, updated: 1, failed: 1, isComplete: false });
    assert.deepEqual(await both({ user: 'user-456' }), expected);
  });
});

describe('the database', () => {
  const rejecting = (change: Partial<Store>): Store => ({ ...on.store, ...change });
  const down = () => Promise.reject(new Error('password=hunter2'));

  test('that does not say what a room is, or which rooms a user is in, rejects the call', async () => {
    for (const store of [
      rejecting({ roomKind: down, roomsOfUser: down }),
      rejecting({ roomKind: () => new Promise(() => {}), roomsOfUser: () => new Promise(() => {}) }),
      rejecting({ roomKind: async () => 'club' as 'group', roomsOfUser: async () => [{ room: 1, identity: 'a' }] }),
      rejecting({ roomKind: async () => undefined as unknown as null, roomsOfUser: async () => 7 as unknown as [] }),
      { facts: on.store.facts },
    ]) {
      const sync = on.syncing({ store });
      for (const target of [{ room: CHANNEL }, { user: 'user-456' }] as const) {
        await assert.rejects(sync(target), { code: 'store_unavailable', status: 503 });
      }
    }
    assert.deepEqual(on.fake.livekit.calls, []);
    assert.doesNotMatch(on.log.join('\n'), /hunter2/);
  });

  test('that goes down during a sync: no participant is removed or updated', async () => {
    await twoToChange();
    on.fake.join(CHANNEL, 'guest');
    for (const change of [
      { facts: down },
      { facts: () => new Promise<never>(() => {}) },
      { facts: async () => ({}) as never },
      { facts: async () => null as never },
      { facts: async (question) => ({ ...(await on.store.facts(question)), banActive: 'no flag' }) },
      { facts: async (question) => ({ ...(await on.store.facts(question)), channelId: null, isPrivate: null }) },
    ] satisfies Partial<Store>[]) {
      assert.deepEqual(await on.syncing({ store: rejecting(change) })({ room: CHANNEL }), failed(3), `${change.facts}`);
    }
    assert.deepEqual(changes(), []);
    const { failed: notSynced } = await on.syncing({ store: rejecting({ holders: down }) })({ room: CHANNEL });
    assert.equal(notSynced, 1, 'the participant whose holders are unknown');
    assert.notEqual(on.fake.permission(CHANNEL, 'guest'), undefined);
  });

  test('that goes down for one room of a user: the other room is synced', async () => {
    for (const room of [CHANNEL, 'channel-voice-123']) {
      await on.present(room, 'user-456');
      on.fake.join(room, 'user-456', LISTENER);
    }
    const store = rejecting({ roomKind: async (room) => (room === CHANNEL ? down() : on.store.roomKind(room)) });
    const expected = result({ rooms: 1, checked: 1, updated: 1, failed: 1, isComplete: false });
    assert.deepEqual(await on.syncing({ store })({ user: 'user-456' }), expected);
  });

  test('without the table of holders: participants with other identities are not changed', async () => {
    on.fake.join(CHANNEL, 'guest', LISTENER);
    const { facts, roomKind } = on.store;
    assert.deepEqual(
      await on.syncing({ store: { facts, roomKind } })({ room: CHANNEL }),
      result({ rooms: 1, checked: 1, unknown: 1 }),
    );
  });
});

describe('concurrent calls', () => {
  /** Delays the responses to the first listing, and signals its arrival. */
  function holdFirstList() {
    const held = Promise.withResolvers<() => void>();
    const { behaviours } = on.fake.livekit;
    const list = behaviours.get('ListParticipants');
    behaviours.set('ListParticipants', (response, request) => {
      if (list !== undefined) behaviours.set('ListParticipants', list);
      held.resolve(() => list?.(response, request));
    });
    return held.promise;
  }

  test('a thousand calls about a room are at most two runs', async () => {
    await twoToChange();
    const sync = on.syncing();
    const results = await Promise.all(Array.from({ length: 1000 }, () => sync({ room: CHANNEL })));
    assert.equal(on.fake.calls('ListParticipants').length, 2);
    assert.equal(changes().length, 2);
    for (const { isComplete, checked } of results.slice(1)) assert.deepEqual([isComplete, checked], [true, 1]);
  });

  test('a call during a run waits for the next, which sees the change that the call is about', async () => {
    on.fake.join(CHANNEL, 'user-456');
    const sync = on.syncing({ settings: ROLE });
    const holding = holdFirstList();
    const first = sync({ room: CHANNEL });
    const release = await holding;
    await on.deny('SPEAK');
    const later = Array.from({ length: 100 }, () => sync({ room: CHANNEL }));
    release();
    await first;
    await Promise.all(later);
    const sources = ['CAMERA', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'];
    assert.deepEqual(on.fake.permission(CHANNEL, 'user-456'), { ...FULL, can_publish_sources: sources });
    assert.equal(on.fake.calls('ListParticipants').length, 2);
  });

  test('calls about many users in one room share a run, and each counts its own user', async () => {
    const users = Array.from({ length: 50 }, (_, at) => `user-of-many-${at}`);
    for (const id of users) {
      await on.database.insert('User', { id, username: id });
      await on.present(CHANNEL, id);
      on.fake.join(CHANNEL, id);
    }
    on.fake.join(CHANNEL, 'user-stranger');
    const sync = on.syncing();
    const results = await Promise.all(users.map((user) => sync({ user })));
    for (const counts of results) assert.deepEqual(counts, result({ rooms: 1, checked: 1, removed: 1 }));
    assert.equal(on.fake.calls('ListParticipants').length, 2);
    assert.deepEqual([...(on.fake.rooms.get(CHANNEL)?.keys() ?? [])], ['user-stranger']);
  });

  test('a run that fails rejects the calls that share it, and not the next', async () => {
    let isDown = true;
    const roomKind: Store['roomKind'] = async (room) => {
      if (isDown) throw new Error('down');
      return on.store.roomKind(room);
    };
    const sync = on.syncing({ store: { ...on.store, roomKind } });
    const calls = Array.from({ length: 100 }, () => sync({ room: CHANNEL }));
    for (const call of await Promise.allSettled(calls)) assert.equal(call.status, 'rejected');
    isDown = false;
    assert.deepEqual(await sync({ room: CHANNEL }), result({ rooms: 1 }));
  });

  test('calls about different rooms do not wait for each other', async () => {
    on.fake.join('channel-voice-123', 'user-456', LISTENER);
    const sync = on.syncing();
    const holding = holdFirstList();
    const first = sync({ room: CHANNEL });
    const release = await holding;
    assert.deepEqual(await sync({ room: 'channel-voice-123' }), result({ rooms: 1, checked: 1, updated: 1 }));
    release();
    assert.deepEqual(await first, result({ rooms: 1 }));
  });
});
