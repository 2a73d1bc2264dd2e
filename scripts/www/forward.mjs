// Hands a request to the endpoint and its answer back, as they are, so that page and endpoint share one origin.
import { request } from 'node:http';
import { pipeline } from 'node:stream';
import { connectTo } from '../lib/connect.mjs';

/**
 * About a connection, not about what is sent over it (RFC 9110 section 7.6.1, and what clients of old proxies send). A body
 * gets its framing anew.
 */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Bytes and milliseconds for the rest of a body that the endpoint did not want: as in the endpoint on Workers. */
const DRAIN_BYTES = 16 * 1024 * 1024;
const DRAIN_MS = 10_000;
/** Milliseconds for which a client whose body does not end can still read the answer. */
const LINGER_MS = 1000;
/** A name or an address, with or without a port. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;
/** Where a message ends and who it is for are no options of a connection, whatever `Connection` says. */
const NEVER_DROPPED = ['content-length', 'host'];

/**
 * Nothing that either side sends makes this throw.
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} outgoing
 * @param {string} target origin of the endpoint
 */
export function forward(incoming, outgoing, target) {
  if (!isForwarded(incoming)) return refuse(incoming, outgoing, 400);
  const { hostname, port } = new URL(target);
  const headers = endToEnd(incoming);
  // Without it Node would send the body of a GET with no end.
  if (incoming.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  /** @type {import('node:http').ClientRequest} */
  let upstream;
  try {
    upstream = request({
      method: incoming.method,
      path: incoming.url,
      headers,
      // The endpoint may answer before it has the whole body.
      createConnection: () => connectTo(Number(port), hostname),
    });
  } catch {
    return refuse(incoming, outgoing, 400);
  }
  let isAnswered = false;
  upstream.on('response', (answer) => {
    isAnswered = true;
    // So that the client can send the rest of a body that the endpoint did not want, and then reads the answer.
    drain(incoming);
    try {
      outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer));
    } catch {
      upstream.destroy();
      return refuse(incoming, outgoing, 502);
    }
    pipeline(answer, outgoing, () => upstream.destroy());
  });
  upstream.on('error', () => {
    if (!isAnswered) refuse(incoming, outgoing, 502);
  });
  outgoing.on('close', () => upstream.destroy());
  incoming.on('error', () => upstream.destroy());
  incoming.pipe(upstream);
}

/** Whether the request is for a URL: the Workers runtime answers `OPTIONS *` and a malformed host with 500. @param {import('node:http').IncomingMessage} request */
function isForwarded({ url = '', headers }) {
  const { host = '' } = headers;
  return /^(\/|http:\/\/)/i.test(url) && HOST.test(host) && URL.canParse(url, `http://${host}`);
}

/**
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} outgoing
 * @param {400 | 502} status
 */
function refuse(incoming, outgoing, status) {
  drain(incoming);
  if (outgoing.headersSent || outgoing.destroyed) return outgoing.destroy();
  const text = status === 400 ? 'This is no request for the endpoint.\n' : 'The endpoint does not answer.\n';
  outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

/**
 * Discards the rest of a body, and closes the connection of a client whose body does not end.
 * @param {import('node:http').IncomingMessage} incoming
 */
function drain(incoming) {
  let bytes = 0;
  const close = () => incoming.socket.destroy();
  const late = setTimeout(close, DRAIN_MS);
  incoming.on('close', () => clearTimeout(late));
  incoming.unpipe().on('data', (/** @type {Buffer} */ part) => {
    bytes += part.length;
    if (bytes <= DRAIN_BYTES) return;
    incoming.pause();
    setTimeout(close, LINGER_MS);
  });
  incoming.resume();
}

/**
 * The headers that are passed on: names and values in turn, which keeps their spelling and those given twice.
 * @param {import('node:http').IncomingMessage} message
 */
function endToEnd({ rawHeaders, headers }) {
  const options = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const dropped = [...HOP_BY_HOP, ...options.filter((option) => !NEVER_DROPPED.includes(option))];
  return rawHeaders.filter((_, index) => !dropped.includes((rawHeaders[index - (index % 2)] ?? '').toLowerCase()));
}
