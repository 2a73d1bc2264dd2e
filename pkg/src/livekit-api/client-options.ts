/** Options that all clients of LiveKit's API share. They are checked once. */

import type { ApiCredentials } from '../arguments.js';
import { credentialsOrSettings, readOptions, tokenText } from '../arguments.js';
import { createException } from '../exception.js';
import { apiUrl } from './twirp.js';

/** Options of the clients of LiveKit's API. */
export interface ClientOptions {
  /** Timeout of a request in seconds; the default is 10. */
  requestTimeout?: number;
  /**
   * Whether a failed call is sent to another region of LiveKit Cloud; the default is true. There is no failover for
   * other hosts, and with a timeout below five seconds.
   */
  failover?: boolean;
  /**
   * A token with the grants of the calls. It is sent instead of a token that is signed for each call with key and
   * secret.
   */
  token?: string;
}

/** The checked arguments of a client. */
export interface Connection {
  /** The URL from {@link apiUrl}. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly failover: boolean;
  readonly credentials: ApiCredentials | { readonly token: string };
}

const DEFAULT_TIMEOUT_SECONDS = 10;
/** Maximum timeout of a JavaScript timer in seconds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/** Syntax of a token in the `Authorization` header (`token68`, RFC 9110 section 11.2). */
const TOKEN = /^[\w\-.~+/]+=*$/;

/** Checks the arguments of a client. */
export function checkConnection(
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
  // `fetch` quotes an invalid header in its error.
  if (!TOKEN.test(text)) throw createException('not_configured', 'token must be a token', { path: 'token' });
  return text;
}
