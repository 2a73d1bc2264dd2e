// LiveKit's own server on this machine, for the tests; `npm run livekit` runs one to play with until Ctrl-C.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { node24, root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { livekitServer } from './livekit/binary.mjs';
import { API_KEY, API_SECRET, HOST, livekitConfig } from './livekit/config.mjs';
import { freePort, portFrom } from './serve/port.mjs';
import { setup } from './setup.mjs';

export { livekitServer };

const START_MS = 30_000;
const POLL_MS = 50;
const ANSWER_MS = 1000;
const PARENT_CHECK_MS = 500;
/** Where clients and SDKs expect a server in development mode. */
const USUAL_PORT = 7880;
const IN_USE = 'stop what is using it';
/** LiveKit's default: a room outlives its last participant for as long. */
const DEPARTURE_SECONDS = 20;

/**
 * @typedef {object} LivekitOptions
 * @property {string} [webhookUrl] where to send webhooks; nowhere if not given
 * @property {number} [port] a free one if not given
 * @property {number} [departureSeconds] how long a room outlives its last participant; LiveKit's 20 if not given
 * @property {Record<string, string>} [keys] its API keys and their secrets, of which the first signs webhooks; those of development mode if not given
 * @property {boolean} [autoCreate] whether rooms are created when a participant joins; the default is LiveKit's, true
 * @property {Record<string, object>} [roomConfigurations] room configurations by name; the default is an empty object
 * @property {boolean} [remoteUnmute] whether participants may be unmuted from outside; as in LiveKit, no if not given
 * @property {string} [logLevel] `warn` if not given
 * @property {(text: string) => void} [onLog] gets what the server logs as it comes
 *
 * @typedef {object} Livekit
 * @property {string} url for clients
 * @property {string} httpUrl for the API
 * @property {string} apiKey
 * @property {string} apiSecret
 * @property {number | undefined} pid of the server itself
 * @property {() => string} log what it has logged so far, a JSON object a line
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server of its own, which ends with `stop` or with this process. It does not talk to other machines.
 * @param {LivekitOptions} [options]
 * @returns {Promise<Livekit>}
 */
export async function startLivekit(options = {}) {
  const { path, skip } = await livekitServer();
  if (path === undefined) throw new Problem(skip);
  const { webhookUrl, departureSeconds = DEPARTURE_SECONDS, remoteUnmute = false, logLevel = 'warn', onLog } = options;
  const { keys = { [API_KEY]: API_SECRET }, autoCreate = true, roomConfigurations = {} } = options;
  const [[apiKey, apiSecret] = [API_KEY, API_SECRET]] = Object.entries(keys);
  // Where another server listens, it would be taken for ours.
  const port = await freePort(options.port ?? 0, IN_USE);
  const mediaPort = await freeMediaPort();
  const config = livekitConfig({
    port,
    mediaPort,
    keys,
    webhookUrl,
    departureSeconds,
    autoCreate,
    roomConfigurations,
    remoteUnmute,
    logLevel,
  });
  const keeper = spawn(node24(), [join(root, 'scripts', 'livekit', 'keep.mjs'), path], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment(JSON.stringify(config)),
  });
  let log = '';
  let ended = false;
  /** @type {number | undefined} */
  let pid;
  const closed = [keeper.stdout, keeper.stderr].map((stream) => {
    stream?.setEncoding('utf8').on('data', (text) => {
      log += text;
      onLog?.(text);
    });
    return new Promise((resolve) => stream?.once('close', resolve));
  });
  keeper.once('message', (message) => {
    pid = Number(message);
  });
  // Its own `close` does not come after a disconnect of ours.
  const end = Promise.all([once(keeper, 'exit'), ...closed]).then(() => {
    ended = true;
  });
  const stop = async () => {
    if (keeper.connected) keeper.disconnect();
    await end;
  };
  const httpUrl = `http://${HOST}:${port}`;
  const deadline = performance.now() + START_MS;
  while (ended || !(await answers(httpUrl))) {
    if (!ended && performance.now() < deadline) {
      await wait(POLL_MS);
      continue;
    }
    await stop();
    throw new Problem(`LiveKit's server did not start on port ${port}: ${log.trim().split('\n').at(-1)}`);
  }
  return { url: `ws://${HOST}:${port}`, httpUrl, apiKey, apiSecret, pid, log: () => log, stop };
}

/**
 * Nothing else: settings of another LiveKit server in this process's environment would win over ours.
 * @param {string} config
 */
function environment(config) {
  const { PATH, HOME, SystemRoot } = process.env;
  return { PATH, HOME, SystemRoot, LIVEKIT_CONFIG: config };
}

/** @param {string} url */
const answers = (url) =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    (response) => response.body?.cancel().then(() => true),
    () => false,
  );

/** @returns {Promise<number>} */
function freeMediaPort() {
  return new Promise((resolve, reject) => {
    const probe = createSocket('udp4').once('error', reject);
    probe.bind(0, HOST, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function byHand() {
  // The port that `npm start` takes with the same environment.
  const webhookUrl = `http://${HOST}:${portFrom(process.env.PORT)}/api/livekit/webhook`;
  await freePort(USUAL_PORT, IN_USE);
  await setup();
  const { url, apiKey, apiSecret, stop } = await startLivekit({
    port: USUAL_PORT,
    webhookUrl,
    onLog: (text) => process.stderr.write(text),
  });
  console.log(`
LiveKit's server listens on ${url}, for this machine only: LIVEKIT_URL=${url} LIVEKIT_API_KEY=${apiKey} LIVEKIT_API_SECRET=${apiSecret}
It sends its webhooks to ${webhookUrl}. Stop with Ctrl-C.`);
  const parent = process.ppid;
  await new Promise((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    // Killing npm kills the shell that npm started, which passes no signal on.
    setInterval(() => process.ppid !== parent && resolve(undefined), PARENT_CHECK_MS).unref();
  });
  await stop();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main(byHand);
