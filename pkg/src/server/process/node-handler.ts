/** Converts an app with `fetch` into a request handler for the Node server of a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createLog } from '../log.js';
import { discardUnread, jsonRefusal, refuseTarget } from './node-http.js';

/** An app that handles web requests: from `createApp()` or `livekit()`, or any other Hono app. */
export interface FetchApp {
  /** Handles a request. `connection` becomes `context.env` of Hono's handlers. */
  fetch(request: Request, connection?: object): Response | Promise<Response>;
}

/** Some fields of Node's `IncomingMessage`, so that Node's types are not required. */
export interface NodeRequest {
  /** Names and values of the headers, alternating, as received. */
  readonly rawHeaders: readonly string[];
  /** Path and query. */
  readonly url?: string | undefined;
}

/** Some fields of Node's `ServerResponse`. */
export interface NodeResponse {
  /** True after the status and headers were sent. */
  readonly headersSent: boolean;
  /** Ends the response. */
  end(): unknown;
}

/**
 * Handles a request of Node's HTTP server. It is middleware for Express and NestJS; with Fastify, pass it the `raw`
 * objects.
 */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => void;

/**
 * Creates a handler that answers requests of a framework's server with an app. The path is `request.url`, from which
 * Express removes the prefix of the handler.
 *
 * The app needs the original body: add the handler before body parsers, or store the bytes in `request.rawBody` (the
 * option `rawBody` of NestJS). If the body has already been read and is not in `rawBody`, the response is 500, and the
 * error is logged.
 */
export function nodeHandler(app: FetchApp): NodeHandler {
  // Hono's adapter would otherwise replace the global `Request` and `Response` of the application.
  const options = { errorHandler: refuseTarget, overrideGlobalObjects: false, autoCleanupIncoming: false };
  const listener = getRequestListener((request, connection) => app.fetch(request, connection), options);
  return (nodeRequest, nodeResponse) => {
    const [request, response] = [nodeRequest as IncomingMessage, nodeResponse as ServerResponse];
    discardUnread(request, response);
    if (isBodyLost(request)) refuse(response);
    else void listener(request, response);
  };
}

/** True if the body has been read before the handler, and is not in `rawBody`. */
function isBodyLost(request: IncomingMessage): boolean {
  const { headers, method = 'GET', readableDidRead } = request;
  if (!readableDidRead || ['GET', 'HEAD'].includes(method)) return false;
  const isSent = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return isSent && !('rawBody' in request && request.rawBody instanceof Buffer);
}

function refuse(response: ServerResponse): void {
  const message =
    'The body of a request was read before the endpoint: mount it before body parsers, or set request.rawBody';
  createLog('error').error(message);
  response.writeHead(500, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(jsonRefusal(500, 'Internal server error'));
}
