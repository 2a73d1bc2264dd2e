/** An app with `fetch` → a function for the Node server of a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createLog } from '../log.js';
import { discardUnread, jsonRefusal, refuseTarget } from './node-http.js';

/** An app that answers web requests: that of `createApp()` or `livekit()`, or any other Hono app. */
export interface FetchApp {
  /** Answers a request; `connection` is what Hono's handlers find in `context.env`. */
  fetch(request: Request, connection?: object): Response | Promise<Response>;
}

/** What tells a request of Node's HTTP server (`IncomingMessage`) apart, so that the types of Node are not needed. */
export interface NodeRequest {
  /** Names and values of the headers in turn, as they were received. */
  readonly rawHeaders: readonly string[];
  /** Path and query. */
  readonly url?: string | undefined;
}

/** What tells a response of Node's HTTP server (`ServerResponse`) apart. */
export interface NodeResponse {
  /** Whether the status and the headers were sent. */
  readonly headersSent: boolean;
  /** Ends the response. */
  end(): unknown;
}

/** Answers a request of Node's HTTP server: middleware of Express and NestJS, and a handler for Fastify's `raw` objects. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => void;

/**
 * Lets an app answer requests in a server that a framework has started. The path is that of `request.url`, from which Express
 * removes the prefix that a handler is mounted at.
 *
 * The app needs the body as it was sent: mount the handler before anything that parses bodies, or keep the bytes in
 * `request.rawBody` (the option `rawBody` of NestJS). A body that was read and not kept is answered 500, and the log says so.
 */
export function nodeHandler(app: FetchApp): NodeHandler {
  // The application's own global `Request` and `Response` stay as they are.
  const options = { errorHandler: refuseTarget, overrideGlobalObjects: false, autoCleanupIncoming: false };
  const listener = getRequestListener((request, connection) => app.fetch(request, connection), options);
  return (nodeRequest, nodeResponse) => {
    const [request, response] = [nodeRequest as IncomingMessage, nodeResponse as ServerResponse];
    discardUnread(request, response);
    if (isBodyLost(request)) refuse(response);
    else void listener(request, response);
  };
}

/** Whether something before the handler has read the body. */
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
