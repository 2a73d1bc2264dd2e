// For machines without LiveKit's server: builds it with Go, once, because no registry has the program itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onPath, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { mustRun, run } from '../lib/run.mjs';

const MODULE = join(root, 'scripts', 'machine', 'livekit');
/** Fetching takes half a minute, building two to three. */
const FETCH_SECONDS = 300;
const BUILD_SECONDS = 900;

/**
 * Of `LIVEKIT_SERVER` if it is set, else of the machine, else built: Go keeps the program in its cache.
 * @returns {Promise<{ path: string, skip?: never } | { path?: never, skip: string }>} the program, or why it is missing
 */
export async function livekitServer() {
  const { LIVEKIT_SERVER } = process.env;
  if (LIVEKIT_SERVER && !existsSync(LIVEKIT_SERVER))
    throw new Problem(`LIVEKIT_SERVER names no file: ${LIVEKIT_SERVER}`);
  const path = LIVEKIT_SERVER || onPath('livekit-server');
  if (path) return { path };
  if (!onPath('go')) return { skip: 'there is no livekit-server, and no Go to build it: name one in LIVEKIT_SERVER' };
  built ??= build();
  return built;
}

/** @type {ReturnType<typeof build> | undefined} */
let built;

/** @returns {Promise<{ path: string, skip?: never } | { path?: never, skip: string }>} */
async function build() {
  // A go.work or flags of the machine's owner are about other modules.
  const options = {
    cwd: MODULE,
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly -trimpath -ldflags=-s' },
  };
  const fetched = await run('go', ['mod', 'download'], { ...options, seconds: FETCH_SECONDS });
  if (fetched.code !== 0) {
    const why = fetched.timedOut ? `no end within ${FETCH_SECONDS} s` : fetched.output.trim().split('\n').at(-1);
    return { skip: `LiveKit's server could not be fetched: ${why}` };
  }
  const seconds = BUILD_SECONDS;
  const sentence = "LiveKit's server could not be built.";
  // Builds what is not in the cache, and prints where it is.
  const { stdout } = await mustRun('go', ['tool', '-n', 'server'], sentence, { ...options, seconds });
  return { path: stdout.trim() };
}
