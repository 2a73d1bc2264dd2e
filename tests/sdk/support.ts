/** What the tests of the SDK's surface share: credentials, tokens signed by hand, and what is in a token. */
import { createHash, createHmac } from 'node:crypto';
import { AccessToken, type AccessTokenOptions, type ClaimGrants, type VideoGrant } from 'livekit-edge';

export const KEY = 'devkey';
export const SECRET = 'a secret of thirty-two bytes or more';

/** The header that we write. */
export const HEADER = '{"alg":"HS256","typ":"JWT"}';

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** A text that is signed as it stands, with whatever header and secret. */
export function sign(payload: string | Uint8Array, header = HEADER, secret = SECRET, hash = 'sha256'): string {
  const signed = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** A token with these claims besides a good issuer and good times; `undefined` leaves one out. */
export const tokenOf = (claims: Record<string, unknown> = {}): string =>
  sign(JSON.stringify({ iss: KEY, sub: 'alice', exp: now() + 60, nbf: now(), ...claims }));

/** The claims in a token, unchecked. */
export const claimsOf = (token: string): ClaimGrants =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** A token builder that has what it takes to join. */
export function builder(options: AccessTokenOptions = {}, video: VideoGrant = {}): AccessToken {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice', ...options });
  at.addGrant({ roomJoin: true, room: 'lobby', ...video });
  return at;
}

/** The digest of a webhook's body, as LiveKit writes it. */
export const digestOf = (body: string | Uint8Array): string => createHash('sha256').update(body).digest('base64');

/** A value that has another type than its name says, for what TypeScript would not let through. */
// biome-ignore lint/suspicious/noExplicitAny: the purpose is to go past the types
export const untyped = (value: unknown): any => value;

/** How an error about a claim looks. */
export const refusedClaim = (message: string, path?: string) => ({
  name: 'LivekitException',
  status: 400,
  code: 'invalid_claim',
  message,
  ...(path === undefined ? {} : { path }),
});

/** How an error about a token looks. */
export const refusedToken = (reason: string | undefined, message?: string) => ({
  name: 'LivekitException',
  status: 401,
  code: 'invalid_token',
  reason,
  ...(message === undefined ? {} : { message }),
});
