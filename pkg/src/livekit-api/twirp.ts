/** Calls of LiveKit's API: Twirp with JSON, over nothing but `fetch`. */
import { readText } from '../read-stream.js';

/** A JSON object. */
export type Json = Record<string, unknown>;

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Where and with which token calls are sent. */
export interface Api {
  readonly send: Send;
  /** Of {@link apiUrl}. */
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** The same for all requests of one call, so that the server can recognize one that it has answered already. */
  readonly requestId?: string | undefined;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  /** Undefined if the body is not a JSON object. */
  readonly json: Json | undefined;
  /** Whether the body is too large, and so was not parsed. */
  readonly isTooLarge: boolean;
}

/** A participant is a few kilobytes, but may choose long names for its tracks. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

const HTTP_OF = new Map([
  ['ws:', 'http:'],
  ['wss:', 'https:'],
  ['http:', 'http:'],
  ['https:', 'https:'],
]);

/** The URL of a server for HTTP, without a slash at its end; `undefined` for an invalid one. */
export function apiUrl(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(url);
  const http = HTTP_OF.get(protocol);
  // `fetch` rejects a URL with credentials, and has it in its message.
  if (http === undefined || username !== '' || password !== '') return undefined;
  return `${http}//${host}${pathname.replace(/\/+$/, '')}`;
}

/** LiveKit's services. */
export type Service = 'RoomService' | 'Egress' | 'AgentDispatchService';

/** Calls a method of a service. Rejects as `send` does, and if the response breaks off. */
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
