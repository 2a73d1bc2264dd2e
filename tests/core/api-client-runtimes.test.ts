/** Clients of LiveKit's API on workerd and Deno: their fetch, streams and timers. Node runs the other tests. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TokenVerifier } from 'livekit-edge';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { deno } from '../runtime/programs.ts';
import { type Behaviour, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { MISBEHAVIOURS } from '../server-parts/misbehaviours.ts';
import { onDeno, onWorkerd } from '../server-parts/on-runtimes.ts';
import { startLivekit } from '../support/livekit.mjs';

const SCRIPT = fileURLToPath(new URL('api-client-script.ts', import.meta.url));
const HANGS: readonly Behaviour[] = [
  () => {},
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  },
];

async function check(url: string) {
  const livekit = await startFakeLivekit('/sfu');
  const call = async (what: 'create' | 'list' | 'delete', timeout = 10) =>
    (await fetch(`${url}?call=${what}&timeout=${timeout}&livekit=${encodeURIComponent(livekit.url)}`)).text();
  try {
    assert.equal(await call('create'), 'lobby');
    const token = livekit.calls[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
    const { video } = new TokenVerifier('devkey', 'a secret of thirty-two bytes or more').verifySync(token);
    assert.deepEqual(video, { roomCreate: true });
    for (const { name, behave, reason } of MISBEHAVIOURS) {
      livekit.behaviours.set('CreateRoom', behave);
      const [status, code, why] = (await call('create')).split(' ');
      assert.equal(why, reason, name);
      assert.equal(code === 'livekit_unavailable', reason === 'livekit_unreachable', name);
      assert.ok(Number(status) >= 400, name);
    }
    for (const behave of HANGS) {
      livekit.behaviours.set('CreateRoom', behave);
      assert.equal(await call('create', 0.2), '504 livekit_timeout undefined');
    }
    livekit.behaviours.clear();
    assert.equal(await call('create'), 'lobby');
  } finally {
    await livekit.stop();
  }
}

/** The same with LiveKit's own server, if this machine has it. */
async function checkServer(url: string, t: TestContext) {
  const { skip } = await livekitServer();
  if (skip !== undefined) return t.diagnostic(skip);
  const secret = 'a secret of thirty-two bytes or more';
  const livekit = await startLivekit({ keys: { devkey: secret } });
  const call = async (what: string) =>
    (await fetch(`${url}?call=${what}&livekit=${encodeURIComponent(livekit.url)}`)).text();
  try {
    const outcomes = [];
    for (const what of ['create', 'list', 'delete', 'list', 'delete']) outcomes.push(await call(what));
    assert.deepEqual(outcomes, ['lobby', 'lobby', 'undefined', '', '404 not_found livekit_refused']);
  } finally {
    await livekit.stop();
  }
}

const checkBoth = (t: TestContext) => async (url: string) => {
  await check(url);
  await checkServer(url, t);
};

describe('concurrently', { concurrency: true }, () => {
  test('workerd', (t) => onWorkerd(SCRIPT, checkBoth(t)));

  test('Deno, with permission for that one address and for the variable that protobuf reads', async (t) => {
    const { path, skip } = deno();
    if (path === undefined) return t.skip(skip);
    await onDeno(path, ['--allow-env=BUF_BIGINT_DISABLE'], SCRIPT, checkBoth(t));
  });
});
