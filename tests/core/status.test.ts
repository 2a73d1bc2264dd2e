/** Every error of the rules in Rust has its HTTP status and the `error` field of its response body. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AccessToken, generateToken, LivekitException, TokenVerifier } from 'livekit-edge';
import { toException } from '../../pkg/dist/exception.js';
import { parseCreateToken } from '../../pkg/dist/server/requests.js';
import { root } from '../../scripts/lib/paths.mjs';

/** The table of version 0.1.0, which was in Rust (`LivekitError::status` and `label`). */
const EXPECTED: Record<string, [status: number, error?: string]> = {
  not_configured: [500],
  unknown_server: [500],
  token_generation: [500],
  grant_refused: [500],
  invalid_claim: [400, 'Bad Request'],
  invalid_ttl: [400, 'Bad Request'],
  invalid_clock_tolerance: [400, 'Bad Request'],
  invalid_token: [401],
  body_not_json: [400, 'Bad Request'],
  body_not_object: [400, 'Bad Request'],
  body_too_complex: [400, 'Bad Request'],
  body_repeats_field: [400, 'Bad Request'],
  body_not_event: [400, 'Bad Request'],
  invalid_request: [400, 'Bad Request'],
  unauthorized: [401],
  token_revoked: [401, 'Unauthorized'],
  account_banned: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  store_unavailable: [503],
  recording_not_configured: [503],
};

/** The codes of `LivekitError` in its source. */
function codesInRust(): string[] {
  const source = readFileSync(join(root, 'src', 'error', 'mod.rs'), 'utf8');
  const body = source.match(/pub const fn code\(&self\) -> &'static str \{\s*match self \{(.*?)\n {8}\}/s)?.[1] ?? '';
  const arms = body.split('\n').filter((line) => line.includes('=>'));
  const codes = arms.map((arm) => arm.match(/=> "([a-z_]+)",$/)?.[1] ?? assert.fail(`unknown: ${arm}`));
  return [...new Set(codes)];
}

test('the table has every code of Rust, and no other', () => {
  const codes = codesInRust();
  assert.ok(codes.length > 10, 'the codes were not found in the source');
  assert.deepEqual(codes.toSorted(), Object.keys(EXPECTED).toSorted());
});

test('each code has its status and its response body', () => {
  for (const [code, [statusCode, error]] of Object.entries(EXPECTED)) {
    const exception = toException({ code: code as never, message: 'message' });
    assert.ok(exception instanceof LivekitException);
    const body = { statusCode, message: 'message', ...(error === undefined ? {} : { error }) };
    assert.deepEqual([exception.code, exception.status, exception.error], [code, statusCode, error]);
    assert.equal(JSON.stringify(exception.body), JSON.stringify(body), code);
  }
});

test('an error that the module throws has them', () => {
  const keys = ['api-key', 'secret'] as const;
  const config = { apiKey: 'api-key', apiSecret: 'secret' };
  const body = (text: string) => parseCreateToken(new TextEncoder().encode(text));
  const calls: Record<string, () => unknown> = {
    not_configured: () => generateToken({ roomId: 'room', identity: 'user' }, {}),
    invalid_request: () => generateToken({ roomId: '', identity: 'user' }, config),
    invalid_claim: () => new AccessToken(...keys, { name: 7 as never }).toJwtSync(),
    invalid_ttl: () => new AccessToken(...keys, { ttl: 0 }).toJwtSync(),
    invalid_clock_tolerance: () => new TokenVerifier(...keys).verifySync('a.b.c', -1),
    invalid_token: () => new TokenVerifier(...keys).verifySync('a.b.c'),
    body_not_json: () => body('{'),
    body_not_object: () => body('[]'),
    body_too_complex: () => body(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`),
    body_repeats_field: () => body('{"a":1,"a":1}'),
  };
  for (const [code, call] of Object.entries(calls)) {
    const [status, error] = EXPECTED[code] ?? [];
    assert.throws(call, { name: 'LivekitException', code, status, error });
  }
});
