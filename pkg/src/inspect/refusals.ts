/** Why a LiveKit server would refuse a token. Every rule is in the WebAssembly module. */
import { LivekitException } from '../exception.js';
import { TokenVerifier } from '../token-verifier.js';
import { type ClaimError, validateTokenClaims } from '../validate-claims.js';
import { base64url, type Decoded, type Json } from './decode.js';

/** Clock tolerance of a LiveKit server in seconds. */
export const TOLERANCE_SECONDS = 60;
/** Key to sign a token anew with, so that everything but its own signature can be checked. */
const KEY = 'a key without meaning';
/** An API key that issues no token: the verifier reports an issuer only after everything else was checked. */
const ISSUER = 'an issuer of no token';

/** The reasons as sentences; none for a token that is accepted if its signature is valid. */
export async function refusals(token: Decoded): Promise<string[]> {
  return [...(await refusalsOfForm(token)), ...refusalsOfClaims(token.claims)];
}

function refusalsOfClaims(claims: Json): string[] {
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
      return 'exp is missing: a token without an end is refused.';
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

/** Errors of the header, of the encoding, and of JSON that JavaScript's parser accepts. */
async function refusalsOfForm({ parts: [header, payload], header: { alg }, claims }: Decoded): Promise<string[]> {
  const plain = encode({ alg: 'HS256', typ: 'JWT' });
  const reasons = new Set([await reasonFor(header, payload), await reasonFor(plain, payload)]);
  const found: string[] = [];
  if (reasons.has('header') || reasons.has('algorithm')) {
    found.push(`The header must be plain HS256; alg is ${JSON.stringify(alg) ?? 'missing'}.`);
  }
  if (reasons.has('malformed')) {
    found.push('The text is not canonical base64url: no padding, no spaces, no other alphabet.');
  }
  // Claims without an issuer have this reason too, also when they are serialized anew.
  if (reasons.has('claims') && (await reasonFor(plain, encode(claims))) !== 'claims') {
    found.push('The claims are not strict JSON: a field is repeated, or a string is malformed.');
  }
  return found;
}

/** Why a token of these parts is invalid after it was signed anew. */
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
