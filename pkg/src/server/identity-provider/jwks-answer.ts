/** Asks an identity provider for its keys, and bounds what it may answer. */

import { readText } from '../read-stream.js';
import { withTimeout } from '../timeout.js';

/** For the whole answer, its body included. */
const TIMEOUT_MS = 2000;
/** Of the body, decompressed. */
const MAX_BYTES = 256 * 1024;

/**
 * The text that the provider answers with 200; `undefined` for everything else: no answer in time, a redirect, another
 * status, too large a body, one that breaks off or is not UTF-8. Never rejects.
 */
export async function readJwks(url: string, ask: typeof fetch = fetch): Promise<string | undefined> {
  const controller = new AbortController();
  try {
    // The signal alone would not do: a body may go on after it.
    return await withTimeout<string | undefined>(
      TIMEOUT_MS,
      () => read(url, ask, controller.signal),
      () => undefined,
    );
  } catch {
    return undefined;
  } finally {
    // Also closes the connection of an answer that was not read to its end.
    controller.abort();
  }
}

async function read(url: string, ask: typeof fetch, signal: AbortSignal): Promise<string | undefined> {
  // Workers name no user agent of their own, and some providers refuse who names none.
  const headers = { Accept: 'application/json, application/jwk-set+json', 'User-Agent': 'livekit-edge' };
  const { status, body } = await ask(url, { headers, redirect: 'manual', signal });
  return status === 200 ? readText(body, MAX_BYTES, new TextDecoder('utf-8', { fatal: true })) : undefined;
}
