/** Fetches the JWK Set of an identity provider, with a timeout and a maximum size. */

import { readText } from '../../read-stream.js';
import { withTimeout } from '../timeout.js';

/** Timeout of the whole response in milliseconds. */
const TIMEOUT_MS = 2000;
/** Maximum size of the decompressed body in bytes. */
const MAX_BYTES = 256 * 1024;

/**
 * Returns the body of a response with status 200; `undefined` for a timeout, a redirect, another status, and a body
 * that is too large, incomplete or not UTF-8. Never rejects.
 */
export async function readJwks(url: string, ask: typeof fetch = fetch): Promise<string | undefined> {
  const controller = new AbortController();
  try {
    // The signal is not enough, because a body may continue after the abort.
    return await withTimeout<string | undefined>(
      TIMEOUT_MS,
      () => read(url, ask, controller.signal),
      () => undefined,
    );
  } catch {
    return undefined;
  } finally {
    // Closes the connection of a response that was not read to its end.
    controller.abort();
  }
}

async function read(url: string, ask: typeof fetch, signal: AbortSignal): Promise<string | undefined> {
  // Workers send no `User-Agent` by default, and some providers reject requests without one.
  const headers = { Accept: 'application/json, application/jwk-set+json', 'User-Agent': 'livekit-edge' };
  const { status, body } = await ask(url, { headers, redirect: 'manual', signal });
  return status === 200 ? readText(body, MAX_BYTES, new TextDecoder('utf-8', { fatal: true })) : undefined;
}
