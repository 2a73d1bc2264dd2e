// `livekit-edge inspect`: the claims of a token, the remaining time, reasons for a refusal, and the signature.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encode, HS256, jws, now } from '../support/user-token.ts';
import { printed, run, SETTINGS, start } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-cli-'));
after(() => rmSync(folder, { recursive: true }));

const SECRET = SETTINGS.LIVEKIT_API_SECRET;
const claims = (changes: object = {}) => ({
  iss: 'devkey',
  sub: 'alice',
  nbf: now(),
  exp: now() + 7200,
  video: { room: 'lobby', roomJoin: true },
  ...changes,
});
const good = (changes?: object) => jws(HS256, claims(changes), SECRET);
const VERIFY = ['--secret-env', 'LIVEKIT_API_SECRET'];

test('each claim is on a line with its value and meaning', async () => {
  const stdout = await printed(['inspect', good({ custom: 1 })]);
  assert.match(stdout, /^The signature is not verified: .+\nIt expires in [12] h \d+ min, at 20\d\d-.+Z\.\n/);
  assert.match(stdout, /^ {2}alg {2}"HS256"$/m);
  assert.match(stdout, /^ {2}video\.roomJoin {2}true +May join the room\.$/m);
  assert.match(stdout, /^ {2}sub +alice +The participant's identity\./m);
  assert.match(stdout, /^ {2}custom +1 +A claim of your application's own\./m);
});

test('a token comes from an argument, from standard input, or as the value of a header', async () => {
  const token = good();
  for (const [args, input] of [
    [[token], ''],
    [[], token],
    [['-'], `${token}\n`],
    [[`Bearer ${token}`], ''],
    [[], ` bearer ${token}\r\n`],
  ] as const) {
    assert.equal(JSON.parse(await printed(['inspect', '--json', ...args], { input })).claims.sub, 'alice');
  }
});

test('the signature is verified with a secret of the environment, of an env file or of a file', async () => {
  const envFile = join(folder, 'settings.env');
  const secretFile = join(folder, 'secret');
  writeFileSync(envFile, `MY_SECRET=${SECRET}\n`);
  writeFileSync(secretFile, `${SECRET}\n`);
  for (const args of [VERIFY, ['--secret-env', 'MY_SECRET', '-e', envFile], ['--secret-file', secretFile]]) {
    const { signature, accepted, refused, warnings } = JSON.parse(
      await printed(['inspect', ...args, good(), '--json']),
    );
    assert.deepEqual(
      { signature, accepted, refused, warnings },
      { signature: 'valid', accepted: true, refused: [], warnings: [] },
    );
  }
  const { code, stdout } = await run(['inspect', ...VERIFY, good()], { env: { LIVEKIT_API_SECRET: 'another' } });
  assert.equal(code, 1);
  assert.match(stdout, /^The signature is invalid: another secret signed the token, or it was changed\.\n/);
});

const REFUSED: [name: string, token: string, signature: string, refused: RegExp][] = [
  ['an expired token', good({ exp: now() - 3600 }), 'valid', /^It has expired: exp is in the past\.$/],
  ['a token of the future', good({ nbf: now() + 3600 }), 'valid', /^It is not valid yet: nbf is in the future\.$/],
  ['a token without exp', good({ exp: undefined }), 'valid', /^exp is missing/],
  ['a name that is a number', good({ name: 5 }), 'valid', /^name must be a well-formed string\.$/],
  ['a join without a room', good({ video: { roomJoin: true } }), 'valid', /^video\.room is required\.$/],
  [
    'the algorithm none',
    `${encode({ alg: 'none' })}.${encode(claims())}.`,
    'invalid',
    /^The header must be plain HS256/,
  ],
  ['another algorithm', jws({ alg: 'HS512' }, claims(), SECRET), 'invalid', /^The header must be plain HS256/],
  ['a space', good().replace('.', '. '), 'malformed', /^The text is not canonical base64url/],
];

for (const [name, token, signature, refused] of REFUSED) {
  test(`${name} is refused, and the exit code is 1 with or without a secret`, async () => {
    for (const [args, expected] of [
      [[], 'not verified'],
      [VERIFY, signature],
    ] as const) {
      const { code, stdout, stderr } = await run(['inspect', token, '--json', ...args]);
      const inspection = JSON.parse(stdout);
      assert.deepEqual([code, inspection.accepted, inspection.signature, stderr], [1, false, expected, '']);
      assert.match(inspection.refused[0], refused);
    }
  });
}

// Issuers that the rules reject as an API key before a signature is verified.
for (const [name, iss] of [
  ['a blank', '\u0085'],
  ['a malformed', '\ud800'],
  ['a very long', 'k'.repeat(1024 * 1024 + 1)],
] as const) {
  test(`the signature of a token with ${name} issuer is verified too`, async () => {
    for (const [secret, signature] of [
      [SECRET, 'valid'],
      ['another', 'invalid'],
    ] as const) {
      const token = jws(HS256, claims({ iss }), secret);
      const { code, stdout } = await run(['inspect', '--json', ...VERIFY], { input: token });
      const inspection = JSON.parse(stdout);
      assert.deepEqual([code, inspection.signature, inspection.accepted], [1, signature, false]);
    }
  });
}

test('a secret that no server accepts verifies no token', async () => {
  const { code, stdout } = await run(['inspect', '--json', ...VERIFY, good()], {
    env: { LIVEKIT_API_SECRET: '\u0085' },
  });
  assert.deepEqual([code, JSON.parse(stdout).signature], [1, 'invalid']);
});

test('a token with more claims than a call has arguments is printed', async () => {
  const many = Object.fromEntries(Array.from({ length: 150_000 }, (_, at) => [`c${at}`, 0]));
  const { stdout, stderr } = await run(['inspect'], { input: good(many) });
  assert.equal(stderr, '');
  assert.match(stdout, /^ {2}c149999 +0 +A claim of your application's own\./m);
});

test('an exp that is not finite is printed without a time', async () => {
  const payload = Buffer.from('{"iss":"devkey","exp":1e400}').toString('base64url');
  const { stdout } = await run(['inspect', `${encode(HS256)}.${payload}.x`]);
  assert.match(stdout, /^It has no valid exp\.$/m);
  assert.doesNotMatch(stdout, /NaN/);
});

test('an expired token is printed with the time since its expiry', async () => {
  const { stdout } = await run(['inspect', good({ exp: now() - 90_000 })]);
  assert.match(stdout, /^It expired 1 d 1 h ago, at /m);
  assert.match(stdout, /^A LiveKit server would refuse it:\n {2}- It has expired/m);
});

test('warnings are listed, and are no failure', async () => {
  const stdout = await printed(['inspect', good({ video: { roomCreate: true } })]);
  assert.match(stdout, /^Check before a client gets it:\n {2}- video\.roomCreate creates and deletes any room/m);
});

test('claims cannot move the cursor of a terminal, or hide or reorder its text', async () => {
  const name = 'a\u001b[2J\u009b1m\n\u202eb\u2028\u200b\u{e0001}';
  const token = good({ name, [name]: name, iss: name, video: { [name]: name } });
  const { stdout } = await run(['inspect', token]);
  assert.ok(stdout.includes('a\\u{1b}[2J\\u{9b}1m\\u{a}\\u{202e}b\\u{2028}\\u{200b}\\u{e0001}'), stdout);
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u);
  const json = (await run(['inspect', token, '--json'])).stdout;
  assert.doesNotMatch(json.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u);
  assert.equal(JSON.parse(json).claims.name, name);
});

test('a reader that closes its pipe is not an error', async () => {
  // More than a pipe buffers.
  const child = start(['inspect', '--json'], { env: {} });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdout.destroy();
  child.stdin.end(good({ metadata: 'x'.repeat(500_000) }));
  const [code, signal] = await once(child, 'close');
  assert.deepEqual([code, signal, stderr], [0, null, '']);
});
