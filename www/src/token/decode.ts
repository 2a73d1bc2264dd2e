/** Token → header and claims, unchecked: for looking at. Checking is the WebAssembly module's. */

export type Json = Record<string, unknown>;

export interface Decoded {
  /** The three parts as they are in the token. */
  parts: readonly [header: string, payload: string, signature: string];
  header: Json;
  claims: Json;
}

/** @throws Error with a sentence for who pasted the text */
export function decode(token: string): Decoded {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) {
    const counted = parts.length === 1 ? 'one part' : `${parts.length} parts`;
    throw new Error(`A token has three parts with dots between them; this text has ${counted}.`);
  }
  return {
    parts: [header, payload, signature],
    header: objectOf(header, 'first part, the header,'),
    claims: objectOf(payload, 'second part, the claims,'),
  };
}

function objectOf(part: string, name: string): Json {
  let value: unknown;
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error(`The ${name} is not JSON in base64url: is the token cut off?`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`The ${name} is JSON, but no object.`);
  }
  return value as Json;
}

/** base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
