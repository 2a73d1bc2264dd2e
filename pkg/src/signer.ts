/**
 * Caches the signing key of the last `AccessToken`. Applications create an `AccessToken` for each token, usually with
 * the same API key and secret, and preparing the key takes a sixth of the time of issuing a token.
 */
import type { ApiCredentials } from './arguments.js';
import type { AccessTokenSigner } from './wasm/generated/livekit_edge.js';
import { Handle } from './wasm/instance.js';

interface Signer extends ApiCredentials {
  readonly handle: Handle<AccessTokenSigner>;
}

/** The last signer; `undefined` while it is in use. */
let idle: Signer | undefined;

/**
 * Calls the signer of an API key and its secret. A cached signer of other credentials is freed, and its key zeroized.
 */
export function withSigner<T>(credentials: ApiCredentials, operation: (signer: AccessTokenSigner) => T): T {
  const signer = idle !== undefined && isSignerFor(credentials, idle) ? idle : createSigner(credentials);
  if (signer !== idle) idle?.handle.dispose();
  idle = undefined;
  try {
    return signer.handle.call(operation);
  } finally {
    // A clock that the application replaced may have signed another token in the meantime.
    (idle as Signer | undefined)?.handle.dispose();
    idle = signer;
  }
}

const createSigner = ({ apiKey, apiSecret }: ApiCredentials): Signer => ({
  apiKey,
  apiSecret,
  handle: new Handle(
    ({ AccessTokenSigner }) => new AccessTokenSigner(apiKey, apiSecret),
    () => undefined,
  ),
});

const isSignerFor = (credentials: ApiCredentials, signer: Signer): boolean =>
  signer.apiKey === credentials.apiKey && isSameSecret(signer.apiSecret, credentials.apiSecret);

/** Compares secrets in a time that depends only on their lengths. */
function isSameSecret(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
