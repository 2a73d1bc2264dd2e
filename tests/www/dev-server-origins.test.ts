// Pages of other sites and the dev server, on every runtime: they get no token, no demo data and no stream.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { demoData, demoSettings } from '../../scripts/demo-data.mjs';
import { openStream } from '../support/event-stream.ts';
import { userToken } from '../support/user-token.ts';
import { event, participant, signatureOf } from '../support/webhooks.ts';
import { onEachRuntime } from './support/dev-servers.ts';

const BODY = '{"roomId":"channel-private-1"}';
/** More than the streams of one user, of which each request takes one a channel. */
const HEADS = 10;

/** Resolves with the status of a request with a `Host` that fetch would not send. */
function statusFor(url: string, method: string, path: string, headers: Record<string, string>, body = '') {
  return new Promise<number | undefined>((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers });
    sent.on('error', reject).on('response', (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    sent.end(body);
  });
}

onEachRuntime(demoSettings, (url) => {
  const asOwner = { Authorization: `Bearer ${userToken('user-owner')}`, 'Content-Type': 'application/json' };
  test('a name of another site gets no token, but a webhook may arrive by any name', async () => {
    const ask = (Host: string, path = '/token') =>
      statusFor(url(), 'POST', `/api/livekit${path}`, { ...asOwner, Host }, BODY);
    assert.equal(await ask(new URL(url()).host), 201);
    assert.equal(await ask('evil.example:8787'), 403);
    assert.equal(await ask('evil.example:8787', '/channels/channel-private-1/lock'), 403);
    assert.equal(await ask('tunnel.example', '/webhook'), 401);
  });

  test('a page of another site reads no demo data and holds no stream', async () => {
    for (const path of ['/demo/choices', '/demo/livekit', '/demo/presence']) {
      for (const [site, status] of [
        ['cross-site', 403],
        ['same-site', 403],
        ['same-origin', 200],
      ] as const) {
        assert.equal(await statusFor(url(), 'GET', path, { 'Sec-Fetch-Site': site }), status, `${path} ${site}`);
      }
    }
  });

  test('HEAD of the stream of presence takes no stream', async () => {
    for (let sent = 0; sent < HEADS; sent++) {
      assert.equal(await statusFor(url(), 'HEAD', '/demo/presence', asOwner), 200);
    }
    const path = '/api/livekit/channels/channel-abc123/voice-presence/events';
    assert.equal(await statusFor(url(), 'GET', path, asOwner), 200);
  });

  test('a participant whose name has line separators is shown', async () => {
    const body = event('participant_joined', 'channel-abc123', {
      participant: { ...participant('guest'), name: 'a\u2028b\u2029c' },
    });
    const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
    assert.equal((await fetch(`${url()}/api/livekit/webhook`, { method: 'POST', headers, body })).status, 200);
    const stream = await openStream(`${url()}/demo/presence`, asOwner);
    stream.read();
    const shown = new Set<string>();
    for (const _ of demoData.channels) shown.add((await stream.next()).data.channelId);
    assert.ok(shown.has('channel-abc123'));
    await stream.close();
  });
});
