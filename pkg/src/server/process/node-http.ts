/** Node's HTTP server, with timeouts, responses to malformed requests, and a graceful stop. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { DISCARD } from '../middleware/discard-body.js';
import type { Address } from './address.js';
import type { Handler, Listening } from './process.js';

/** Timeouts for slow clients in milliseconds. Node checks every second. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
/**
 * Timeout in milliseconds of a connection on which nothing is sent, between two requests or because the client reads no
 * response. Load balancers reuse a connection for up to a minute, so that it must be longer. An event stream has a
 * heartbeat.
 */
const IDLE_MS = 65_000;
const IDLE_CHECK_MS = 50;
/** Status by the code of Node's error for a malformed request; the default is 400. */
const STATUS_BY_CODE: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Starts a server. Rejects if the address cannot be used. */
export function listen(handler: Handler, { hostname, port }: Address): Promise<Listening> {
  const listener = getRequestListener(handler, { errorHandler: refuseTarget, autoCleanupIncoming: false });
  const server = createServer({ ...TIMEOUTS, keepAliveTimeout: IDLE_MS }, listener);
  server.timeout = IDLE_MS;
  refuseMalformed(server);
  server.on('request', discardUnread);
  // Node would answer 417 itself, and then read a body of any size.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      const { address, port } = server.address() as AddressInfo;
      const cutOff = () => server.closeAllConnections();
      resolve({ address: { hostname: address, port }, finish: () => finish(server), cutOff });
    });
  });
}

/** The response to a request whose target is not a path, such as `OPTIONS *`, or whose `Host` is malformed. */
export const refuseTarget = (): Response =>
  new Response(jsonRefusal(400), { status: 400, headers: { 'Content-Type': 'application/json' } });

/** Responds to malformed requests with a JSON body. If the body of a request is incomplete, the handler responds. */
function refuseMalformed(server: Server): void {
  const exchanges = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>();
  server.on('request', (request, response) => exchanges.set(request.socket, { request, response }));
  const waiting = new WeakSet<Socket>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // All further data is an error again.
    if (waiting.has(socket)) return;
    const { request, response } = exchanges.get(socket) ?? {};
    const refuse = () => socket.end(rawRefusal(STATUS_BY_CODE[error.code ?? ''] ?? 400), () => socket.destroy());
    const answer = () => {
      const isRead = request !== undefined && !request.complete && request.listenerCount('error') > 0;
      const isAnswered = response === undefined || response.writableFinished;
      if (error.code === 'HPE_INVALID_EOF_STATE' && isRead) {
        // The client has closed its side, so that nothing is left to read.
        response?.once('finish', () => socket.end());
        request.emit('error', error);
      } else if (!isAnswered && response.socket === null) {
        // The responses to earlier requests are sent first.
        waiting.add(socket);
        response.once('socket', answer);
      } else if (!isAnswered && (request?.complete || response.writableEnded)) {
        // The error belongs to the data after a request, or to an unread body: the response is sent first.
        waiting.add(socket);
        response.once('close', () => socket.writable && refuse());
      } else if (socket.writable && (isAnswered || !response.headersSent)) {
        refuse();
      } else {
        socket.destroy();
      }
    };
    answer();
  });
}

/**
 * Discards the rest of a body after the response, so that the client receives the response and the connection can be
 * reused. If the body does not end, the connection is closed. Hono's adapter would close it after half a second, before
 * a slow client has sent its body.
 */
export function discardUnread(request: IncomingMessage, response: ServerResponse): void {
  // Node's own listener discards a body of any size, unless the request was read: this one comes first and reads.
  response.prependOnceListener('finish', () => {
    if (request.readableEnded || request.destroyed) return;
    request.removeAllListeners('data').read(0);
    if (request.complete) return void request.resume();
    let bytes = 0;
    // A body slightly above the limit is complete: then the connection may already have the next request.
    const close = () => (request.complete ? request.resume() : request.socket.destroy());
    const { linger, milliseconds } = DISCARD;
    // A request emits no `close` if the connection is closed after the response. The timers must not keep the process
    // running. After a 408 the body has had its time.
    const late = setTimeout(close, response.statusCode === 408 ? linger : milliseconds).unref();
    const clear = () => clearTimeout(late);
    request.once('end', clear).once('close', clear);
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= DISCARD.bytes) return;
      request.pause();
      setTimeout(close, linger).unref();
    });
    request.resume();
  });
}

/** The JSON body of an error response. */
export const jsonRefusal = (status: number, message = STATUS_CODES[status]): string =>
  JSON.stringify({ statusCode: status, message });

function rawRefusal(status: number): string {
  const body = jsonRefusal(status);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Stops the server: idle keep-alive connections are closed, since they would keep it open. */
function finish(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idle);
      resolve();
    });
  });
}
