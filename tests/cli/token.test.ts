// `livekit-edge token`: LiveKit's own SDK accepts its output, and invalid claims are not signed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TokenVerifier } from 'livekit-server-sdk';
import { printed, type RunOptions, run, SETTINGS } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-cli-'));
after(() => rmSync(folder, { recursive: true }));

const verifier = new TokenVerifier(SETTINGS.LIVEKIT_API_KEY, SETTINGS.LIVEKIT_API_SECRET);
interface Claims extends Record<string, unknown> {
  readonly nbf: number;
  readonly exp: number;
}
const verify = async (token: string) => (await verifier.verify(token.trim())) as unknown as Claims;
const claimsFor = async (args: string[], options?: RunOptions) => verify(await printed(['token', ...args], options));
const JOIN = ['--room', 'lobby', '--identity', 'alice'];

test('a room and an identity give a token to join for six hours, alone on a line', async () => {
  const stdout = await printed(['token', ...JOIN]);
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { sub, video, nbf, exp, ...others } = await verify(stdout);
  assert.deepEqual(
    { sub, video, ttl: exp - nbf },
    { sub: 'alice', video: { roomJoin: true, room: 'lobby' }, ttl: 21_600 },
  );
  assert.deepEqual(others, { iss: 'devkey' });
});

test('every option about the participant becomes its claim', async () => {
  const args = [...JOIN, '--name', 'Alice Ü', '--ttl', '10m', '--metadata', '{"a":1}', '--attribute', 'seat=1=2'];
  const more = ['--attribute', 'empty=', '--attribute', '__proto__=x', '--room-preset', 'p', '--kind', 'agent'];
  const agents = [
    '--agent',
    'assistant:{"language":"sv"}',
    '--agent',
    'scribe',
    '--source',
    'camera',
    '--source',
    'microphone',
  ];
  const claims = await claimsFor([...args, ...more, ...agents]);
  const { name, metadata, attributes, roomPreset, kind, roomConfig, video, exp, nbf } = claims;
  assert.deepEqual([name, metadata, roomPreset, kind, exp - nbf], ['Alice Ü', '{"a":1}', 'p', 'agent', 600]);
  assert.deepEqual(Object.entries(attributes ?? {}), [
    ['seat', '1=2'],
    ['empty', ''],
    ['__proto__', 'x'],
  ]);
  const dispatched = [{ agentName: 'assistant', metadata: '{"language":"sv"}' }, { agentName: 'scribe' }];
  assert.deepEqual(roomConfig, { agents: dispatched });
  assert.deepEqual(video, { room: 'lobby', roomJoin: true, canPublishSources: ['camera', 'microphone'] });
});

test('a ttl without a unit is in seconds', async () => {
  for (const [ttl, seconds] of [
    ['1', 1],
    ['600', 600],
    ['1.9', 1],
    ['2 days', 172_800],
  ] as const) {
    const { exp, nbf } = await claimsFor([...JOIN, `--ttl=${ttl}`]);
    assert.equal(exp - nbf, seconds, ttl);
  }
});

const THREE_STATE = {
  'can-publish': 'canPublish',
  'can-subscribe': 'canSubscribe',
  'can-publish-data': 'canPublishData',
  'can-update-own-metadata': 'canUpdateOwnMetadata',
  'can-subscribe-metrics': 'canSubscribeMetrics',
  'can-manage-agent-session': 'canManageAgentSession',
};

test('a three-state permission is granted, denied or unset', async () => {
  const names = Object.keys(THREE_STATE);
  const fields = Object.values(THREE_STATE);
  for (const [flags, expected] of [
    [[], {}],
    [names.map((name) => `--${name}`), Object.fromEntries(fields.map((field) => [field, true]))],
    [names.map((name) => `--no-${name}`), Object.fromEntries(fields.map((field) => [field, false]))],
  ] as const) {
    const { video } = await claimsFor([...JOIN, ...flags]);
    assert.deepEqual(video, { room: 'lobby', roomJoin: true, ...expected });
  }
});

const PRIVILEGES: [flags: string[], claims: object][] = [
  [['--hidden'], { video: { hidden: true } }],
  [['--recorder'], { video: { recorder: true } }],
  [['--agent-worker'], { video: { agent: true } }],
  [['--room-create'], { video: { roomCreate: true } }],
  [['--room-list'], { video: { roomList: true } }],
  [['--room-record'], { video: { roomRecord: true } }],
  [['--ingress-admin'], { video: { ingressAdmin: true } }],
  [
    ['--room', 'r', '--no-room-join', '--room-admin', '--destination-room', 's'],
    { video: { room: 'r', roomAdmin: true, destinationRoom: 's' } },
  ],
  [['--sip-admin', '--sip-call'], { sip: { admin: true, call: true } }],
  [['--inference-perform'], { inference: { perform: true } }],
  [['--observability-write'], { observability: { write: true } }],
  [
    ['--agent-admin', '--agent-simulation-admin', '--agent-database-admin', '--agent-dispatch-admin'],
    { agent: { admin: true, simulationAdmin: true, databaseAdmin: true, dispatchAdmin: true } },
  ],
  [
    ['--agent-endpoint-call', '--agent-endpoint-agent-name', 'a', '--agent-endpoint-deployment', 'd'],
    { agentEndpoint: { call: true, agentName: 'a', deployment: 'd' } },
  ],
  [
    ['all', 'list', 'create', 'write', 'read', 'delete'].map((name) => `--agent-thread-${name}`),
    { agentThread: { all: true, list: true, create: true, write: true, read: true, delete: true } },
  ],
  [
    ['--agent-thread-scope', 's', '--agent-thread-id', 't1', '--agent-thread-id', 't2', '--agent-thread-read'],
    { agentThread: { scope: 's', threadIds: ['t1', 't2'], read: true } },
  ],
];

for (const [flags, expected] of PRIVILEGES) {
  test(`${flags.join(' ')} grants that and nothing else`, async () => {
    const { iss, nbf, exp, ...claims } = await claimsFor(flags);
    assert.deepEqual(claims, expected);
  });
}

test('this file tests every option of a grant', async () => {
  const help = await printed(['token', '--help']);
  const listed = [...(help.split('Grants:')[1] ?? '').matchAll(/^ {2}--((?!no-)[a-z-]+)/gm)].map(([, name]) => name);
  const tested = [...Object.keys(THREE_STATE), ...PRIVILEGES.flatMap(([flags]) => flags).map((flag) => flag.slice(2))];
  assert.deepEqual(
    listed.filter((name) => !tested.includes(name ?? '')),
    [],
  );
  assert.ok(listed.length > 30);
});

test('--json adds the URL and the expiry', async () => {
  const { token, expiresAt, ...others } = JSON.parse(await printed(['token', ...JOIN, '--json']));
  assert.deepEqual(others, { identity: 'alice', room: 'lobby', url: SETTINGS.LIVEKIT_URL });
  assert.equal(new Date(expiresAt).getTime() / 1000, (await verify(token))['exp']);
});

test('keys come from an env file, a secret file, LIVEKIT_KEYS or the server of the room; the environment overrides files', async () => {
  const envFile = join(folder, 'settings.env');
  const secretFile = join(folder, 'secret');
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = SETTINGS;
  writeFileSync(envFile, `# comment\nLIVEKIT_API_KEY=${LIVEKIT_API_KEY}\nLIVEKIT_API_SECRET="${LIVEKIT_API_SECRET}"\n`);
  writeFileSync(secretFile, `${LIVEKIT_API_SECRET}\n`);
  const LIVEKIT_KEYS = `${LIVEKIT_API_KEY}: ${LIVEKIT_API_SECRET}\nold: another-secret`;
  const server = (name: string, keys: string) => ({ name, url: `wss://${name}.example.com`, keys });
  const LIVEKIT_SERVERS = JSON.stringify([server('eu', LIVEKIT_KEYS), server('us', 'other: another-secret')]);
  for (const [args, env] of [
    [['--env-file', envFile], {}],
    [['-e', envFile], { LIVEKIT_API_KEY }],
    [['--secret-file', secretFile], { LIVEKIT_API_KEY }],
    [['--secret-file', secretFile], { LIVEKIT_API_KEY, LIVEKIT_API_SECRET: 'not this one' }],
    [[], { LIVEKIT_KEYS }],
    [['--server', 'eu'], { LIVEKIT_SERVERS }],
  ] as [string[], Record<string, string>][]) {
    assert.equal((await claimsFor([...JOIN, ...args], { env }))['iss'], LIVEKIT_API_KEY, args.join(' '));
  }
  await assert.rejects(claimsFor([...JOIN, '-e', envFile], { env: { LIVEKIT_API_SECRET: 'another' } }));
  const { url } = JSON.parse(
    await printed(['token', ...JOIN, '--server', 'us', '--json'], { env: { LIVEKIT_SERVERS } }),
  );
  assert.equal(url, 'wss://us.example.com');
  const { code, stderr } = await run(['token', ...JOIN, '--server', 'asia'], { env: { LIVEKIT_SERVERS } });
  assert.deepEqual([code, stderr.split(' (')[0]], [2, 'livekit-edge: --server is not a name of LIVEKIT_SERVERS']);
});
