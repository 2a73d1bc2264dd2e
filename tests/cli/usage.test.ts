// Invalid input of the command line: one line on standard error, the right exit code, no stack trace, no secret.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { node24 } from '../../scripts/lib/paths.mjs';
import { MAIN, printed, type RunOptions, run, SETTINGS } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-cli-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const JOIN = ['token', '-r', 'lobby', '-i', 'alice'];
const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = SETTINGS;
const SECRET_HINT =
  /^Unknown option --[a-z-]+: keys and secrets come from the environment or a file, never from an argument/;
/** A token with another secret. */
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJodW50ZXIyIjoiaHVudGVyMiJ9.hunter2';

const CASES: [args: string[], code: number, sentence: RegExp, options?: RunOptions][] = [
  [['tokn'], 2, /^Unknown command: use token, inspect, doctor, serve, sync \(see livekit-edge --help\)$/],
  [[TOKEN], 2, /^Unknown command/],
  [['--colour'], 2, /^Unknown option --colour \(/],
  [
    ['token', '--identiy', 'alice'],
    2,
    /^Unknown option --identiy: did you mean --identity\? \(see livekit-edge token --help\)$/,
  ],
  [['token', '--secret=hunter2'], 2, SECRET_HINT],
  [['token', '--api-secret', 'hunter2'], 2, SECRET_HINT],
  [['inspect', '--api-key=hunter2'], 2, SECRET_HINT],
  [['token', '-Hunter2'], 2, /^Unknown option \(/],
  [['token', '--hunter2'], 2, /^Unknown option \(/],
  [['token'], 2, /^Nothing is granted: name a room with --room, or a grant such as --room-list/],
  [['token', '--room'], 2, /^Option '-r, --room <room>' argument missing/],
  [['token', 'hunter2'], 2, /^Too many arguments for 'token'/],
  [['token', '-r', 'lobby'], 2, /^identity is required/],
  [['token', '-r', '', '-i', 'alice'], 2, /^video\.room is required/],
  [['token', '-r', 'x'.repeat(257), '-i', 'alice'], 2, /^video\.room must not be longer than 256 bytes/],
  [[...JOIN, '--ttl', '0'], 2, /^ttl must be from 1 to 4294967295 seconds/],
  [[...JOIN, '--ttl', '0.5'], 2, /^ttl must be/],
  [[...JOIN, '--ttl', '-1'], 2, /^ttl must be/],
  [[...JOIN, '--ttl', '1e3'], 2, /^ttl must be/],
  [[...JOIN, '--ttl', ''], 2, /^ttl must be/],
  [[...JOIN, '--ttl', '9'.repeat(400)], 2, /^ttl must be/],
  [[...JOIN, '--attribute', 'hunter2'], 2, /^--attribute must be key=value/],
  [[...JOIN, '--attribute', '=hunter2'], 2, /^--attribute must be key=value/],
  [[...JOIN, '--attribute', 'a=1', '--attribute', 'a=2'], 2, /^--attribute repeats a key/],
  [[...JOIN, '--agent', ':hunter2'], 2, /^--agent must be name or name:metadata/],
  [[...JOIN, '--source', 'hunter2'], 2, /^video\.canPublishSources is not a name that LiveKit knows/],
  [[...JOIN, '--kind', 'hunter2'], 2, /^kind is not a name that LiveKit knows/],
  [[...JOIN, '--server', 'hunter2'], 2, /^--server is not a name of LIVEKIT_SERVERS/],
  [JOIN, 1, /^Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET in the environment or in the file of -e$/, { env: {} }],
  [JOIN, 1, /^Set LIVEKIT_API_KEY in the environment/, { env: { LIVEKIT_API_SECRET } }],
  [JOIN, 1, /^Set LIVEKIT_API_SECRET in the environment/, { env: { LIVEKIT_API_KEY, LIVEKIT_API_SECRET: ' ' } }],
  [JOIN, 1, /^LIVEKIT_KEYS, line 1 is not "key: secret"/, { env: { LIVEKIT_KEYS: 'hunter2' } }],
  [JOIN, 1, /^LIVEKIT_SERVERS is not JSON/, { env: { LIVEKIT_SERVERS: '{"hunter2"' } }],
  [[...JOIN, '-e', '/nowhere/hunter2'], 1, /^The file of -e cannot be read \(ENOENT\)$/],
  [[...JOIN, '-e', '/'], 1, /^The file of -e cannot be read \(EISDIR\)$/],
  [[...JOIN, '-e', '/dev/zero'], 1, /^The file of -e is larger than 1 MiB$/],
  [[...JOIN, '-e', file('latin1', Buffer.from('LIVEKIT_API_KEY=\xff', 'latin1'))], 1, /^The file of -e is not UTF-8$/],
  [[...JOIN, '--secret-file', file('blank', '\n')], 1, /^Set LIVEKIT_API_SECRET in the environment/],
  [['inspect'], 1, /^There is no token: the argument or standard input is empty$/],
  [['inspect', '-'], 1, /^There is no token/, { input: ' \n' }],
  [['inspect', ''], 1, /^There is no token/],
  [['inspect', 'hunter2'], 1, /^A token has three parts, separated by dots; this text has one part$/],
  [['inspect', 'hunter2.hunter2.x'], 1, /^The first part, the header, is not JSON in base64url/],
  [['inspect'], 1, /^Standard input is larger than any token$/, { input: new Uint8Array(9 * 1024 * 1024) }],
  [['inspect', TOKEN, 'hunter2'], 2, /^Too many arguments for 'inspect'/],
  [['inspect', TOKEN, '--secret-env'], 2, /^Option '--secret-env <name>' argument missing/],
  [['inspect', TOKEN, '--secret-env', 'HUNTER2'], 1, /^The secret of --secret-env is not set or blank$/],
  [['inspect', TOKEN, '--secret-env', 'toString'], 1, /^The secret of --secret-env is not set or blank$/],
  [['inspect', TOKEN, '--secret-env', 'X', '--secret-file', '/'], 2, /^Use --secret-env or --secret-file, not both/],
  [['serve', '--port', '65536'], 2, /^PORT is '65536': set it to a number from 0/],
  [['serve', '--port', 'http'], 2, /^PORT is 'http'/],
  [['serve', '--port', '\u001b[2J\u202e'], 2, /^PORT is '\\u\{1b\}\[2J\\u\{202e\}': set/],
  [['serve', '--port', ''], 2, /^--host and --port must not be blank/],
  [['serve'], 1, /^PORT is '-1'/, { env: { PORT: '-1' } }],
];

for (const [args, code, sentence, options] of CASES) {
  const name = `${args.join(' ').slice(0, 80)} ${options === undefined ? '' : Object.keys(options)}`;
  test(`livekit-edge ${name.trim()}: exit code ${code} and one line`, async () => {
    const ended = await run(args, options);
    assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr);
    const [, line = ''] = /^livekit-edge: ([^\n]+)\n$/.exec(ended.stderr) ?? [];
    assert.match(line, sentence, ended.stderr);
    assert.doesNotMatch(ended.stderr, /hunter2|eyJ|node:internal| {4}at /i);
  });
}

test('without a command the help is on standard error with exit code 2', async () => {
  const { code, stdout, stderr } = await run([]);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^Usage: livekit-edge /);
});

for (const args of [
  ['--help'],
  ['help'],
  ...['token', 'inspect', 'doctor', 'serve', 'sync'].map((name) => [name, '--help']),
]) {
  test(`${args.join(' ')} prints the usage with examples`, async () => {
    const stdout = await printed(args, { env: {} });
    assert.match(stdout, /^Usage: livekit-edge /);
    assert.match(stdout, /\nExamples:\n(?: {2}\$ \S.*\n)+$/);
  });
}

test('--version prints the version of the package', async () => {
  assert.match(await printed(['--version'], { env: {} }), /^\d+\.\d+\.\d+\n$/);
});

/** Runs a command with standard streams that a shell redirects. */
const shell = (command: string) => {
  const env = { ...SETTINGS, PATH: process.env['PATH'] ?? '', NODE: node24(), MAIN };
  const { status, stderr } = spawnSync('sh', ['-c', command], { env, encoding: 'utf8' });
  return { status, stderr };
};

test('closed streams cause no stack trace', () => {
  const empty = 'livekit-edge: There is no token: the argument or standard input is empty\n';
  assert.deepEqual(shell('"$NODE" "$MAIN" inspect <&-'), { status: 1, stderr: empty });
  assert.deepEqual(shell('"$NODE" "$MAIN" token -r a -i b >&-'), { status: 0, stderr: '' });
  assert.deepEqual(shell('"$NODE" "$MAIN" token -r a 2>&-'), { status: 2, stderr: '' });
  assert.deepEqual(shell('"$NODE" "$MAIN" --help | true'), { status: 0, stderr: '' });
});

test('an output that cannot be written is an error', { skip: process.platform !== 'linux' }, () => {
  const stdout = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(node24(), [MAIN, 'token', '-r', 'a', '-i', 'b'], {
    env: SETTINGS,
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [1, 'livekit-edge: The output cannot be written (ENOSPC)\n']);
});
