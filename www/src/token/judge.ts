/**
 * What a LiveKit server would refuse in a token, by the rules of the WebAssembly module, which holds all of them.
 *
 * The module looks at the signature first and stops at the first fault. So the claims are signed again, with a key that
 * means nothing, and judged; what was found is mended, and the rest judged again, until nothing is left.
 */
import { AccessToken, LivekitException, TokenVerifier } from 'livekit-edge';
import { base64url, type Decoded, type Json } from './decode.ts';
import { at, mend, mendedHeader, mendMember } from './mend.ts';

/** What LiveKit's server allows for clocks that differ. */
export const TOLERANCE_SECONDS = 60;
const KEY = 'a key that means nothing';
/** No token has more claims that can be wrong. */
const MOST_ROUNDS = 40;
/** Of what the minting side refuses, what a server refuses too: it ignores the rest. */
const OF_THE_SERVER = /is required$|must not be longer/;

/** The faults as sentences; none for a token that would be let in if its signature is right. */
export async function faults(token: Decoded, nowSeconds: number): Promise<string[]> {
  const claims: Json = structuredClone(token.claims);
  const wrong = await whenVerified(token, claims, nowSeconds);
  return [...wrong, ...whenUsed(claims)];
}

/** Types, times, names. Mends `claims` on the way. */
async function whenVerified(token: Decoded, claims: Json, now: number): Promise<string[]> {
  const { iss } = token.claims;
  const issuer = typeof iss === 'string' && iss.trim() !== '' ? iss : 'issuer';
  const verifier = new TokenVerifier(issuer, KEY);
  const judge = async (header: string, payload: string) => {
    const signed = await sign(`${header}.${payload}`);
    return exception(() => verifier.verifySync(signed, TOLERANCE_SECONDS));
  };
  const found: string[] = [];
  let [header, payload] = token.parts;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fault = await judge(header, payload);
    if (fault === undefined) break;
    if (fault.reason === 'header' || fault.reason === 'malformed') header = encode(mendedHeader);
    const mended = await mend(fault, claims, { issuer, now, header: token.header }, (changed) =>
      judge(header, encode(changed)),
    );
    found.push(mended);
    payload = encode(claims);
  }
  return found;
}

/** What is missing or too long. A token that breaks these rules verifies, but no room lets its holder in. */
function whenUsed(claims: Json): string[] {
  const found: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fault = exception(() => minted(claims));
    if (fault === undefined) break;
    const path = fault.message.split(' ', 1)[0] ?? '';
    if (OF_THE_SERVER.test(fault.message)) found.push(`${fault.message}.`);
    const [holder, name] = at(claims, path === 'identity' ? 'sub' : path);
    if (holder === undefined) break;
    mendMember(holder, name);
  }
  return found;
}

/** Only what has a rule of this kind: members that it does not know, the minting side refuses, and a server ignores. */
function minted(claims: Json): string {
  const { sub: identity, ...others } = claims;
  const options = pick({ identity, ...others }, 'identity', 'metadata', 'attributes');
  const token = new AccessToken('key', KEY, { ...options, ttl: 60 });
  token.addGrant(pick((claims['video'] ?? {}) as Json, 'room', 'destinationRoom', 'roomJoin', 'roomAdmin'));
  return token.toJwtSync();
}

const pick = (from: Json, ...names: string[]): Json =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));

function exception(work: () => unknown): LivekitException | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof LivekitException) return error;
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
