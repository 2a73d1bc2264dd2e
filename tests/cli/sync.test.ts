// `livekit-edge sync`: participants in a room of LiveKit's own server get the permissions in the database.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { Signal } from '../e2e/support/signal.ts';
import { type Database, postgresDatabase, sqliteDatabase } from '../support/database.ts';
import { type Livekit, startLivekit } from '../support/livekit.mjs';
import { createTables, loadDemoData, startPostgres } from '../support/postgres/server.mjs';
import { loadDemo } from '../support/sqlite-file.ts';
import { type RunOptions, run } from './support/cli.ts';

const ROOM = 'channel-abc123';
const LEAVES_MS = 15_000;
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-sync-'));
const SQLITE_PATH = join(folder, 'test.sqlite');
sqliteStore(SQLITE_PATH).close();
loadDemo(SQLITE_PATH);
after(() => rmSync(folder, { recursive: true }));
const counts = (line: string) => `${line}\n`;

describe('a room of a LiveKit server', () => {
  let livekit: Livekit;
  let skip: string | undefined;
  const signals: Signal[] = [];
  const keys = { devkey: 'secret' };
  before(async () => {
    ({ skip } = await livekitServer());
    if (skip === undefined) livekit = await startLivekit({ keys, departureSeconds: 1 });
  });
  after(() => livekit?.stop());
  afterEach(() => {
    for (const signal of signals.splice(0)) signal.close();
  });
  const it = (name: string, check: () => Promise<void>) =>
    test(name, (t: TestContext) => (skip === undefined ? check() : t.skip(skip)));

  async function joins(identity: string): Promise<Signal> {
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity });
    token.addGrant({ room: ROOM, roomJoin: true });
    const signal = await Signal.open(livekit.url, token.toJwtSync());
    signals.push(signal);
    await signal.receives('join');
    return signal;
  }
  /** Waits until a participant has left the room. */
  async function leaves(identity: string): Promise<void> {
    const rooms = RoomService.fromEnv({ ...demoSettings, LIVEKIT_URL: livekit.url });
    for (const end = performance.now() + LEAVES_MS; ; await new Promise((wake) => setTimeout(wake, 50))) {
      const identities = (await rooms.listParticipants(ROOM)).map((participant) => participant.identity);
      if (!identities.includes(identity)) return;
      assert.ok(performance.now() < end, `${identity} never left`);
    }
  }
  const sync = (args: readonly string[], env: RunOptions['env'] = {}) =>
    run(['sync', ...args], { env: { ...demoSettings, LIVEKIT_URL: livekit.url, SQLITE_PATH, ...env } });

  async function followsThe(database: Database, env: RunOptions['env'] = {}) {
    const alice = await joins('user-456');
    await joins('user-stranger');
    const first = await sync(['--room', ROOM], env);
    assert.deepEqual(first, {
      code: 0,
      stdout: counts('Complete (rooms: 1, checked: 2, updated: 0, removed: 1, unknown: 0, failed: 0)'),
      stderr: '',
    });
    await leaves('user-stranger');
    const overwrite = { id: 'overwrite', channelId: ROOM, targetType: 'EVERYONE', allow: '[]', deny: '["SPEAK"]' };
    await database.insert('ChannelPermissionOverwrite', overwrite);
    const second = await sync(['--room', ROOM, '--json'], { ...env, LIVEKIT_GRANTS: 'role' });
    assert.deepEqual([second.code, second.stderr], [0, '']);
    const { rooms, updated, isComplete } = JSON.parse(second.stdout);
    assert.deepEqual({ rooms, updated, isComplete }, { rooms: 1, updated: 1, isComplete: true });
    // CAMERA, SCREEN_SHARE and SCREEN_SHARE_AUDIO.
    await alice.receives('update', ({ participants: [participant] }) =>
      Boolean(participant?.permission?.canPublishSources.join() === '1,3,4'),
    );
    await database.delete('ChannelPermissionOverwrite');
  }

  it('is synced with a SQLite file', async () => {
    const database = sqliteDatabase(SQLITE_PATH);
    await followsThe(database);
    database.close();
  });

  it('is synced with a PostgreSQL', async () => {
    const server = await startPostgres();
    await createTables(server.url);
    await loadDemoData(server.url);
    const database = postgresDatabase(server.url);
    await followsThe(database, { DATABASE_URL: server.url, SQLITE_PATH: '' });
    await database.close();
    await server.stop();
  });

  it('is left by a banned user, without the name of a room', async () => {
    const database = sqliteDatabase(SQLITE_PATH);
    await joins('user-789');
    const present = { roomSid: 'RM_1', participantSid: 'PA_1', room: ROOM, identity: 'user-789', name: 'Bob' };
    await database.insert('VoicePresence', { ...present, isPresent: 1, joinedAt: 1, changedAt: 1 });
    await database.update('User', { banned: 1 }, { id: 'user-789' });
    const { code, stdout } = await sync(['--user', 'user-789']);
    assert.deepEqual(
      [code, stdout],
      [0, counts('Complete (rooms: 1, checked: 1, updated: 0, removed: 1, unknown: 0, failed: 0)')],
    );
    await leaves('user-789');
    database.close();
  });
});

const env = { ...demoSettings, LIVEKIT_URL: 'ws://127.0.0.1:9', SQLITE_PATH };

test('if the LiveKit server is unreachable, the sync is not complete: exit code 1', async () => {
  const { code, stdout, stderr } = await run(['sync', '--room', ROOM], { env });
  const line = counts('Not complete (rooms: 0, checked: 0, updated: 0, removed: 0, unknown: 0, failed: 1)');
  assert.deepEqual({ code, stdout, stderr }, { code: 1, stdout: line, stderr: '' });
});

test('a call that cannot succeed is one sentence', async () => {
  for (const [args, change, code, expected] of [
    [[], {}, 2, /^livekit-edge: Use either --room or --user \(see livekit-edge sync --help\)\n$/],
    [['--room', 'a', '--user', 'b'], {}, 2, /^livekit-edge: Use either --room or --user /],
    [['--room', 'hunter2'], {}, 1, /^livekit-edge: No channel and no group of direct messages has the id of --room\n$/],
    [['--room', ''], {}, 1, /^livekit-edge: roomId should not be empty\n$/],
    [['--user', 'hunter2\u0007'], {}, 1, /^livekit-edge: userId must not contain control characters\n$/],
    [
      ['--room', ROOM],
      { SQLITE_PATH: join(folder, 'hunter2') },
      1,
      /^livekit-edge: The SQLite file of SQLITE_PATH does not exist\n$/,
    ],
    [['--room', ROOM], { SQLITE_PATH: folder }, 1, /cannot be used/],
    [['--room', ROOM], { LIVEKIT_API_SECRET: '' }, 1, /^livekit-edge: LiveKit credentials not configured\n$/],
    [
      ['--room', ROOM],
      { DATABASE_URL: 'postgres://127.0.0.1:1/hunter2' },
      1,
      /livekit-edge: The database did not answer: see livekit-edge doctor\n$/,
    ],
    [['--room', ROOM], { DATABASE_URL: 'hunter2' }, 1, /^livekit-edge: DATABASE_URL is not /],
  ] as const) {
    const ended = await run(['sync', ...args], { env: { ...env, ...change } });
    assert.equal(ended.code, code, ended.stderr);
    assert.equal(ended.stdout, '');
    assert.match(ended.stderr, expected);
    if (!('SQLITE_PATH' in change)) assert.doesNotMatch(ended.stderr, /hunter2/);
  }
});
