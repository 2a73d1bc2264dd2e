/** Tokens by hand, with node:crypto: without code of the package that the vectors test. */
import { createHash, createHmac } from 'node:crypto';

export const NOW = 1_760_000_000;
export const KEY = 'APIruntimes';
export const SECRET = 'a secret for vectors only, known to everybody';

export const encode = (value) =>
  Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** `header` and `payload`: an object, or the exact text or bytes. */
export function sign(payload, { header = { alg: 'HS256', typ: 'JWT' }, secret = SECRET, hash = 'sha256' } = {}) {
  return tag(`${encode(header)}.${encode(payload)}`, { secret, hash });
}

/** Signs an encoded header and payload, whatever they are. */
export function tag(signed, { secret = SECRET, hash = 'sha256' } = {}) {
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

export const digest = (body, encoding = 'base64') => createHash('sha256').update(body).digest(encoding);
