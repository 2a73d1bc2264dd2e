// The settings under which LiveKit's server talks to this machine only: by default it, and the browsers that join,
// ask servers on the internet for their address.
import { networkInterfaces } from 'node:os';

export const HOST = '127.0.0.1';
/** Those of the server's own development mode. */
export const API_KEY = 'devkey';
export const API_SECRET = 'secret';

/**
 * @param {object} options
 * @param {number} options.port for HTTP and signalling, TCP
 * @param {number} options.mediaPort UDP
 * @param {Record<string, string>} options.keys secrets by API key, of which the first signs webhooks
 * @param {string | undefined} options.webhookUrl
 * @param {number} options.departureSeconds
 * @param {boolean} options.autoCreate
 * @param {Record<string, object>} options.roomConfigurations by name
 * @param {boolean} options.remoteUnmute
 * @param {string} options.logLevel
 */
export function livekitConfig({
  port,
  mediaPort,
  keys,
  webhookUrl,
  departureSeconds,
  autoCreate,
  roomConfigurations,
  remoteUnmute,
  logLevel,
}) {
  return {
    port,
    bind_addresses: [HOST],
    // Without it the server complains about the short secret.
    development: true,
    keys,
    logging: { level: logLevel, json: true },
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
      auto_create: autoCreate,
      departure_timeout: departureSeconds,
      enable_remote_unmute: remoteUnmute,
      room_configurations: roomConfigurations,
    },
    ...(webhookUrl === undefined ? {} : { webhook: { api_key: Object.keys(keys)[0], urls: [webhookUrl] } }),
  };
}

/** `lo` on Linux, `lo0` on macOS. */
function loopbackInterfaces() {
  const interfaces = Object.entries(networkInterfaces());
  return interfaces.filter(([, addresses]) => addresses?.some(({ address }) => address === HOST)).map(([name]) => name);
}
