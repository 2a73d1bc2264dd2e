/** The text of a JWK Set (RFC 7517 section 5) → its keys that check user tokens. */
import { createLocalJWKSet, type JWK } from 'jose';

/** A signature algorithm (`alg`) and the only kind of key that it is used with (`kty`, `crv`); see `src/algorithm.rs`. */
export interface Algorithm {
  readonly name: string;
  readonly keyType: string;
  readonly curve?: string;
}

/** As much of a token's header as chooses the key. */
export interface Header {
  readonly alg: string;
  readonly kid?: string;
}

/** Finds the one key that fits; `undefined` if none does, or, for a token that names none, several do. */
export type KeySet = (header: Header) => Promise<CryptoKey | undefined>;

const MAX_KEYS = 100;
/** Lists and objects within each other; a JWK Set with certificates has four. */
const MAX_DEPTH = 8;
/** The members of a public key that are read, all texts but `key_ops`. */
const TEXTS = ['kty', 'kid', 'use', 'alg', 'crv', 'n', 'e', 'x', 'y'] as const;
/** What only a private or a symmetric key has (RFC 7518 section 6, RFC 9964). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/** The exponent of every provider. With 1 any text would be a signature. */
const EXPONENT = 'AQAB';

/** The name of an algorithm in the rules: EdDSA is also called Ed25519 (RFC 9864). */
export const canonicalName = (alg: string): string => (alg === 'Ed25519' ? 'EdDSA' : alg);

/**
 * The keys of a JWK Set for these algorithms; `undefined` for a text that is none. Entries that are malformed, for anything
 * else, symmetric or private are ignored. A set without keys is a set: its provider has withdrawn them all.
 */
export function keySet(text: string, algorithms: readonly Algorithm[]): KeySet | undefined {
  const listed = parse(text);
  if (!Array.isArray(listed) || listed.length > MAX_KEYS) return undefined;
  const usable = listed.filter((key): key is JWK => isJwk(key) && isUsable(key, algorithms));
  const find = createLocalJWKSet({ keys: unambiguous(usable.map(publicPart)) });
  return async ({ alg, kid }) => {
    try {
      return await find(kid === undefined ? { alg: canonicalName(alg) } : { alg: canonicalName(alg), kid });
    } catch {
      // None fits, several do, or the one that fits is no key: a point that is not on its curve.
      return undefined;
    }
  };
}

function parse(text: string): unknown {
  try {
    const set: unknown = JSON.parse(text);
    return isObject(set) && !isDeeper(set, MAX_DEPTH) ? set['keys'] : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1)));

/** A key of any kind whose members are of the types that the RFCs give them. */
const isJwk = (key: unknown): key is JWK =>
  isObject(key) &&
  typeof key['kty'] === 'string' &&
  TEXTS.every((name) => key[name] === undefined || typeof key[name] === 'string') &&
  (key['key_ops'] === undefined || Array.isArray(key['key_ops']));

function isUsable(key: JWK, algorithms: readonly Algorithm[]): boolean {
  if (PRIVATE.some((name) => name in key)) return false;
  if ((key.use ?? 'sig') !== 'sig' || key.key_ops?.includes('verify') === false) return false;
  if (key.kty === 'RSA' && key.e !== EXPONENT) return false;
  return algorithms.some(
    ({ name, keyType, curve }) =>
      key.kty === keyType && key.crv === curve && (key.alg === undefined || canonicalName(key.alg) === name),
  );
}

/** Nothing else of it reaches the library: its `key_ops` and `use` were checked. */
function publicPart(key: JWK): JWK {
  const part = Object.fromEntries(TEXTS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]))) as JWK;
  return part.alg === undefined ? part : { ...part, alg: canonicalName(part.alg) };
}

/**
 * The same key once, and no keys that share an id and a kind but are not the same: which of them is meant is open. One that is
 * listed with and without its algorithm is for any of its kind.
 */
function unambiguous(keys: readonly JWK[]): JWK[] {
  return groups(keys, idOf).flatMap((group) => {
    const distinct = groups(group, materialOf);
    return distinct.length > 1 && group[0]?.kid !== undefined ? [] : distinct.flatMap(once);
  });
}

function once(same: readonly JWK[]): JWK[] {
  const general = same.find(({ alg }) => alg === undefined);
  return general ? [general] : [...new Map(same.map((key) => [key.alg, key])).values()];
}

function groups(keys: readonly JWK[], by: (key: JWK) => string): JWK[][] {
  const found = new Map<string, JWK[]>();
  for (const key of keys) found.set(by(key), [...(found.get(by(key)) ?? []), key]);
  return [...found.values()];
}

const idOf = ({ kty, crv, kid }: JWK): string => JSON.stringify([kty, crv, kid]);
const materialOf = ({ n, e, x, y }: JWK): string => JSON.stringify([n, e, x, y]);
