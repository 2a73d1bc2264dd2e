// LiveKit's own server on this machine, for the tests and for `npm run livekit`.
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { Problem } from '../../scripts/lib/problem.mjs';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { freePort } from '../../scripts/serve/port.mjs';
import { keep } from './keep.mjs';

const HOST = '127.0.0.1';
/** Those of the server's own development mode. */
const DEVELOPMENT_KEYS = { devkey: 'secret' };
const ANSWER_MS = 1000;

/**
 * @typedef {object} LivekitOptions
 * @property {string} [webhookUrl] where to send webhooks; nowhere if not given
 * @property {number} [port] a free one if not given
 * @property {number} [departureSeconds] how long a room outlives its last participant; the default is LiveKit's, 20
 * @property {Record<string, string>} [keys] its API keys and their secrets, of which the first signs webhooks; those of development mode if not given
 * @property {boolean} [autoCreate] whether rooms are created when a participant joins; the default is LiveKit's, true
 * @property {Record<string, object>} [roomConfigurations] room configurations by name; the default is an empty object
 * @property {boolean} [remoteUnmute] whether participants may be unmuted from outside; the default is LiveKit's, false
 * @property {string} [logLevel] the default is `warn`
 * @property {(text: string) => void} [onLog] gets what the server logs as it comes, a JSON object a line
 *
 * @typedef {import('./keep.mjs').Kept & { url: string, httpUrl: string, apiKey: string, apiSecret: string }} Livekit its
 *   addresses for clients and for the API, and a key
 */

/**
 * Starts a server of its own, which ends with `stop` or with this process. It does not talk to other machines.
 * @param {LivekitOptions} [options]
 * @returns {Promise<Livekit>}
 */
export async function startLivekit(options = {}) {
  const { path, skip } = await livekitServer();
  if (path === undefined) throw new Problem(skip);
  // A server that already listens there would be mistaken for ours.
  const port = await freePort(options.port ?? 0, 'stop what is using it');
  const config = livekitConfig(options, port, await freeMediaPort());
  const [[apiKey, apiSecret] = ['', '']] = Object.entries(config.keys);
  const httpUrl = `http://${HOST}:${port}`;
  const { PATH, HOME, SystemRoot } = process.env;
  const kept = await keep({
    title: `LiveKit's server on port ${port}`,
    program: path,
    args: [],
    // Nothing else: settings of another LiveKit server in this process's environment would win over ours.
    env: { PATH, HOME, SystemRoot, LIVEKIT_CONFIG: JSON.stringify(config) },
    // It would wait for its participants to leave, and it has nothing to save.
    keeping: { signal: 'SIGKILL' },
    isReady: () => answers(httpUrl),
    ...(options.onLog && { onLog: options.onLog }),
  });
  return { url: `ws://${HOST}:${port}`, httpUrl, apiKey, apiSecret, ...kept };
}

/**
 * The settings under which the server talks to this machine only: by default it, and the browsers that join, ask servers on the
 * internet for their address.
 * @param {LivekitOptions} options
 * @param {number} port for HTTP and signalling, TCP
 * @param {number} mediaPort UDP
 */
function livekitConfig(options, port, mediaPort) {
  const { keys = DEVELOPMENT_KEYS, webhookUrl } = options;
  return {
    port,
    bind_addresses: [HOST],
    // Without it the server complains about the short secret.
    development: true,
    keys,
    logging: { level: options.logLevel ?? 'warn', json: true },
    rtc: {
      use_external_ip: false,
      node_ip: HOST,
      enable_loopback_candidate: true,
      interfaces: { includes: loopbackInterfaces() },
      ips: { includes: [`${HOST}/32`] },
      udp_port: mediaPort,
      // This port would be open on every address of the machine.
      tcp_port: 0,
      // By default the server tells clients to use Google's. No program listens to UDP here; at the port for media,
      // clients would parse media as answers.
      stun_servers: [`${HOST}:${port}`],
    },
    turn: { enabled: false },
    room: {
      auto_create: options.autoCreate ?? true,
      departure_timeout: options.departureSeconds ?? 20,
      enable_remote_unmute: options.remoteUnmute ?? false,
      room_configurations: options.roomConfigurations ?? {},
    },
    ...(webhookUrl === undefined ? {} : { webhook: { api_key: Object.keys(keys)[0], urls: [webhookUrl] } }),
  };
}

/** `lo` on Linux, `lo0` on macOS. */
function loopbackInterfaces() {
  const interfaces = Object.entries(networkInterfaces());
  return interfaces.filter(([, addresses]) => addresses?.some(({ address }) => address === HOST)).map(([name]) => name);
}

/** @param {string} url */
const answers = (url) =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    (response) => response.body?.cancel().then(() => true) ?? true,
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
