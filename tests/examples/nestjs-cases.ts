/** The parts of the NestJS example that are its own, as in the specification's module. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { node24 } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { overwrite } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { moved, RECEIVED, signatureOf } from '../support/webhooks.ts';
import { framework } from './frameworks.ts';
import { type Serving, serve } from './serving.ts';

const SECONDS = 120;
const CHANNEL = 'channel-abc123';

/** The endpoint alone, by the line in docs/frameworks.md, as JavaScript. */
const ONE_LINE = `
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { createApp, nodeHandler } = require('livekit-edge/node');

class AppModule {}
Module({})(AppModule);
(async () => {
  const app = await NestFactory.create(AppModule, { rawBody: true });
  app.use('/api/livekit', nodeHandler(await createApp({ prefix: '/' })));
  await app.listen(process.env.PORT, process.env.HOST);
  console.log('Listening on', await app.getUrl());
})();
`;

/** The built example. */
interface Example {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly database: string;
  /** Where it is served with `env`. */
  readonly url: string;
}

/** Defines the tests. */
export function nestCases(example: Example, serveWith: (env: Record<string, string>) => Promise<Serving>): void {
  /** Sends a request to the example with other settings. */
  async function withSettings(env: Record<string, string>, work: (ask: typeof fetch) => Promise<void>): Promise<void> {
    const { url, stop } = await serveWith({ ...example.env, ...env });
    try {
      await work((path, init) => fetch(`${url}/api/livekit${path}`, init));
    } finally {
      await stop();
    }
  }

  const headersOf = (user: string) => ({
    Authorization: `Bearer ${userToken(user)}`,
    'Content-Type': 'application/json',
  });
  const body = JSON.stringify({ roomId: CHANNEL });

  test("the specification's six test cases pass in jest", async () => {
    const args = [framework('jest', 'bin', 'jest.js'), '--ci', '--json', '--runInBand'];
    const { PATH = '', HOME = '' } = process.env;
    const options = { cwd: example.folder, env: { PATH, HOME }, seconds: SECONDS };
    const { stdout } = await mustRun(node24(), args, 'jest failed.', options);
    const { numPassedTests, numTotalTests } = JSON.parse(stdout);
    assert.deepEqual([numPassedTests, numTotalTests], [6, 6]);
  });

  test("a token has the grants of the channel's overwrites", async () => {
    overwrite(example.database, 'user-mod', ['VIDEO', 'SCREEN_SHARE']);
    const asked = { method: 'POST', headers: headersOf('user-mod'), body };
    const response = await fetch(`${example.url}/api/livekit/token`, asked);
    const { video } = await new TokenVerifier('devkey', 'secret').verify((await response.json()).token);
    assert.deepEqual([video?.canPublish, video?.canPublishSources], [true, ['microphone']]);
  });

  test('a token has the identity and name that the policy allows, whatever was requested', () =>
    withSettings({ LIVEKIT_IDENTITY_POLICY: 'own' }, async (ask) => {
      const asked = JSON.stringify({ roomId: CHANNEL, identity: 'custom-identity', name: 'Mallory' });
      const response = await ask('/token', { method: 'POST', headers: headersOf('user-456'), body: asked });
      const { identity, token } = await response.json();
      assert.deepEqual([response.status, identity], [201, 'user-456']);
      const { sub, name } = await new TokenVerifier('devkey', 'secret').verify(token);
      assert.deepEqual([sub, name], ['user-456', 'Mallory']);
    }));

  test('one line mounts the endpoint, which issues a token and receives a webhook', async () => {
    writeFileSync(join(example.folder, 'one-line.js'), ONE_LINE);
    const { url, stop } = await serve([node24(), 'one-line.js'], example.folder, example.env);
    try {
      const token = await fetch(`${url}/api/livekit/token`, { method: 'POST', headers: headersOf('user-456'), body });
      assert.equal(token.status, 201);
      const event = moved('joined', CHANNEL, 'user-789');
      const headers = { 'Content-Type': 'application/json', Authorization: await signatureOf(event) };
      const webhook = await fetch(`${url}/api/livekit/webhook`, { method: 'POST', headers, body: event });
      assert.deepEqual([webhook.status, await webhook.text()], [200, RECEIVED]);
    } finally {
      await stop();
    }
  });

  test('its own routes have the rate limits of the endpoint', () =>
    withSettings({ RATE_LIMIT_PER_USER: '2' }, async (ask) => {
      const headers = headersOf('user-456');
      const answers = [];
      for (let count = 0; count < 3; count += 1) {
        const { status, headers: answered } = await ask('/token', { method: 'POST', headers, body });
        answers.push([status, answered.has('retry-after')]);
      }
      assert.deepEqual(answers, [
        [201, false],
        [201, false],
        [429, true],
      ]);
    }));

  test('requests without a valid user token are limited by address', () =>
    withSettings({ RATE_LIMIT_PER_ADDRESS: '2' }, async (ask) => {
      const headers = { ...headersOf('user-456'), Authorization: 'Bearer x.y.z' };
      const statuses = [];
      for (let count = 0; count < 3; count += 1) {
        statuses.push((await ask('/token', { method: 'POST', headers, body })).status);
      }
      assert.deepEqual(statuses, [401, 401, 429]);
    }));

  test('a timed-out user, who may only listen, cannot choose a name or identity', () =>
    withSettings({ LIVEKIT_GRANTS: 'role' }, async (ask) => {
      const chosen = JSON.stringify({ roomId: CHANNEL, identity: 'chosen', name: 'Chosen', ttl: 60 });
      const response = await ask('/token', { method: 'POST', headers: headersOf('user-timeout'), body: chosen });
      const { identity, token } = await response.json();
      assert.deepEqual([response.status, identity], [201, 'user-timeout']);
      const { sub, name, video } = await new TokenVerifier('devkey', 'secret').verify(token);
      assert.deepEqual([sub, name, video?.canPublish], ['user-timeout', 'user-timeout', false]);
    }));

  test('no token is valid for longer than LIVEKIT_MAX_TTL', () =>
    withSettings({ LIVEKIT_MAX_TTL: '60', LIVEKIT_TOKEN_TTL: '7200' }, async (ask) => {
      const response = await ask('/token', { method: 'POST', headers: headersOf('user-456'), body });
      const { exp = 0, nbf = 0 } = await new TokenVerifier('devkey', 'secret').verify((await response.json()).token);
      assert.ok(exp - nbf <= 60, `${exp - nbf} seconds`);
    }));

  test('without credentials a token is 500, and the health is unhealthy', () =>
    withSettings({ LIVEKIT_API_SECRET: '', LIVEKIT_URL: '' }, async (ask) => {
      const headers = headersOf('user-456');
      const response = await ask('/token', { method: 'POST', headers, body });
      const refused = [response.status, await response.json()];
      assert.deepEqual(refused, [500, { statusCode: 500, message: 'LiveKit credentials not configured' }]);
      const health = await ask('/health', { headers });
      assert.deepEqual([health.status, await health.json()], [200, { status: 'unhealthy', configured: false }]);
    }));
}
