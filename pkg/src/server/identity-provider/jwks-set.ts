/** Parses a JWK Set (RFC 7517 section 5) into the keys that verify user tokens. */
import type { JWK } from 'jose';

/**
 * The used part of jose. The type is internal, because TypeScript rejects types of an ES module in the declarations of
 * a CommonJS package.
 * @internal
 */
export type Jose = typeof import('./jose.js');

/** A signature algorithm (`alg`) and the type of key that it requires (`kty`, `crv`); see `src/algorithm.rs`. */
export interface Algorithm {
  readonly name: string;
  readonly keyType: string;
  readonly curve?: string;
}

/** The fields of a token's header that select the key. */
export interface Header {
  readonly alg: string;
  readonly kid?: string;
}

/** Returns the key of a token; `undefined` if there is none, or several for a token without `kid`. */
export type KeySet = (header: Header) => Promise<CryptoKey | undefined>;

const MAX_KEYS = 100;
/** Maximum nesting of arrays and objects; a JWK Set with certificates has four levels. */
const MAX_DEPTH = 8;
/** The parsed fields of a public key that are strings; `key_ops` is an array. */
const TEXTS = ['kty', 'kid', 'use', 'alg', 'crv', 'n', 'e', 'x', 'y'] as const;
/** Fields of private and symmetric keys (RFC 7518 section 6, RFC 9964). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/**
 * The only accepted RSA exponent, 65537, which every provider uses. With exponent 1 any message would be its own
 * signature.
 */
const EXPONENT = 'AQAB';

/** Returns the name of an algorithm in `src/algorithm.rs`. EdDSA is also called Ed25519 (RFC 9864). */
export const canonicalName = (alg: string): string => (alg === 'Ed25519' ? 'EdDSA' : alg);

/**
 * Parses a JWK Set into the keys for these algorithms; `undefined` if the text is not a JWK Set. Entries that are
 * malformed, symmetric, private, or for another use or algorithm are ignored. The set may be empty, if the provider has
 * withdrawn all keys.
 * @internal
 */
export function keySet(text: string, algorithms: readonly Algorithm[], jose: Jose): KeySet | undefined {
  const listed = parse(text);
  if (!Array.isArray(listed) || listed.length > MAX_KEYS) return undefined;
  const usable = listed.filter((key): key is JWK => isJwk(key) && isUsable(key, algorithms));
  const find = jose.createLocalJWKSet({ keys: removeAmbiguous(usable.map(publicPart)) });
  return async ({ alg, kid }) => {
    try {
      return await find(kid === undefined ? { alg: canonicalName(alg) } : { alg: canonicalName(alg), kid });
    } catch {
      // jose throws for no key, for several keys, and for an invalid one, such as a point that is not on the curve.
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

/** True for a JWK whose fields have the types that the RFCs require. */
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

/** Returns the fields that jose needs. `key_ops` and `use` have already been checked. */
function publicPart(key: JWK): JWK {
  const part = Object.fromEntries(TEXTS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]))) as JWK;
  return part.alg === undefined ? part : { ...part, alg: canonicalName(part.alg) };
}

/**
 * Removes repeated keys, and different keys with the same id and type, whose id would be ambiguous. A key that is
 * listed both with and without an algorithm is used for every algorithm of its type.
 */
function removeAmbiguous(keys: readonly JWK[]): JWK[] {
  return groupBy(keys, keyId).flatMap((group) => {
    const distinct = groupBy(group, keyMaterial);
    return distinct.length > 1 && group[0]?.kid !== undefined ? [] : distinct.flatMap(mergeRepeated);
  });
}

function mergeRepeated(same: readonly JWK[]): JWK[] {
  const general = same.find(({ alg }) => alg === undefined);
  return general ? [general] : [...new Map(same.map((key) => [key.alg, key])).values()];
}

function groupBy(keys: readonly JWK[], by: (key: JWK) => string): JWK[][] {
  const found = new Map<string, JWK[]>();
  for (const key of keys) found.set(by(key), [...(found.get(by(key)) ?? []), key]);
  return [...found.values()];
}

const keyId = ({ kty, crv, kid }: JWK): string => JSON.stringify([kty, crv, kid]);
const keyMaterial = ({ n, e, x, y }: JWK): string => JSON.stringify([n, e, x, y]);
