// Finds LiveKit's server, or builds it with Go: it is not published as a package that every machine can install.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onPath, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { mustRun, run } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';

const MODULE = join(root, 'scripts', 'livekit');
const PACKAGE = 'github.com/livekit/livekit-server/cmd/server';
const FOLDER = join(root, 'target', 'livekit-server');
const BUILT = join(FOLDER, `livekit-server${process.platform === 'win32' ? '.exe' : ''}`);
const LOCK = join(FOLDER, 'lock');
/** Fetching takes half a minute, building two to three. */
const FETCH_SECONDS = 300;
const BUILD_SECONDS = 900;
const LOOK_AGAIN_MS = 500;

/**
 * Of `LIVEKIT_SERVER` if it is set, else of the machine, else built, once.
 * @returns {Promise<{ path: string, skip?: never } | { path?: never, skip: string }>} the program, or why it is missing
 */
export async function livekitServer(say = console.log) {
  const { LIVEKIT_SERVER } = process.env;
  if (LIVEKIT_SERVER && !existsSync(LIVEKIT_SERVER))
    throw new Problem(`LIVEKIT_SERVER names no file: ${LIVEKIT_SERVER}`);
  const path = LIVEKIT_SERVER || onPath('livekit-server');
  if (path) return { path };
  const { code, stdout } = await run('go', ['version']);
  if (code !== 0)
    return { skip: 'there is no livekit-server, and no Go to build it: install one, or name one in LIVEKIT_SERVER' };
  mkdirSync(FOLDER, { recursive: true });
  /** @type {string | undefined} */
  let unfetched;
  await alone(async () => {
    const inputs = digest(
      ['go.mod', 'go.sum'].map((name) => join(MODULE, name)),
      [stdout],
    );
    await unlessFresh('livekit-server', { inputs, outputs: [BUILT] }, () => build(say)).catch((error) => {
      if (!(error instanceof Unfetched)) throw error;
      unfetched = error.message;
    });
  });
  return unfetched === undefined ? { path: BUILT } : { skip: unfetched };
}

class Unfetched extends Error {}

/** @param {(line: string) => void} say */
async function build(say) {
  // A go.work or flags of the machine's owner are about other modules.
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '' };
  say("Building LiveKit's server with Go, once, about three minutes");
  const fetched = await run('go', ['mod', 'download'], { cwd: MODULE, env, seconds: FETCH_SECONDS });
  if (fetched.code !== 0) {
    const why = fetched.timedOut ? `no end within ${FETCH_SECONDS} s` : fetched.output.trim().split('\n').at(-1);
    throw new Unfetched(`LiveKit's server could not be fetched: ${why}`);
  }
  const made = `${BUILT}.${process.pid}`;
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
  await mustRun('go', ['build', ...flags, '-o', made, PACKAGE], "LiveKit's server could not be built.", {
    cwd: MODULE,
    env,
    seconds: BUILD_SECONDS,
  });
  renameSync(made, BUILT);
}

/**
 * Test files run side by side, and two builds at once would take twice the time.
 * @param {() => Promise<void>} work
 */
async function alone(work) {
  while (!lock()) await wait(LOOK_AGAIN_MS);
  try {
    await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** Whether the lock is ours now. One whose owner is gone is removed. */
function lock() {
  try {
    writeFileSync(LOCK, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw new Problem(`${LOCK} cannot be written.`);
  }
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
  } catch {
    rmSync(LOCK, { force: true });
  }
  return false;
}
