/** RoomService.updatePermission: the call to LiveKit, and its results. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOf } from '../support/livekit-token.ts';
import { json } from './fake-livekit.ts';
import { assertRejects, MISBEHAVIOURS, NOT_FOUND, TIMEOUT } from './misbehaviours.ts';
import { ALICE, SECRET, withRoomService } from './with-room-service.ts';

const on = withRoomService();
const ROOM = 'lobby';
const PERMISSION = { can_publish: false, can_subscribe: true };
const NOT_UPDATED = 'Failed to update participant';
const SECRETS = [SECRET, 'eyJ', 'upstream', '127.0.0.1'];
const update = (identity = ALICE, room = ROOM) => on.rooms.updatePermission(room, identity, PERMISSION);

test('LiveKit is called with a token for that room only, and with the whole permission', async () => {
  on.livekit.behaviours.set('UpdateParticipant', (response) => json(response, 200, { identity: ALICE }));
  await update();
  const [call, ...others] = on.livekit.calls;
  assert.deepEqual(others, []);
  assert.equal(call?.path, '/twirp/livekit.RoomService/UpdateParticipant');
  assert.deepEqual(call?.body, { room: ROOM, identity: ALICE, permission: PERMISSION });
  const { video } = claimsOf(call?.headers.authorization?.replace('Bearer ', '') ?? '');
  assert.deepEqual(video, { room: ROOM, roomAdmin: true });
});

test('unusual names reach LiveKit unchanged', async () => {
  for (const name of ['a/../b?c#d%2f', '"雪\\ +&=', '__proto__', 'x'.repeat(256)]) {
    on.livekit.behaviours.set('UpdateParticipant', (response) => json(response, 200, { identity: name }));
    await update(name, name);
    assert.deepEqual(on.livekit.calls.at(-1)?.body, { room: name, identity: name, permission: PERMISSION });
  }
});

test('a participant who is not in the room is 404', async () => {
  await assertRejects(update('nobody'), NOT_FOUND, SECRETS);
});

for (const { name, behave, reason } of MISBEHAVIOURS) {
  test(`a server that responds otherwise is 502: ${name}`, async () => {
    on.livekit.behaviours.set('UpdateParticipant', behave);
    await assertRejects(update(), { text: NOT_UPDATED, reason }, SECRETS);
  });
}

test('a response about another participant is 502', async () => {
  for (const answer of [{}, { identity: 'bob' }, { identity: null }, { participant: { identity: ALICE } }]) {
    on.livekit.behaviours.set('UpdateParticipant', (response) => json(response, 200, answer));
    await assertRejects(update(), { text: NOT_UPDATED, reason: 'livekit_garbage' }, SECRETS);
  }
});

test('a server that does not respond for ten seconds is 504', async () => {
  on.livekit.behaviours.set('UpdateParticipant', () => {});
  await assertRejects(update(), TIMEOUT, SECRETS);
});
