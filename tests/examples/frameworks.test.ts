// The endpoint in the servers of frameworks: each example is installed, built and started as in its README.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { node24, root } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';
import { moved, RECEIVED, signatureOf } from '../support/webhooks.ts';
import { openWorkshop, RECIPES } from './frameworks.ts';
import { HOSTILE } from './hostile.ts';
import { nestCases } from './nestjs-cases.ts';
import { checkRanges } from './ranges.ts';
import { type Serving, serve } from './serving.ts';

const SECONDS = 180;
const MAX_LINES = 20;
const ORIGIN = 'https://app.example.com';
const CHANNEL = 'channel-abc123';
const ASK = JSON.stringify({ roomId: CHANNEL, ttl: 600 });
const { PATH = '', HOME = '' } = process.env;
const environment = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', CI: 'true' };

const bearer = (user: string) => ({ Authorization: `Bearer ${userToken(user)}` });

const opened = await openWorkshop();
const [workshop, skip] = typeof opened === 'string' ? [undefined, opened] : [opened, false];
after(() => workshop?.remove());

for (const [name, { mounts, build, start, echoes, opensLate }] of Object.entries(RECIPES)) {
  test(`examples/${name}: the file that mounts the endpoint has fewer than ${MAX_LINES} lines of code`, () => {
    const lines = readFileSync(join(root, 'examples', name, mounts), 'utf8').split('\n');
    const code = lines.filter((line) => line.trim() !== '' && !/^\s*\/[/*]/.test(line));
    assert.ok(code.length < MAX_LINES, `${code.length} lines`);
  });

  test(`examples/${name}: its package.json allows the installed versions`, () => checkRanges(name));

  describe(`examples/${name}`, { skip }, () => {
    let serving: Serving | undefined;
    let url = '';
    const example = { folder: '', env: {}, database: '', url: '' };
    const serveWith = (env: Record<string, string>) => serve([node24(), ...start], example.folder, env);

    before(async () => {
      if (workshop === undefined) return;
      const folder = workshop.copy(name);
      const options = { cwd: folder, env: environment, seconds: SECONDS };
      if (build !== undefined) await mustRun(node24(), build, `${name} could not be built.`, options);
      const database = workshop.database(name);
      // A LiveKit server at the demo's address would be asked who is in a room.
      const LIVEKIT_INTERNAL_URL = 'http://127.0.0.1:1';
      const env = {
        ...environment,
        ...demoSettings,
        LIVEKIT_INTERNAL_URL,
        SQLITE_PATH: database,
        CORS_ORIGINS: ORIGIN,
      };
      Object.assign(example, { folder, env, database });
      serving = await serveWith(env);
      url = serving.url;
      example.url = url;
    });
    after(() => serving?.stop());

    const ask = (path: string, init?: RequestInit) => fetch(`${url}/api/livekit${path}`, init);
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });

    test('a member of the channel gets a token with the claims of the request', async () => {
      const response = await post('/token', ASK, bearer('user-456'));
      assert.equal(response.status, 201);
      const { token, identity, roomId, url, expiresAt } = await response.json();
      assert.deepEqual([identity, roomId, url], ['user-456', CHANNEL, demoSettings['LIVEKIT_URL']]);
      const claims = await new TokenVerifier('devkey', 'secret').verify(token);
      const full = { canPublish: true, canSubscribe: true, canPublishData: true };
      assert.deepEqual(claims.video, { room: CHANNEL, roomJoin: true, ...full });
      assert.deepEqual([claims.sub, claims.iss, claims.name], ['user-456', 'devkey', 'user-456']);
      assert.equal(new Date(expiresAt).getTime() / 1000, claims.exp);
    });

    test("an identity that is not another user's id is preserved", async () => {
      const body = JSON.stringify({ roomId: CHANNEL, identity: 'custom-identity', name: 'Alice' });
      const { token, identity } = await (await post('/token', body, bearer('user-456'))).json();
      const { sub, name } = await new TokenVerifier('devkey', 'secret').verify(token);
      assert.deepEqual([identity, sub, name], ['custom-identity', 'custom-identity', 'Alice']);
    });

    test('no user token, an invalid one, and one of a banned user are 401', async () => {
      for (const [headers, message] of [
        [{}, 'Unauthorized'],
        [{ Authorization: 'Bearer x.y.z' }, 'Unauthorized'],
        [bearer('user-banned'), 'Account has been banned'],
      ] as const) {
        const response = await post('/token', ASK, headers);
        assert.deepEqual([response.status, (await response.json()).message], [401, message]);
      }
    });

    test('a user without a role in the community is 403, and so is the identity of another user', async () => {
      for (const [user, body] of [
        ['user-stranger', ASK],
        ['user-456', JSON.stringify({ roomId: CHANNEL, identity: 'user-789' })],
      ] as const) {
        const response = await post('/token', body, bearer(user));
        assert.deepEqual([response.status, (await response.json()).message], [403, 'Forbidden resource']);
      }
    });

    test('a body that is not JSON or has invalid fields is 400', async () => {
      for (const body of ['{', '[]', '{"roomId":7}', '{}']) {
        assert.equal((await post('/token', body, bearer('user-456'))).status, 400, body);
      }
    });

    test('a webhook is verified over its bytes and changes presence', async () => {
      // Not as JSON.stringify would write it.
      const body = moved('joined', CHANNEL, 'user-789').replaceAll(':', ': ');
      const headers = { Authorization: await signatureOf(body) };
      for (const type of ['application/webhook+json', 'application/json']) {
        const forged = await post('/webhook', `${body} `, { ...headers, 'Content-Type': type });
        assert.equal(forged.status, 401, type);
        const response = await post('/webhook', body, { ...headers, 'Content-Type': type });
        assert.deepEqual([response.status, await response.text()], [200, RECEIVED], type);
      }
      const presence = await ask(`/channels/${CHANNEL}/voice-presence`, { headers: bearer('user-456') });
      const { participants } = await presence.json();
      assert.deepEqual(
        participants.map(({ identity }: { identity: string }) => identity),
        ['user-789'],
      );
    });

    test('a body of 2 MiB is 413, with and without Content-Length', async () => {
      const body = ' '.repeat(2 * 1024 * 1024);
      const headers = ['Content-Type: application/json', `Authorization: Bearer ${userToken('user-456')}`];
      for (const [framing, bytes] of [
        [`Content-Length: ${body.length}`, body],
        ['Transfer-Encoding: chunked', chunked(body)],
      ] as const) {
        const { status } = await sendRaw(url, 'POST /api/livekit/token', [...headers, framing], bytes);
        assert.equal(status, 413, framing);
      }
    });

    test('no hostile request is 500', async () => {
      const json = 'Content-Type: application/json';
      const token = `Authorization: Bearer ${userToken('user-456')}`;
      // Next.js itself responds 500 to TRACE, and to a path that cannot be decoded, in every route of this kind.
      const reachesUs = ([start]: (typeof HOSTILE)[number]) => name !== 'nextjs' || !/^TRACE| [^?]*%/.test(start);
      for (const [start, headers, body] of HOSTILE.filter(reachesUs)) {
        for (const authorization of [token, 'Authorization: Bearer \u00ff', 'Cookie: access_token=\u00e4']) {
          const lines = [json, authorization, `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
          const { status, text } = await sendRaw(url, start, lines, body);
          assert.ok(status < 500, `${start} ${headers} ${body.slice(0, 40)}: ${status} ${text}`);
        }
      }
      assert.equal((await post('/token', ASK, bearer('user-456'))).status, 201);
    });

    test('only a page of an allowed origin may send requests', async () => {
      const preflight = async (origin: string) => {
        const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
        const { status, headers: answered } = await ask('/token', { method: 'OPTIONS', headers });
        return [status, answered.get('access-control-allow-origin')];
      };
      assert.deepEqual(await preflight(ORIGIN), [204, ORIGIN]);
      assert.equal((await preflight('https://evil.example'))[1], null);
      const response = await post('/token', ASK, { ...bearer('user-456'), Origin: ORIGIN });
      assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [201, ORIGIN]);
    });

    test('other routes of the endpoint are below the same path, and unknown ones are 404', async () => {
      const health = await ask('/health', { headers: bearer('user-456') });
      assert.deepEqual([health.status, await health.json()], [200, { status: 'healthy', configured: true }]);
      for (const path of ['/health', '/connection-info']) {
        assert.equal((await ask(path)).status, 401, path);
        const banned = await ask(path, { headers: bearer('user-banned') });
        assert.deepEqual([banned.status, (await banned.json()).message], [401, 'Account has been banned']);
      }
      assert.equal((await ask('/nowhere')).status, 404);
    });

    test('a DELETE without a user token reaches the endpoint and is 401', async () => {
      const path = `/channels/${CHANNEL}/kick-participant?participantIdentity=guest`;
      // Without it SvelteKit takes the request for a form of another site.
      const headers = { 'Content-Type': 'application/json' };
      const response = await ask(path, { method: 'DELETE', headers });
      assert.deepEqual([response.status, await response.json()], [401, { statusCode: 401, message: 'Unauthorized' }]);
    });

    if (echoes) {
      test('the application parses the bodies of its own routes', async () => {
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(`${url}/echo`, { method: 'POST', headers, body: '{"a":1}' });
        assert.deepEqual(await response.json(), { a: 1 });
      });
    }
    if (opensLate) {
      test('a database that cannot be opened is opened by a later request', async () => {
        const path = workshop?.database(`${name}-locked`) ?? '';
        const lock = new DatabaseSync(path);
        lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
        const late = await serveWith({ ...example.env, SQLITE_PATH: path });
        const statusOf = async () =>
          (await fetch(`${late.url}/api/livekit/health`, { headers: bearer('user-456') })).status;
        try {
          assert.equal(await statusOf(), 500);
          lock.close();
          assert.equal(await statusOf(), 200);
        } finally {
          await late.stop();
        }
      });
    }
    if (name === 'nestjs') nestCases(example, serveWith);
  });
}
