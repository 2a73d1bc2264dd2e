/** Node's HTTP server: timeouts, malformed requests, and how it stops. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { DISCARD } from '../middleware/discard-body.js';
import type { Address } from './address.js';
import type { Handler, Listening } from './process.js';

/** Milliseconds for which a slow client keeps a connection open; Node checks every second. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
/** Milliseconds. Longer than the minute for which load balancers keep a connection that they may use again. */
const KEEP_ALIVE = { keepAliveTimeout: 65_000 };
const IDLE_CHECK_MS = 50;
/** What else than 400 is the status of a request that Node refuses before there is one. */
const STATUS_OF: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Listens. Rejects if the address cannot be used. */
export function listen(handler: Handler, { hostname, port }: Address): Promise<Listening> {
  const listener = getRequestListener(handler, { errorHandler: refuseTarget, autoCleanupIncoming: false });
  const server = createServer({ ...TIMEOUTS, ...KEEP_ALIVE }, listener);
  refuseMalformed(server);
  server.on('request', discardUnread);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      const { address, port } = server.address() as AddressInfo;
      const cutOff = () => server.closeAllConnections();
      resolve({ address: { hostname: address, port }, finish: () => finish(server), cutOff });
    });
  });
}

/** Answers a target that is not a path, such as that of `OPTIONS *`, and a malformed `Host`. */
export const refuseTarget = (): Response =>
  new Response(jsonRefusal(400), { status: 400, headers: { 'Content-Type': 'application/json' } });

/** Answers with a body what Node would answer without, and lets the reader of a body that breaks off answer it. */
function refuseMalformed(server: Server): void {
  const exchanges = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>();
  server.on('request', (request, response) => exchanges.set(request.socket, { request, response }));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { request, response } = exchanges.get(socket) ?? {};
    const isRead = request !== undefined && !request.complete && request.listenerCount('error') > 0;
    const isAnswered = response === undefined || response.writableFinished;
    const refuse = () => socket.end(rawRefusal(STATUS_OF[error.code ?? ''] ?? 400), () => socket.destroy());
    if (error.code === 'HPE_INVALID_EOF_STATE' && isRead) {
      request.emit('error', error);
    } else if (!isAnswered && request?.complete) {
      // What follows a request must not take the answer that the request is still to have.
      response.once('close', () => socket.writable && refuse());
    } else if (socket.writable && (isAnswered || !response.headersSent)) {
      refuse();
    } else {
      socket.destroy();
    }
  });
}

/**
 * Discards the rest of a body after the response, so that the client reads it and the connection stays usable; that of a
 * client whose body does not end is closed. Hono's adapter would close it after half a second, in which a slow client has not
 * sent its body yet.
 */
export function discardUnread(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.readableEnded || request.destroyed) return;
    let bytes = 0;
    const close = () => request.socket.destroy();
    const late = setTimeout(close, DISCARD.milliseconds);
    const idle = setTimeout(close, DISCARD.idle);
    const clear = () => {
      clearTimeout(late);
      clearTimeout(idle);
    };
    request.once('end', clear).once('close', clear);
    request.removeAllListeners('data').on('data', (part: Buffer) => {
      bytes += part.length;
      idle.refresh();
      if (bytes > DISCARD.bytes) request.pause();
    });
    request.resume();
  });
}

/** The body of a response with a status. */
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

/** A connection that is kept alive would keep the server open: each is closed once it has no request left. */
function finish(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idle);
      resolve();
    });
  });
}
