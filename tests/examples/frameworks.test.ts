// The endpoint in other people's servers: each example is installed, built and started as its README says.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { node24 } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';
import { moved, RECEIVED, signatureOf } from '../support/webhooks.ts';
import { framework, openWorkshop, type Workshop } from './frameworks.ts';

const SECONDS = 180;
const ORIGIN = 'https://app.example.com';
const CHANNEL = 'channel-abc123';
const { PATH, HOME } = process.env;

/** How an example is built and started: arguments of Node. */
interface Recipe {
  /** The file that mounts the endpoint. */
  mounts: string;
  build?: string[];
  start: string[];
  /** Whether the application has a route of its own that parses JSON. */
  echoes?: true;
}

const RECIPES: Record<string, Recipe> = {
  express: { mounts: 'server.js', start: ['server.js'], echoes: true },
  fastify: { mounts: 'server.js', start: ['server.js'], echoes: true },
  hono: { mounts: 'server.js', start: ['server.js'], echoes: true },
  nestjs: { mounts: 'src/main.ts', build: [framework('typescript', 'bin', 'tsc')], start: ['dist/main.js'] },
  nextjs: {
    mounts: 'app/api/livekit/[...path]/route.ts',
    build: [framework('next', 'dist', 'bin', 'next'), 'build'],
    start: [framework('next', 'dist', 'bin', 'next'), 'start'],
  },
  sveltekit: {
    mounts: 'src/routes/api/livekit/[...path]/+server.ts',
    build: [framework('vite', 'bin', 'vite.js'), 'build'],
    start: ['build'],
  },
};

let workshop: Workshop | string;
before(async () => {
  workshop = await openWorkshop();
});
after(() => {
  if (typeof workshop === 'object') workshop.remove();
});

/** Starts a program; resolves once it accepts connections, and rejects with what it printed if it ends instead. */
async function start(args: string[], cwd: string, env: Record<string, string>): Promise<[ChildProcess, string]> {
  const port = await freePort();
  const child = spawn(node24(), args, { cwd, env: { ...env, PORT: `${port}`, HOST: '127.0.0.1' } });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/Listening on|Ready in/.test(output)) resolve();
      });
    }
    child.once('exit', () => reject(new Error(output)));
  });
  return [child, `http://127.0.0.1:${port}`];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

for (const [name, { mounts, build, start: args, echoes }] of Object.entries(RECIPES)) {
  describe(`examples/${name}`, () => {
    let skip: string | undefined;
    let folder = '';
    let child: ChildProcess | undefined;
    let url = '';

    before(async () => {
      if (typeof workshop === 'string') {
        skip = workshop;
        return;
      }
      folder = workshop.copy(name);
      const env = { PATH: PATH ?? '', HOME: HOME ?? '', NEXT_TELEMETRY_DISABLED: '1', CI: 'true' };
      const options = { cwd: folder, env, seconds: SECONDS };
      if (build !== undefined) await mustRun(node24(), build, `${name} could not be built.`, options);
      const settings = { ...demoSettings, SQLITE_PATH: workshop.database(name), CORS_ORIGINS: ORIGIN };
      [child, url] = await start(args, folder, { ...env, ...settings });
    });
    after(async () => {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      if (child.kill('SIGTERM')) await ended;
    });

    const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
      fetch(`${url}/api/livekit${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body,
      });
    const bearer = (user: string) => ({ Authorization: `Bearer ${userToken(user)}` });
    const ask = JSON.stringify({ roomId: CHANNEL, ttl: 600 });

    /** A test that needs the server. */
    const served = (sentence: string, work: () => Promise<void>) =>
      test(sentence, async (t) => (skip === undefined ? work() : t.skip(skip)));

    test('the file that mounts the endpoint has fewer than 20 lines of code', () => {
      const text = readFileSync(join(import.meta.dirname, '..', '..', 'examples', name, mounts), 'utf8');
      const code = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*\/[/*]/.test(line));
      assert.ok(code.length < 20, `${code.length} lines`);
    });

    served('a member of the channel gets a token with the claims of the request', async () => {
      const response = await post('/token', ask, bearer('user-456'));
      assert.equal(response.status, 201, await response.clone().text());
      const { token, identity, roomId, url, expiresAt } = await response.json();
      assert.deepEqual([identity, roomId, url], ['user-456', CHANNEL, demoSettings['LIVEKIT_URL']]);
      const claims = await new TokenVerifier('devkey', 'secret').verify(token);
      assert.deepEqual(claims.video, {
        room: CHANNEL,
        roomJoin: true,
        canPublish: true,
        canSubscribe: true,
        canPublishData: true,
      });
      assert.deepEqual([claims.sub, claims.iss, claims.name], ['user-456', 'devkey', 'user-456']);
      assert.equal(new Date(expiresAt).getTime() / 1000, claims.exp);
    });

    served('no user token, or an invalid one, is 401', async () => {
      for (const headers of [{}, { Authorization: 'Bearer x.y.z' }]) {
        const response = await post('/token', ask, headers);
        assert.equal(response.status, 401);
        assert.match(await response.text(), /"Unauthorized"/);
      }
    });

    served('a user without a role in the community is 403', async () => {
      const response = await post('/token', ask, bearer('user-stranger'));
      assert.equal(response.status, 403);
      assert.match(await response.text(), /"Forbidden resource"/);
    });

    served('a body that is not JSON or has invalid fields is 400', async () => {
      for (const body of ['{', '[]', '{"roomId":7}', '{}']) {
        assert.equal((await post('/token', body, bearer('user-456'))).status, 400, body);
      }
    });

    served('a webhook is verified over its bytes and changes who is in the channel', async () => {
      const body = moved('joined', CHANNEL, `user-789`).replaceAll(':', ': ');
      const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
      const forged = await post('/webhook', `${body} `, headers);
      assert.equal(forged.status, 401);
      for (const type of ['application/webhook+json', 'application/json']) {
        const response = await post('/webhook', body, { ...headers, 'Content-Type': type });
        assert.equal(response.status, 200, type);
        assert.equal(await response.text(), RECEIVED);
      }
      const path = `${url}/api/livekit/channels/${CHANNEL}/voice-presence`;
      const { participants } = await (await fetch(path, { headers: bearer('user-456') })).json();
      assert.deepEqual(
        participants.map(({ identity }: { identity: string }) => identity),
        ['user-789'],
      );
    });

    served('a body of 2 MiB is 413, with its length and without', async () => {
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

    served('a page of an allowed origin may send requests, and no other', async () => {
      const preflight = (origin: string) =>
        fetch(`${url}/api/livekit/token`, {
          method: 'OPTIONS',
          headers: {
            Origin: origin,
            'Access-Control-Request-Method': 'POST',
            'Access-Control-Request-Headers': 'authorization,content-type',
          },
        });
      const allowed = await preflight(ORIGIN);
      assert.equal(allowed.status, 204);
      assert.equal(allowed.headers.get('access-control-allow-origin'), ORIGIN);
      assert.equal((await preflight('https://evil.example')).headers.get('access-control-allow-origin'), null);
      const response = await post('/token', ask, { ...bearer('user-456'), Origin: ORIGIN });
      assert.equal(response.status, 201);
      assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN);
    });

    served('other routes of the endpoint are below the same path, and unknown ones are 404', async () => {
      const health = await fetch(`${url}/api/livekit/health`, { headers: bearer('user-456') });
      assert.deepEqual([health.status, await health.json()], [200, { status: 'healthy', configured: true }]);
      assert.equal((await fetch(`${url}/api/livekit/nowhere`)).status, 404);
    });

    if (echoes) {
      served('the application parses the bodies of its own routes', async () => {
        const response = await fetch(`${url}/echo`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"a":1}',
        });
        assert.deepEqual(await response.json(), { a: 1 });
      });
    }

    if (name === 'nestjs') {
      served("the specification's six test cases pass in jest", async () => {
        const args = [framework('jest', 'bin', 'jest.js'), '--ci', '--json', '--runInBand'];
        const env = { PATH: PATH ?? '', HOME: HOME ?? '' };
        const { stdout } = await mustRun(node24(), args, 'jest failed.', { cwd: folder, env, seconds: SECONDS });
        const { numPassedTests, numTotalTests } = JSON.parse(stdout);
        assert.deepEqual([numPassedTests, numTotalTests], [6, 6]);
      });
    }
  });
}
