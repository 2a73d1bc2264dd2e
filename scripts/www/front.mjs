// The server in front of the endpoint that `npm start` runs: the playground at `/`, the demo's own routes, and
// everything else as the endpoint answers it. The deployable endpoint knows nothing of it.
import { createServer } from 'node:http';
import { buildPlayground } from './build.mjs';
import { demoChoices } from './demo.mjs';
import { forward } from './forward.mjs';
import { livekitHttpUrl, pageHeaders } from './headers.mjs';
import { watchAll } from './presence.mjs';

const HOST = '127.0.0.1';
const PROBE_MS = 2000;
/** The presence of all channels. */
const WATCH = '/demo/presence';
const NAMES_OF_THIS_MACHINE = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * @typedef {object} FrontOptions
 * @property {number} [port] 0 for a free one
 * @property {string} endpoint origin of the running endpoint
 * @property {Record<string, string | undefined>} settings those of the endpoint
 *
 * @param {FrontOptions} options
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startFront({ port = 0, endpoint, settings }) {
  const files = await buildPlayground();
  const headers = pageHeaders(settings.LIVEKIT_URL);
  /** @type {Record<string, () => unknown>} */
  const demo = {
    '/demo/choices': () => demoChoices(settings),
    '/demo/livekit': () => livekitAnswers(settings.LIVEKIT_URL),
  };
  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async function answer(request, response) {
    const [path = '/'] = (request.url ?? '/').split('?');
    const file = files.get(path);
    const makes = demo[path];
    const isWatch = path === WATCH && request.method === 'GET';
    if (!/^(GET|HEAD)$/.test(request.method ?? '') || !(file || makes || isWatch)) {
      return forward(request, response, endpoint);
    }
    if (file) return response.writeHead(200, { ...headers, 'content-type': file.type }).end(file.body);
    // A page of another site can give its own name the address of this machine and then read what is here.
    if (!NAMES_OF_THIS_MACHINE.has((request.headers.host ?? '').replace(/:\d+$/, ''))) {
      return response.writeHead(403, headers).end();
    }
    if (isWatch) return watchAll(request, response, endpoint, headers);
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(await makes?.()));
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, () => resolve(undefined));
  });
  const stop = () =>
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port: listening } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://${HOST}:${listening}`, stop };
}

/**
 * Asked for by the page before it connects, because a browser reports every failed connection as an error.
 * @param {string | undefined} livekitUrl
 */
async function livekitAnswers(livekitUrl) {
  const url = livekitHttpUrl(livekitUrl);
  if (url === undefined) return { answers: false };
  return fetch(url, { signal: AbortSignal.timeout(PROBE_MS) }).then(
    (response) => response.body?.cancel().then(() => ({ answers: true })),
    () => ({ answers: false }),
  );
}
