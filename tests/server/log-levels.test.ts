/** LOG_LEVEL: which lines an operator sees, and the reasons of refusals. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader, type Settings } from '../support/log-reader.ts';
import { now, userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const LONG = 'a-LiveKit-secret-of-over-32-bytes';

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { logOf } = logReader(() => endpoint);

test('row 69: with LOG_LEVEL=debug the log has the reason of each refusal', async () => {
  const settings = { LIVEKIT_API_SECRET: LONG, LOG_LEVEL: 'debug', JWT_ISSUER: 'kraken', JWT_AUDIENCE: 'edge' };
  const claims = { iss: 'kraken', aud: 'edge' };
  const bearer = (sub: string, changes = {}, secret?: string) =>
    `Bearer ${userToken(sub, { ...claims, ...changes }, secret)}`;
  for (const [Authorization, body, status, code, reason, path] of [
    ['', {}, 401, 'unauthorized', 'missing'],
    ['Bearer x', {}, 401, 'unauthorized', 'malformed'],
    [bearer('user-456', {}, 'x'), {}, 401, 'unauthorized', 'signature'],
    [bearer('user-456', { exp: undefined }), {}, 401, 'unauthorized', 'claims', 'exp'],
    [bearer('user-456', { sub: 42 }), {}, 401, 'unauthorized', 'claims', 'sub'],
    [bearer('user-456', { jti: {} }), {}, 401, 'unauthorized', 'claims', 'jti'],
    [bearer('user-456', { exp: 1 }), {}, 401, 'unauthorized', 'expired', 'exp'],
    [bearer('user-456', { nbf: now() + 60 }), {}, 401, 'unauthorized', 'not_yet_valid', 'nbf'],
    [bearer('user-456', { iss: 'x' }), {}, 401, 'unauthorized', 'issuer', 'iss'],
    [bearer('user-456', { aud: 'x' }), {}, 401, 'unauthorized', 'audience', 'aud'],
    [bearer('user-000'), {}, 401, 'unauthorized', 'unknown_user', 'sub'],
    [bearer('user-banned'), {}, 401, 'account_banned', undefined],
    [bearer('user-456'), { roomId: 'channel-000' }, 403, 'forbidden', 'unknown_channel'],
    [bearer('user-456'), { roomId: 'channel-private-1' }, 403, 'forbidden', 'not_a_member'],
    [bearer('user-stranger'), { roomId: ROOM }, 403, 'forbidden', 'missing_action'],
    [bearer('user-timeout'), { roomId: ROOM }, 403, 'forbidden', 'community_timeout'],
    [bearer('user-456'), { roomId: ROOM, identity: 'user-789' }, 403, 'forbidden', 'identity_taken'],
    [bearer('user-456'), { roomId: 7 }, 400, 'invalid_request', undefined],
    [bearer('user-456'), '{', 400, 'body_not_json', undefined],
  ] as const) {
    const asking = { as: null, headers: { Authorization }, settings };
    const lines = await logOf(settings, () => endpoint.token(body, asking));
    assert.deepEqual(
      lines.map(({ level, message, status, code, reason, path }) => ({ level, message, status, code, reason, path })),
      [
        { level: 'debug', message: 'Request refused', status, code, reason, path },
        { level: 'debug', message: 'Request finished', status, code: undefined, reason: undefined, path: undefined },
      ],
    );
  }
});

test('row 69: LOG_LEVEL selects lines of its level and above; unset or unknown it is info', async () => {
  const token = (settings: Settings, as: string | null = 'user-456') =>
    endpoint.token({ roomId: ROOM }, { settings, as });
  const levels = async (LOG_LEVEL: unknown) => {
    const settings = { LIVEKIT_API_SECRET: 'short', LIVEKIT_URL: null, LOG_LEVEL };
    const other = { ...settings, LIVEKIT_API_KEY: '' };
    const lines = await logOf(other, async () => {
      await token(settings);
      await token(settings, null);
      await token(other);
    });
    return [...new Set(lines.map(({ level }) => level))].sort().join();
  };
  assert.equal(await levels('debug'), 'debug,error,info,warn');
  for (const level of ['info', null, '', 'verbose', 'DEBUG', 7]) assert.equal(await levels(level), 'error,info,warn');
  assert.equal(await levels('warn'), 'error,warn');
  assert.equal(await levels('error'), 'error');
});
