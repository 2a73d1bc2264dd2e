/** Decodes the header and claims of a token for display, without verifying it. */

/** A JSON object. */
export type Json = Record<string, unknown>;

/** A decoded token. */
export interface Decoded {
  /** The three encoded parts. */
  readonly parts: readonly [header: string, payload: string, signature: string];
  readonly header: Json;
  readonly claims: Json;
}

/** Maximum depth of header and claims. Valid claims are less deep. JSON.stringify fails on much deeper objects. */
const MAX_DEPTH = 64;

/** Extracts a token from a string, which may be the value of an `Authorization` header. */
export const tokenIn = (text: string): string => text.trim().replace(/^Bearer\s+/i, '');

/** Decodes a token. Throws an `Error`; its message is one sentence, and contains no part of the token. */
export function decode(token: string): Decoded {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) {
    const counted = parts.length === 1 ? 'one part' : `${parts.length} parts`;
    throw new Error(`A token has three parts, separated by dots; this text has ${counted}.`);
  }
  return {
    parts: [header, payload, signature],
    header: parseObject(header, 'first part, the header,'),
    claims: parseObject(payload, 'second part, the claims,'),
  };
}

function parseObject(part: string, name: string): Json {
  let value: unknown;
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error(`The ${name} is not JSON in base64url: is the token cut off?`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`The ${name} is JSON, but not an object.`);
  }
  if (isDeeper(value, MAX_DEPTH)) throw new Error(`The ${name} is nested too deeply.`);
  return value as Json;
}

/** True if objects and arrays are nested deeper than `levels`. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((field) => isDeeper(field, levels - 1)));

/** Encodes as base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
