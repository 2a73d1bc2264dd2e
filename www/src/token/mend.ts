/** One fault of a token: what it is in a sentence, and the claims without it, so that the next one can be found. */
import type { LivekitException } from 'livekit-edge';
import type { Json } from './decode.ts';

export const mendedHeader = { alg: 'HS256', typ: 'JWT' };
/** Without them, their lack would be found next. */
const NEEDED = new Set(['sub', 'room']);
const LIFE_SECONDS = 600;

export interface Circumstances {
  issuer: string;
  /** Unix seconds. */
  now: number;
  header: Json;
}

type Judge = (claims: Json) => Promise<LivekitException | undefined>;

/** Takes the fault out of `claims` and says what it was. */
export async function mend(fault: LivekitException, claims: Json, about: Circumstances, judge: Judge): Promise<string> {
  const { issuer, now, header } = about;
  switch (fault.reason) {
    case 'header':
      return `The header must be plain HS256; alg is ${JSON.stringify(header['alg']) ?? 'missing'}.`;
    case 'malformed':
      return 'The text is not canonical base64url: no padding, no spaces, no other alphabet.';
    case 'expired':
      claims['exp'] = now + LIFE_SECONDS;
      return 'It has expired: exp has passed.';
    case 'not_yet_valid':
      delete claims['nbf'];
      return 'It is not valid yet: nbf has not come.';
    case 'issuer':
      claims['iss'] = issuer;
      return 'iss must name an API key.';
    case 'claims':
      return missing(claims, issuer, now);
  }
  const path = fault.message.split(' ', 1)[0] ?? '';
  if (fault.message.endsWith('has a member that LiveKit does not know')) return misspelt(path, fault, claims, judge);
  const [holder, name] = at(claims, path);
  if (name === 'exp') claims['exp'] = now + LIFE_SECONDS;
  else if (name === 'iss') claims['iss'] = issuer;
  else if (holder !== undefined) mendMember(holder, name);
  return `${fault.message}.`;
}

/** Gives a member that is fine, or none where none is. */
export function mendMember(holder: Json, name: string): void {
  if (NEEDED.has(name)) holder[name] = 'x';
  else delete holder[name];
}

function missing(claims: Json, issuer: string, now: number): string {
  if ((claims['exp'] ?? null) === null) {
    claims['exp'] = now + LIFE_SECONDS;
    return 'exp is missing: a token without an end is refused.';
  }
  if (claims['iss'] === undefined) {
    claims['iss'] = issuer;
    return 'iss is missing: it names the API key, and so the secret.';
  }
  return 'The claims are not strict JSON: a key is given twice, or a text or number is malformed.';
}

/** Which member it is, the fault does not say; so it is the one without which the fault is gone. */
async function misspelt(path: string, fault: LivekitException, claims: Json, judge: Judge): Promise<string> {
  const holder = at(claims, path === 'claims' ? 'x' : `${path}.x`)[0] ?? {};
  for (const name of Object.keys(holder)) {
    const { [name]: value, ...others } = holder;
    delete holder[name];
    const left = await judge(claims);
    if (left?.message !== fault.message) {
      return `${path === 'claims' ? '' : `${path}.`}${name} differs from a known name only in case, and a LiveKit server reads it as that one.`;
    }
    for (const key of Object.keys(holder)) delete holder[key];
    Object.assign(holder, others, { [name]: value });
  }
  return `${fault.message}.`;
}

/** The object that has the last name of a path, and that name. */
export function at(claims: Json, path: string): [holder: Json | undefined, name: string] {
  const names = path.split('.');
  const name = names.pop() ?? '';
  let holder: unknown = claims;
  for (const step of names) holder = (holder as Json | undefined)?.[step];
  return [typeof holder === 'object' && holder !== null ? (holder as Json) : undefined, name];
}
