/** RoomService on workerd and Deno: their fetch, streams and timers. Node runs the other tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deno } from '../runtime/programs.ts';
import { type Behaviour, MICROPHONE, startFakeLivekit } from './fake-livekit.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';
import { onDeno, onWorkerd } from './on-runtimes.ts';

const SCRIPT = fileURLToPath(new URL('room-service-script.ts', import.meta.url));
const HANGS: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{');
};

async function check(url: string) {
  const livekit = await startFakeLivekit('/sfu');
  const act = async (what: 'mute' | 'remove', behave?: Behaviour) => {
    const method = what === 'mute' ? 'GetParticipant' : 'RemoveParticipant';
    livekit.behaviours.delete(method);
    if (behave !== undefined) livekit.behaviours.set(method, behave);
    return (await fetch(`${url}?${what}&livekit=${encodeURIComponent(livekit.url)}`)).text();
  };
  try {
    assert.equal(await act('mute'), '404 participant_not_found undefined');
    livekit.participants.set('alice', { identity: 'alice', tracks: [MICROPHONE] });
    assert.equal(await act('mute'), 'done');
    assert.ok(livekit.calls.every(({ headers }) => headers.authorization === 'Bearer a.b.c'));
    for (const { name, behave, reason } of MISBEHAVIOURS) {
      assert.equal(await act('remove', behave), `502 livekit_unavailable ${reason}`, name);
    }
    const late = '504 livekit_timeout undefined';
    assert.deepEqual(await Promise.all([act('mute', HANGS), act('remove', () => {})]), [late, late]);
    for (const what of ['mute', 'remove'] as const) assert.equal(await act(what), 'done');
  } finally {
    await livekit.stop();
  }
}

// Each waits for the timeout.
describe('at the same time', { concurrency: true }, () => {
  test('workerd', () => onWorkerd(SCRIPT, check));

  test('Deno, with permission for that one address', async (t) => {
    const { path, skip } = deno();
    return path === undefined ? t.skip(skip) : onDeno(path, [], SCRIPT, check);
  });
});
