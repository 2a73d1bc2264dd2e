// Hands a request to the endpoint and its answer back, as they are, so that page and endpoint share one origin.
import { request } from 'node:http';
import { connectTo } from '../lib/connect.mjs';

/** About a connection, not about what is sent over it. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'expect', 'upgrade', 'proxy-connection']);

/**
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} outgoing
 * @param {string} target origin of the endpoint
 */
export function forward(incoming, outgoing, target) {
  const { hostname, port } = new URL(target);
  /** @type {import('node:http').IncomingMessage | undefined} */
  let answer;
  const upstream = request({
    method: incoming.method,
    path: incoming.url,
    headers: ofTheMessage(incoming.rawHeaders),
    // The endpoint may answer before it has the whole body.
    createConnection: () => connectTo(Number(port), hostname),
  });
  upstream.on('response', (incoming) => {
    answer = incoming;
    outgoing.writeHead(answer.statusCode ?? 502, ofTheMessage(answer.rawHeaders));
    answer.pipe(outgoing);
  });
  upstream.on('error', () => {
    if (answer?.complete) return;
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('The endpoint does not answer.\n');
  });
  outgoing.on('close', () => upstream.destroy());
  // So that the client can send the rest of a body that the endpoint did not want.
  upstream.on('close', () => incoming.resume());
  incoming.pipe(upstream);
}

/** @param {string[]} raw names and values in turn, which keeps their spelling and those given twice */
function ofTheMessage(raw) {
  return raw.filter((_, index) => !OF_THE_CONNECTION.has((raw[index - (index % 2)] ?? '').toLowerCase()));
}
