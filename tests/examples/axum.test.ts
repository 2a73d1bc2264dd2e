// The crate alone in an axum server: its own tests pass, and it serves HTTP.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { mustRun, run } from '../../scripts/lib/run.mjs';
import { chunked, sendRaw } from '../support/raw-http.ts';
import { UNREACHABLE } from '../support/unreachable.ts';
import { userToken } from '../support/user-token.ts';
import { type Serving, serve } from './serving.ts';

const FOLDER = join(root, 'examples', 'axum');
const TARGET = join(root, 'target', 'axum');
const PROGRAM = join(TARGET, 'debug', `livekit-edge-on-axum${process.platform === 'win32' ? '.exe' : ''}`);
const SECONDS = 240;
const options = { cwd: FOLDER, env: { ...process.env, CARGO_TARGET_DIR: TARGET }, seconds: SECONDS };

const { code, output } = await run('cargo', ['fetch', '--locked'], options);
if (code !== 0 && !UNREACHABLE.test(output)) throw new Error(output);
const skip = code !== 0 && `the crates could not be fetched: ${/^error: .*/m.exec(output)?.[0]}`;

test('examples/axum is formatted like the crate', async () => {
  await mustRun('cargo', ['fmt', '--check'], 'examples/axum is not formatted.', options);
});

describe('examples/axum', { skip }, () => {
  let tested = '';
  let serving: Serving | undefined;
  let url = '';

  before(async () => {
    tested = (await mustRun('cargo', ['test', '--locked'], 'The tests of examples/axum failed.', options)).stdout;
    serving = await serve([PROGRAM], FOLDER, { ...demoSettings });
    url = serving.url;
  });
  after(() => serving?.stop());

  const post = (body: string, user?: string) =>
    fetch(`${url}/api/livekit/token`, {
      method: 'POST',
      headers: user === undefined ? {} : { Authorization: `Bearer ${userToken(user)}` },
      body,
    });

  test('its own tests pass', async () => {
    assert.match(tested, /test result: ok\. [1-9]\d* passed; 0 failed/);
  });

  test('a user gets a token with the claims of the request', async () => {
    const response = await post(JSON.stringify({ roomId: 'lounge-1', name: 'Alice', ttl: 600 }), 'user-456');
    assert.equal(response.status, 201);
    const { token, identity, roomId, url } = await response.json();
    assert.deepEqual([identity, roomId, url], ['user-456', 'lounge-1', demoSettings['LIVEKIT_URL']]);
    const { sub, name, video, exp, nbf } = await new TokenVerifier('devkey', 'secret').verify(token);
    assert.deepEqual([sub, name, video?.room], ['user-456', 'Alice', 'lounge-1']);
    assert.equal(Number(exp) - Number(nbf), 600);
  });

  test('no user token is 401, another room 403, an invalid body 400', async () => {
    for (const [body, user, status] of [
      ['{"roomId":"lounge-1"}', undefined, 401],
      ['{"roomId":"office"}', 'user-456', 403],
      ['{"roomId":"lounge-1","identity":"user-789"}', 'user-456', 403],
      ['{', 'user-456', 400],
    ] as const) {
      const response = await post(body, user);
      assert.deepEqual([response.status, (await response.json()).statusCode], [status, status], body);
    }
  });

  test('a body of 2 MiB is 413, with and without Content-Length', async () => {
    const body = ' '.repeat(2 * 1024 * 1024);
    for (const [framing, bytes] of [
      [`Content-Length: ${body.length}`, body],
      ['Transfer-Encoding: chunked', chunked(body)],
    ] as const) {
      const { status, text } = await sendRaw(url, 'POST /api/livekit/token', [framing], bytes);
      assert.deepEqual([status, JSON.parse(text).statusCode], [413, 413], framing);
    }
  });
});
