/** User tokens as Kraken's login signs them, and forged ones. Made by hand, so that no library mends them. */
import { createHmac, randomUUID } from 'node:crypto';
import { demoData, demoSettings } from '../../scripts/demo-data.mjs';

export const JWT_SECRET = demoSettings.JWT_SECRET ?? '';

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** base64url of bytes, of a text, or of a value as JSON. */
export function encode(part: unknown): string {
  const bytes = part instanceof Uint8Array || typeof part === 'string' ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** A compact JWS of any header and payload, with the tag that the secret gives. */
export function jws(header: unknown, payload: unknown, secret = JWT_SECRET, hash = 'sha256'): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

export const HS256 = { alg: 'HS256', typ: 'JWT' };

/** The claims of a user's token, with changes; `undefined` leaves a claim out. */
export function userClaims(sub: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const user = demoData.users.find(({ id }: { id: string }) => id === sub);
  return {
    username: user?.username ?? 'nobody',
    sub,
    role: user?.role ?? 'USER',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 3600,
    ...changes,
  };
}

/** A good token of a user, unless the changes make it bad. */
export const userToken = (sub: string, changes?: Record<string, unknown>, secret?: string): string =>
  jws(HS256, userClaims(sub, changes), secret);
