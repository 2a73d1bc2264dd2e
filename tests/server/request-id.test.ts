/** X-Request-Id: the same id in the response and the log lines of a request. Other values that a client sends are replaced. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertToken } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { logReader } from '../support/log-reader.ts';
import { sendRaw } from '../support/raw-http.ts';
import { userToken } from '../support/user-token.ts';

const ROOM = 'channel-abc123';
const SETTINGS = { LIVEKIT_API_SECRET: 'a-LiveKit-secret-of-over-32-bytes', LOG_LEVEL: 'debug' };
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());
const { logOf } = logReader(() => endpoint);

const token = (asking: Asking = {}) => endpoint.token({ roomId: ROOM }, { settings: SETTINGS, ...asking });
const withId = (id: string) => ({ headers: { 'X-Request-Id': id } });

test('an id of letters, digits, _, - and =, of at most 64 characters, is used', async () => {
  for (const id of ['x', 'a-B_9=', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'x'.repeat(64)]) {
    const lines = await logOf(SETTINGS, async () => {
      const answer = await token(withId(id));
      assertToken(answer);
      assert.equal(answer.headers.get('x-request-id'), id);
    });
    assert.deepEqual(
      lines.map(({ requestId }) => requestId),
      [id, id],
    );
  }
});

test('any other id is replaced, and appears nowhere', async () => {
  const large = 'x'.repeat(65);
  for (const id of [
    '',
    ' ',
    large,
    'CANARY ',
    'CANARY x',
    'CANARY.x',
    'CANARY/../x',
    'CANARY"}',
    '{"CANARY":1}',
    'CANARY,x',
    'CANARY;x=y',
    'CANARY%0d%0aSet-Cookie:a=b',
    'CANARY\tx',
    'CANARY<b>',
    'CANARYé',
    'CANARY\u00a0',
    '\u0085CANARY',
  ]) {
    const ids: (string | null)[] = [];
    const lines = await logOf(SETTINGS, async () => {
      const settings = `x-test-settings: ${encodeURIComponent(JSON.stringify(SETTINGS))}`;
      const start = 'GET /api/livekit/health';
      const answer = await sendRaw(endpoint.url, start, [settings, `X-Request-Id: ${id}`]);
      assert.equal(answer.status, 401);
      // White space around a header is not part of its value (RFC 9110 section 5.5).
      if (/^[\w=-]{1,64}$/.test(id.trim())) return;
      assert.match(answer.headers.get('x-request-id') ?? '', UUID, id);
      ids.push(answer.headers.get('x-request-id'));
      assert.equal([...answer.headers].flat().join().includes('CANARY'), false, id);
      assert.equal(answer.headers.get('set-cookie'), null);
    });
    if (ids.length === 0) continue;
    assert.deepEqual([...new Set(lines.map(({ requestId }) => requestId))], ids, id);
    assert.doesNotMatch(JSON.stringify(lines), /CANARY|x{65}/);
  }
});

test('two ids are replaced', async () => {
  const answer = await sendRaw(endpoint.url, 'GET /api/livekit/health', ['X-Request-Id: one', 'X-Request-Id: two']);
  assert.match(answer.headers.get('x-request-id') ?? '', UUID);
});

test('concurrent requests have different ids, in all their lines', async () => {
  const ids: (string | null)[] = [];
  const lines = await logOf(SETTINGS, async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => token(at % 2 ? {} : withId(`id-${at}`))));
    for (const answer of answers) {
      assertToken(answer);
      ids.push(answer.headers.get('x-request-id'));
    }
  });
  assert.equal(new Set(ids).size, 50);
  const told = ids.map((id) => lines.filter(({ requestId }) => requestId === id).map(({ message }) => message));
  const expected = [`Generated token for user user-456 in room ${ROOM}`, 'Request finished'];
  assert.deepEqual(told, Array(50).fill(expected));
});

test('the debug log has a line for each request with the pattern of its route, and nothing of the request', async () => {
  const secret = 'CANARY';
  for (const [method, path, route, status] of [
    ['GET', `/health?access_token=${secret}`, '/api/livekit/health', 200],
    ['HEAD', '/health', '/api/livekit/health', 200],
    ['GET', `/channels/${secret}/voice-presence`, '/api/livekit/channels/:channelId/voice-presence', 403],
    ['POST', `/channels/${secret}/mute-participant`, '/api/livekit/channels/:channelId/mute-participant', 400],
    ['POST', `/channels/${secret}/kick-participant`, '/api/livekit/channels/:channelId/kick-participant', 400],
    ['POST', `/channels/${secret}/remove-participant`, '/api/livekit/channels/:channelId/remove-participant', 400],
    ['POST', `/channels/${secret}/lock`, '/api/livekit/channels/:channelId/lock', 400],
    ['POST', `/channels/${secret}/end`, '/api/livekit/channels/:channelId/end', 403],
    ['POST', '/token', '/api/livekit/token', 400],
    ['GET', '/token', '/api/livekit/token', 405],
    ['DELETE', '/token', '/api/livekit/token', 405],
    ['GET', '/openapi.json', '/api/livekit/openapi.json', 200],
    ['GET', `/${secret}`, '*', 404],
    ['GET', `/token/${secret}`, '*', 404],
    ['OPTIONS', '/webhook', '/api/livekit/webhook', 405],
  ] as const) {
    const lines = await logOf(SETTINGS, () => endpoint.send(method, path, { settings: SETTINGS }));
    const [line, ...others] = lines.filter(({ message }) => message === 'Request finished');
    const { requestId, milliseconds, ...rest } = line ?? { requestId: '', milliseconds: -1 };
    assert.deepEqual(rest, { level: 'debug', message: 'Request finished', method, route, status });
    assert.ok(Number.isInteger(milliseconds) && Number(milliseconds) >= 0);
    assert.equal(others.length, 0);
    assert.doesNotMatch(JSON.stringify(lines), /CANARY/);
  }
});

test('only well-known methods are logged', async () => {
  const settings = `x-test-settings: ${encodeURIComponent(JSON.stringify(SETTINGS))}`;
  for (const [method, written] of [
    ['PROPFIND', 'other'],
    ['TRACE', 'other'],
    ['PATCH', 'PATCH'],
  ] as const) {
    const headers = [settings, `Authorization: Bearer ${userToken('user-456')}`, 'Content-Length: 0'];
    const lines = await logOf(SETTINGS, () => sendRaw(endpoint.url, `${method} /api/livekit/token`, headers));
    assert.deepEqual(
      lines.filter(({ message }) => message === 'Request finished').map(({ method }) => method),
      [written],
    );
  }
});

test('at info there is no such line', async () => {
  const settings = { ...SETTINGS, LOG_LEVEL: 'info' };
  const lines = await logOf(settings, () => token({ settings }));
  assert.deepEqual(
    lines.map(({ message }) => message),
    [`Generated token for user user-456 in room ${ROOM}`],
  );
});
