/** Everything that a server or proxy can do instead of answering, and the checks of the resulting errors. */
import assert from 'node:assert/strict';
import { type LivekitErrorCode, LivekitException } from 'livekit-edge';
import { type Behaviour, json } from './fake-livekit.ts';

interface Expected {
  text: string;
  status?: number;
  code?: LivekitErrorCode;
  label?: string;
  reason?: string;
}

export const NOT_FOUND: Expected = {
  text: 'Participant not found',
  status: 404,
  code: 'participant_not_found',
  label: 'Not Found',
};
export const UNMUTE: Expected = {
  text: 'LiveKit does not allow to unmute a participant',
  status: 409,
  code: 'unmute_not_allowed',
  label: 'Conflict',
};
export const TIMEOUT: Expected = { text: 'LiveKit did not answer in time', status: 504, code: 'livekit_timeout' };

/** Status 502 unless the expectation says otherwise. No text of the error may contain the forbidden words. */
export async function assertRejects(acting: Promise<unknown>, expected: Expected, secrets: readonly string[] = []) {
  const { text, status = 502, code = 'livekit_unavailable', label } = expected;
  const error = await acting.then(
    () => assert.fail('it succeeded'),
    (thrown) => thrown,
  );
  assert.ok(error instanceof LivekitException, String(error));
  const body = { statusCode: status, message: text, ...(label === undefined ? {} : { error: label }) };
  assert.deepEqual({ code: error.code, status: error.status, body: error.body }, { code, status, body });
  if ('reason' in expected) assert.equal(error.reason, expected.reason);
  assert.equal(error.cause, undefined);
  for (const secret of secrets)
    assert.ok(!`${error} ${JSON.stringify(error)} ${error.reason}`.includes(secret), secret);
}

const answer =
  (status: number, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

const HTML = '<!doctype html><title>upstream</title>';
const LARGE = `{"identity":"alice-of-the-test","padding":"${'x'.repeat(17 * 1024 * 1024)}"}`;
const text = { 'content-type': 'text/html' };

export const MISBEHAVIOURS: readonly { name: string; behave: Behaviour; reason: string }[] = [
  { name: 'hangs up', behave: (response) => response.destroy(), reason: 'livekit_unreachable' },
  {
    name: 'hangs up in the middle of the body',
    behave: (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"identity":');
      setTimeout(() => response.destroy(), 20);
    },
    reason: 'livekit_unreachable',
  },
  { name: 'talks no HTTP', behave: (_, { socket }) => socket.end('upstream!\r\n\r\n'), reason: 'livekit_unreachable' },
  { name: '500', behave: answer(500, '{"code":"internal","msg":"upstream"}'), reason: 'livekit_refused' },
  { name: '503', behave: answer(503, '{"code":"unavailable","msg":"upstream"}'), reason: 'livekit_refused' },
  { name: '502 of a proxy', behave: answer(502, HTML, text), reason: 'livekit_refused' },
  { name: '404 of a proxy', behave: answer(404, HTML, text), reason: 'livekit_refused' },
  { name: '404 for no such route', behave: answer(404, '{"code":"bad_route"}'), reason: 'livekit_refused' },
  { name: '404 without a body', behave: answer(404, ''), reason: 'livekit_refused' },
  { name: '401', behave: answer(401, '{"code":"unauthenticated","msg":"upstream"}'), reason: 'livekit_refused' },
  { name: '401 in plain text', behave: answer(401, 'upstream', text), reason: 'livekit_refused' },
  { name: '429', behave: answer(429, '{"code":"resource_exhausted"}'), reason: 'livekit_refused' },
  { name: '500 with 17 MB', behave: answer(500, LARGE), reason: 'livekit_refused' },
  { name: '204', behave: answer(204, ''), reason: 'livekit_refused' },
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `${status}, which is not followed`,
    behave: answer(status, '', { location: '/twirp/livekit.RoomService/elsewhere' }),
    reason: 'livekit_refused',
  })),
  { name: '200 with HTML', behave: answer(200, HTML, text), reason: 'livekit_garbage' },
  { name: '200 without a body', behave: answer(200, ''), reason: 'livekit_garbage' },
  { name: '200 with half a body', behave: answer(200, '{"identity":'), reason: 'livekit_garbage' },
  { name: '200 with bytes', behave: answer(200, '\u0000\ufffd\u0001'), reason: 'livekit_garbage' },
  { name: '200 with 17 MB', behave: answer(200, LARGE), reason: 'livekit_too_large' },
  {
    name: '200 without an end',
    behave: (response) => {
      const more = () => {
        if (!response.destroyed) response.write(' '.repeat(64 * 1024), more);
      };
      more();
    },
    reason: 'livekit_too_large',
  },
  ...[null, [], [{}], 'text', 7, true].map((value) => ({
    name: `200 with ${JSON.stringify(value)}`,
    behave: (response: Parameters<Behaviour>[0]) => json(response, 200, value),
    reason: 'livekit_garbage',
  })),
];
