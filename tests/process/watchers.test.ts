// Those who watch presence: many of them, in one process and in two, and how a process stops that has some.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, type TestContext, test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { startProcess } from '../../scripts/process.mjs';
import { type EventClient, openStream } from '../support/event-stream.ts';
import { createTables, loadDemoData, startPostgres } from '../support/postgres/server.mjs';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { moved, signatureOf } from '../support/webhooks.ts';
import { RUNTIMES } from './program.ts';

const CHANNEL = 'channel-abc123';
const PATH = `/api/livekit/channels/${CHANNEL}/voice-presence/events`;
const UNLIMITED = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };
/** Files that a process has open besides connections, at most. */
const OTHER_FILES = 500;

const folders: string[] = [];
after(() => folders.map((folder) => rmSync(folder, { recursive: true })));

/** Starts a process on a SQLite file with the demo data, until the end of the test. */
async function startWithFile(runtime: 'node' | 'deno', t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-watchers-'));
  folders.push(folder);
  const path = join(folder, 'test.sqlite');
  const env = { ...demoSettings, ...UNLIMITED, HOST: '127.0.0.1', PORT: '0', SQLITE_PATH: path };
  const log: string[] = [];
  const server = await startProcess({ runtime, folder, env, log: (line) => log.push(line) });
  t.after(server.stop);
  loadDemo(path);
  return { ...server, path, log };
}

const watch = async (url: string, as = 'user-456', lastEventId?: string): Promise<EventClient> => {
  const resumption = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const client = await openStream(`${url}${PATH}`, { Authorization: `Bearer ${userToken(as)}`, ...resumption });
  assert.equal(client.status, 200);
  return client.read();
};

/** Tells the endpoint that somebody has joined. */
async function joined(url: string, identity: string): Promise<void> {
  const body = moved('joined', CHANNEL, identity);
  const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
  const { status } = await fetch(`${url}/api/livekit/webhook`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

for (const runtime of RUNTIMES) {
  test(`${runtime}: a process that stops ends the streams at once, and the log says nothing of them`, async (t) => {
    const server = await startWithFile(runtime, t);
    const clients = await Promise.all(Array.from({ length: 20 }, () => watch(server.url)));
    for (const client of clients) await client.next();
    const stopping = Date.now();
    const [code] = await Promise.all([server.stop(), ...clients.map((client) => client.ended())]);
    // Requests in progress would have ten seconds.
    assert.ok(Date.now() - stopping < 8000);
    assert.equal(code, 0);
    assert.deepEqual(
      server.log.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error'),
      [],
    );
  });
}

test('two processes on one PostgreSQL: a change at one is seen by those who watch at the other', async () => {
  const database = await startPostgres();
  await createTables(database.url);
  await loadDemoData(database.url);
  const env = { ...demoSettings, ...UNLIMITED, HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url };
  const [one, two] = await Promise.all([
    startProcess({ runtime: 'node', env }),
    startProcess({ runtime: 'node', env }),
  ]);
  try {
    const [here, there] = [await watch(one.url), await watch(two.url)];
    const { id } = await here.next();
    await there.next();
    for (const [url, identity] of [
      [one.url, 'a'],
      [two.url, 'b'],
      [one.url, 'c'],
    ] as const) {
      await joined(url, identity);
      for (const client of [here, there]) assert.equal((await client.next()).data.identity, identity);
    }
    const moved = await watch(two.url, 'user-456', id);
    const { event, data } = await moved.next();
    assert.deepEqual(
      [event, data.participants.length],
      ['snapshot', 3],
      'the ids of one process mean nothing to another',
    );
    await one.stop();
    await here.ended();
    await joined(two.url, 'd');
    assert.equal((await there.next()).data.identity, 'd');
    await Promise.all([there.close(), moved.close()]);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    await database.stop();
  }
});

/** A watcher as small as it can be. */
class RawWatcher {
  text = '';
  readonly socket: Socket;
  readonly #waiting = new Map<string, () => void>();

  constructor(url: URL, as: string) {
    this.socket = connect(Number(url.port), url.hostname);
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
      for (const [wanted, resolve] of this.#waiting) if (this.text.includes(wanted)) resolve();
    });
    const head = [`GET ${PATH} HTTP/1.1`, `Host: ${url.host}`, `Authorization: Bearer ${userToken(as)}`];
    this.socket.write(`${head.join('\r\n')}\r\n\r\n`);
  }

  /** Resolves once the text was received; rejects if the connection closes before. */
  has(wanted: string): Promise<void> {
    if (this.text.includes(wanted)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.set(wanted, resolve);
      this.socket.once('close', () => reject(new Error(`Closed before ${wanted}: ${this.text}`)));
    });
  }
}

/** Resident memory of a process in bytes. */
const memoryOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
const filesOf = (pid: number) =>
  Number(execFileSync('ls', ['-f', `/proc/${pid}/fd`], { encoding: 'utf8' }).split('\n').length);

/** Why so many connections cannot be tested here. */
function whyNot(connections: number): string | false {
  if (process.platform !== 'linux') return 'connections are counted in /proc';
  const files = Number(/open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  return files > connections + OTHER_FILES
    ? false
    : `needs ${connections + OTHER_FILES} open files, of which it has ${files}`;
}

for (const count of [1000, 10_000]) {
  test(`${count} watchers get each change, and leave nothing behind`, { skip: whyNot(count) }, async (t) => {
    const server = await startWithFile('node', t);
    const pid = server.pid ?? 0;
    const db = new DatabaseSync(server.path);
    const users = count / 20;
    db.exec('PRAGMA busy_timeout = 5000; BEGIN');
    for (let n = 0; n < users; n += 1) {
      db.prepare('INSERT INTO "User" (id, username) VALUES (?, ?)').run(`many-${n}`, `many-${n}`);
      db.prepare('INSERT INTO "UserRoles" (id, userId, communityId, roleId) VALUES (?, ?, ?, ?)').run(
        `many-${n}`,
        `many-${n}`,
        'community-kraken',
        'role-member',
      );
    }
    db.exec('COMMIT');
    db.close();
    const url = new URL(server.url);
    const [memoryBefore, filesBefore] = [memoryOf(pid), filesOf(pid)];
    const watchers: RawWatcher[] = [];
    for (let n = 0; n < count; n += 100) {
      const some = Array.from({ length: 100 }, (_, at) => new RawWatcher(url, `many-${(n + at) % users}`));
      watchers.push(...some);
      await Promise.all(some.map((watcher) => watcher.has('event: snapshot')));
    }
    const memory = memoryOf(pid) - memoryBefore;
    t.diagnostic(`${Math.round(memory / count / 1024)} KiB for each watcher`);
    if (count === 10_000) {
      const refused = await openStream(`${server.url}${PATH}`, { Authorization: `Bearer ${userToken('user-456')}` });
      assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '10']);
      await refused.close();
    }
    const started = performance.now();
    await joined(server.url, 'somebody');
    await Promise.all(watchers.map((watcher) => watcher.has('event: joined')));
    t.diagnostic(`${Math.round(performance.now() - started)} ms until the last one has a change`);
    for (const { socket } of watchers) socket.destroy();
    while (filesOf(pid) > filesBefore + 10) await new Promise((resolve) => setTimeout(resolve, 50));
    for (let n = 0; n < 20; n += 1) await (await watch(server.url)).next();
    assert.equal(await server.stop(), 0);
    const errors = server.log.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
    assert.deepEqual(
      errors.map(({ reason }) => reason),
      count === 10_000 ? ['too_many_watchers'] : [],
    );
  });
}
