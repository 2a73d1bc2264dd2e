/** Options that all clients of LiveKit's API have in common, checked once. */

import type { ApiCredentials } from '../arguments.js';
import { credentialsOrSettings, readOptions, tokenText } from '../arguments.js';
import { createException } from '../exception.js';
import { apiUrl } from './twirp.js';

/** Options of the clients of LiveKit's API. */
export interface ClientOptions {
  /** Timeout of a request in seconds; the default is 10. */
  requestTimeout?: number;
  /**
   * Whether a call that fails is sent to another region of LiveKit Cloud; the default is true. Other hosts, and clients with a
   * timeout of less than five seconds, have no failover.
   */
  failover?: boolean;
  /** A token with the grants of the calls, sent as it is, in place of one that is signed for each call with key and secret. */
  token?: string;
}

/** How a client calls. */
export interface Connection {
  /** Of {@link apiUrl}. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly failover: boolean;
  readonly credentials: ApiCredentials | { readonly token: string };
}

const DEFAULT_TIMEOUT_SECONDS = 10;
/** The maximum of a timer. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/** A token as a header can have it (`token68`, RFC 9110, section 11.2). */
const TOKEN = /^[\w\-.~+/]+=*$/;

/** Checks the arguments of a client. */
export function connectionOf(
  host: unknown,
  apiKey: unknown,
  apiSecret: unknown,
  options: ClientOptions | undefined,
): Connection {
  const {
    requestTimeout = DEFAULT_TIMEOUT_SECONDS,
    failover,
    token,
  } = readOptions(options, ['requestTimeout', 'failover', 'token']);
  const url = apiUrl(host);
  if (url === undefined) {
    throw createException('not_configured', 'LiveKit URL invalid', { reason: 'invalid_url', path: 'host' });
  }
  if (!(typeof requestTimeout === 'number' && requestTimeout > 0 && requestTimeout <= MAX_TIMEOUT_SECONDS)) {
    throw createException('not_configured', 'requestTimeout must be a positive number of seconds', {
      path: 'requestTimeout',
    });
  }
  return {
    url,
    timeoutMs: Math.ceil(requestTimeout * 1000),
    failover: failover !== false,
    credentials:
      token === undefined || token === '' ? credentialsOrSettings(apiKey, apiSecret) : { token: checked(token) },
  };
}

function checked(token: unknown): string {
  const text = tokenText(token);
  // The error of `fetch` for an invalid header quotes it.
  if (!TOKEN.test(text)) throw createException('not_configured', 'token must be a token', { path: 'token' });
  return text;
}
