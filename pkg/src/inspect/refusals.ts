/** Lists the reasons for which a LiveKit server would reject a token. Every rule is in the WebAssembly module. */
import { LivekitException } from '../exception.js';
import { TokenVerifier } from '../token-verifier.js';
import { type ClaimError, validateTokenClaims } from '../validate-claims.js';
import { base64url, type Decoded, type Json } from './decode.js';

/** Clock tolerance of a LiveKit server in seconds. */
export const TOLERANCE_SECONDS = 60;
/** Secret that a token is signed with again, so that everything except its own signature can be checked. */
const KEY = 'a key without meaning';
/** An API key that no token has as its issuer. The verifier checks the issuer last. */
const ISSUER = 'an issuer of no token';

/** The reasons as sentences; empty if a LiveKit server would accept the token with a valid signature. */
export async function refusals(token: Decoded): Promise<string[]> {
  return [...(await formRefusals(token)), ...claimRefusals(token.claims)];
}

function claimRefusals(claims: Json): string[] {
  try {
    return validateTokenClaims(claims, TOLERANCE_SECONDS).map((error) => sentence(error, claims));
  } catch (error) {
    if (error instanceof LivekitException) return [`${error.message}.`];
    throw error;
  }
}

function sentence({ path, code, message }: ClaimError, claims: Json): string {
  switch (`${code} ${path}`) {
    case 'expired exp':
      return 'It has expired: exp is in the past.';
    case 'not_yet_valid nbf':
      return 'It is not valid yet: nbf is in the future.';
    case 'missing exp':
      return 'exp is missing: a token without an expiry is rejected.';
    case 'missing iss':
      return claims['iss'] === ''
        ? 'iss must name an API key.'
        : 'iss is missing: it names the API key, and so the secret.';
    default:
      return code === 'unknown_field'
        ? `${path} differs from a known name only in case, and a LiveKit server reads it as that one.`
        : `${message}.`;
  }
}

/** Errors of the header, of the encoding, and of JSON that `JSON.parse` accepts but the rules reject. */
async function formRefusals({ parts: [header, payload], header: { alg }, claims }: Decoded): Promise<string[]> {
  const plain = encode({ alg: 'HS256', typ: 'JWT' });
  const reasons = new Set([await reasonFor(header, payload), await reasonFor(plain, payload)]);
  const found: string[] = [];
  if (reasons.has('header') || reasons.has('algorithm')) {
    found.push(`The header must be plain HS256; alg is ${JSON.stringify(alg) ?? 'missing'}.`);
  }
  if (reasons.has('malformed')) {
    found.push('The text is not canonical base64url: no padding, no spaces, no other alphabet.');
  }
  // Claims without an issuer have the same reason, so that it only counts if serializing them again removes it.
  if (reasons.has('claims') && (await reasonFor(plain, encode(claims))) !== 'claims') {
    found.push('The claims are not strict JSON: a field is repeated, or a string is malformed.');
  }
  return found;
}

/** The reason for which a token of these parts is invalid, after signing it again. */
async function reasonFor(header: string, payload: string): Promise<string | undefined> {
  const signed = await sign(`${header}.${payload}`);
  try {
    new TokenVerifier(ISSUER, KEY).verifySync(signed, TOLERANCE_SECONDS);
    return undefined;
  } catch (error) {
    if (error instanceof LivekitException) return error.reason;
    throw error;
  }
}

const encode = (value: unknown): string => base64url(new TextEncoder().encode(JSON.stringify(value)));

async function sign(text: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes.encode(KEY), algorithm, false, ['sign']);
  return `${text}.${base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text))))}`;
}
