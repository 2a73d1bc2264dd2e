/** Calls LiveKit's API: Twirp with JSON, using only `fetch`. */
import { readText } from '../read-stream.js';

/** A JSON object. */
export type Json = Record<string, unknown>;

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** URL and token of calls. */
export interface Api {
  readonly send: Send;
  /** The URL from {@link apiUrl}. */
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Id of a call, the same for its retries, so that the server can recognize a call that it has already answered. */
  readonly requestId?: string | undefined;
}

/** A response. */
export interface Answer {
  readonly status: number;
  /** Undefined if the body is not a JSON object. */
  readonly json: Json | undefined;
  /** Whether the body was too large, and therefore was not parsed. */
  readonly isTooLarge: boolean;
}

/**
 * Maximum size of a response in bytes. A participant usually takes a few kilobytes, but can choose long names for
 * tracks.
 */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

const HTTP_OF = new Map([
  ['ws:', 'http:'],
  ['wss:', 'https:'],
  ['http:', 'http:'],
  ['https:', 'https:'],
]);

/** Converts the URL of a server to http or https without a trailing slash; `undefined` if it is invalid. */
export function apiUrl(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(url);
  const http = HTTP_OF.get(protocol);
  // `fetch` rejects a URL with credentials, and quotes it in its error.
  if (http === undefined || username !== '' || password !== '') return undefined;
  return `${http}//${host}${pathname.replace(/\/+$/, '')}`;
}

/** LiveKit's services. */
export type Service = 'RoomService' | 'Egress' | 'AgentDispatchService';

/** Calls a method of a service. Rejects as `send` does, and if the response is incomplete. */
export async function callTwirp(api: Api, service: Service, method: string, body: Json): Promise<Answer> {
  const { send, url, token, signal, requestId } = api;
  const response = await send(`${url}/twirp/livekit.${service}/${method}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(requestId === undefined ? {} : { 'x-livekit-request-id': requestId }),
    },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal,
  });
  const text = await readText(response.body, MAX_RESPONSE_BYTES);
  return { status: response.status, json: parseObject(text), isTooLarge: text === undefined };
}

function parseObject(text: string | undefined): Json | undefined {
  try {
    const value = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
