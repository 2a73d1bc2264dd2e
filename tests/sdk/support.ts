/** Shared by the tests of the SDK's names: credentials, tokens signed by hand, and the claims of a token. */
import { createHash, createHmac } from 'node:crypto';
import { AccessToken, type AccessTokenOptions, type ClaimGrants, type VideoGrant } from 'livekit-edge';

export const KEY = 'devkey';
export const SECRET = 'a secret of thirty-two bytes or more';

/** The header of our tokens. */
export const HEADER = '{"alg":"HS256","typ":"JWT"}';

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** Signs a string unchanged, with any header and secret. */
export function sign(payload: string | Uint8Array, header = HEADER, secret = SECRET, hash = 'sha256'): string {
  const signed = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** A token with these claims beside a valid issuer and valid times; `undefined` leaves one out. */
export const tokenOf = (claims: Record<string, unknown> = {}): string =>
  sign(JSON.stringify({ iss: KEY, sub: 'alice', exp: now() + 60, nbf: now(), ...claims }));

/** The claims of a token, not verified. */
export const claimsOf = (token: string): ClaimGrants =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** A token builder with the required claims for joining. */
export function builder(options: AccessTokenOptions = {}, video: VideoGrant = {}): AccessToken {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice', ...options });
  at.addGrant({ roomJoin: true, room: 'lobby', ...video });
  return at;
}

/** The digest of a webhook's body, in LiveKit's form. */
export const digestOf = (body: string | Uint8Array): string => createHash('sha256').update(body).digest('base64');

/** A value with a wrong type, which TypeScript would not accept. */
// biome-ignore lint/suspicious/noExplicitAny: the purpose is to go past the types
export const untyped = (value: unknown): any => value;

/** Matches an error about a claim. */
export const refusedClaim = (message: string, path?: string) => ({
  name: 'LivekitException',
  status: 400,
  code: 'invalid_claim',
  message,
  ...(path === undefined ? {} : { path }),
});

/** Matches an error about a token. */
export const refusedToken = (reason: string | undefined, message?: string) => ({
  name: 'LivekitException',
  status: 401,
  code: 'invalid_token',
  reason,
  ...(message === undefined ? {} : { message }),
});
