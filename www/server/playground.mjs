// The app that `npm start` serves on every runtime: the playground at `/`, the demo's own routes, and everything else as
// the endpoint answers it. The deployable endpoint knows nothing of it.
import { Hono } from 'hono';
import { mount } from 'hono/mount';
import { secureHeaders } from 'hono/secure-headers';
import { demoChoices } from './demo.mjs';
import { watchAll } from './presence.mjs';

const PROBE_MS = 2000;
const WEBHOOK = '/api/livekit/webhook';
/** Values of Sec-Fetch-Site; programs other than browsers send none. */
const SAME_ORIGIN = ['same-origin', 'none', undefined];
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * @typedef {{ type: string, text: string }} File
 * @typedef {{ fetch: (request: Request, env?: any, context?: any) => Response | Promise<Response> }} Endpoint
 *
 * @param {Endpoint} endpoint
 * @param {Record<string, string | undefined>} settings those of the endpoint
 * @param {Record<string, File>} files of the page, by path
 */
export function playground(endpoint, settings, files) {
  const livekit = livekitOrigin(settings.LIVEKIT_URL);
  const headers = pageHeaders(livekit);
  const app = new Hono();
  app.use('*', loopbackOnly);
  for (const [path, { type, text }] of Object.entries(files)) {
    app.get(path, headers, (context) => context.body(text, 200, { 'Content-Type': type }));
  }
  app.use('/demo/*', headers, sameOriginOnly);
  app.get('/demo/choices', async (context) => context.json(await demoChoices(settings)));
  // The page asks before it connects, because a browser reports every failed connection as an error.
  app.get('/demo/livekit', async (context) => context.json({ answers: await answers(livekit) }));
  app.get('/demo/presence', (context) => watchAll(context, endpoint));
  return app.all('*', mount(endpoint.fetch, { replaceRequest: false }));
}

/**
 * What the page may do: run its own scripts and our WebAssembly, and talk to us and to LiveKit's server.
 * @param {string | undefined} livekit
 */
function pageHeaders(livekit) {
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'", ...(livekit === undefined ? [] : [livekit.replace(/^http/, 'ws'), livekit])],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      // No string can become markup, whatever it contains.
      requireTrustedTypesFor: ["'script'"],
    },
    permissionsPolicy: { camera: ['self'], microphone: ['self'], displayCapture: ['self'] },
    strictTransportSecurity: false,
  });
  /** @type {import('hono').MiddlewareHandler} */
  return async (context, next) => {
    await secure(context, next);
    context.header('Cache-Control', 'no-store');
  };
}

/**
 * Answers 403 to other host names: a page of another site can give its own name the address of this machine, and could then
 * sign in with the demo's public JWT_SECRET. Webhooks are signed, and may arrive through a tunnel.
 * @type {import('hono').MiddlewareHandler}
 */
const loopbackOnly = async (context, next) =>
  LOOPBACK.test(context.req.header('Host') ?? '') || context.req.path === WEBHOOK ? next() : context.body(null, 403);

/**
 * Answers 403 to requests of other sites' pages, which could not read the response, but hold a stream.
 * @type {import('hono').MiddlewareHandler}
 */
const sameOriginOnly = async (context, next) =>
  SAME_ORIGIN.includes(context.req.header('Sec-Fetch-Site')) ? next() : context.body(null, 403);

/** @param {string | undefined} origin */
const answers = (origin) =>
  origin !== undefined &&
  fetch(origin, { signal: AbortSignal.timeout(PROBE_MS) }).then(
    (response) => response.body?.cancel().then(() => true),
    () => false,
  );

/**
 * Of LiveKit's HTTP API; `undefined` if the setting is no URL.
 * @param {string | undefined} url
 */
function livekitOrigin(url = '') {
  const http = url.replace(/^ws/i, 'http');
  return /^https?:/i.test(http) && URL.canParse(http) ? new URL(http).origin : undefined;
}
