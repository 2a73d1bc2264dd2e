// Keeps one PostgreSQL server for as long as its own standard input is open, that is, for as long as its starter lives:
// a test that is killed cannot clean up, and its end closes the pipe. Prints the server's address when it is ready.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = '127.0.0.1';
const USER = 'postgres';
const ATTEMPTS = 3;

/** Nothing here has to survive a power cut. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  shared_buffers: '16MB',
  // Test files that share it have dozens each.
  max_connections: '300',
  lc_messages: 'C',
};

const [, , programs = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-postgres-'));
const data = join(folder, 'data');
/** PostgreSQL refuses to run as root. @type {{ uid?: number, gid?: number }} */
const identity = process.getuid?.() === 0 ? unprivileged() : {};
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;

process.on('exit', () => {
  server?.kill('SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => leave());
process.stdin.on('end', () => leave()).on('error', () => leave());
process.stdin.resume();

// Other users of this machine can reach the port, too.
const password = randomBytes(16).toString('hex');
const passwordFile = join(folder, 'password');
writeFileSync(passwordFile, password, { mode: 0o600 });
for (const path of [folder, passwordFile]) {
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(path, identity.uid, identity.gid);
}
execFileSync(
  join(programs, 'initdb'),
  [
    ...['--pgdata', data, '--username', USER, '--pwfile', passwordFile, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--no-sync'],
  ],
  { ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
);
let port = await freePort();
// Another process may listen on the port before PostgreSQL does.
for (let attempt = 1; !(await started(port)); attempt++) {
  if (attempt === ATTEMPTS) process.exit(1);
  port = await freePort();
}
console.log(`postgres://${USER}:${password}@${HOST}:${port}/${USER}`);

/**
 * @param {number} onPort
 * @returns {Promise<boolean>}
 */
function started(onPort) {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(programs, 'postgres'), ['-D', data, '-p', `${onPort}`, ...settings], {
    ...identity,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server = child;
  return new Promise((resolve) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('ready to accept connections')) resolve(true);
      // Only the beginning matters, and a test may make the server say a lot.
      if (said.length > 10_000) said = '';
    });
    child.on('close', () => {
      server = undefined;
      process.stderr.write(said);
      resolve(false);
    });
  });
}

/** Ends the server at once, without the ceremony that spares a real one its recovery, and then this process. */
function leave() {
  if (server === undefined) process.exit(0);
  server.once('close', () => process.exit(0));
  server.kill('SIGQUIT');
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, HOST, () => {
      const { port: free } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(free));
    });
  });
}

/** The user that Debian's package makes, or else nobody. */
function unprivileged() {
  for (const name of [USER, 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((what) =>
        Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // There is no such user here.
    }
  }
  console.error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody.');
  process.exit(1);
}
