/** The text of a JWK Set (RFC 7517 section 5) → its keys that check user tokens. */
import { createLocalJWKSet, type JWK } from 'jose';

/** The only algorithms, whatever a token or a key says. Each has one kind of key, and none of them a shared secret. */
export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;

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

/**
 * The keys of a JWK Set; `undefined` for a text that is none. Keys for anything else, symmetric and private ones are
 * left out. A set without keys is a set: its provider has withdrawn them all.
 */
export function keySet(text: string): KeySet | undefined {
  const listed = parse(text);
  if (!Array.isArray(listed) || listed.length > MAX_KEYS || !listed.every(isJwk)) return undefined;
  const keys = listed.filter(isUsable).map(publicPart);
  // One id for two keys would leave open which of them is meant.
  const ids = keys.flatMap(({ kty, kid }) => (kid === undefined ? [] : [JSON.stringify([kty, kid])]));
  if (new Set(ids).size < ids.length) return undefined;

  const find = createLocalJWKSet({ keys });
  return async (header) => {
    try {
      return await find({ ...header });
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

function isUsable(key: JWK): boolean {
  if (PRIVATE.some((name) => name in key)) return false;
  if ((key.use ?? 'sig') !== 'sig' || key.key_ops?.includes('verify') === false) return false;
  const algorithm = algorithmOf(key);
  return algorithm !== undefined && (key.alg ?? algorithm) === algorithm;
}

function algorithmOf({ kty, crv, e }: JWK): (typeof ALGORITHMS)[number] | undefined {
  // 65537, the exponent of every provider. With 1 any text would be a signature.
  if (kty === 'RSA') return e === 'AQAB' ? 'RS256' : undefined;
  if (kty === 'EC') return crv === 'P-256' ? 'ES256' : undefined;
  return kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined;
}

/** Nothing else of it reaches the library: its `key_ops` and `alg` were checked. */
const publicPart = (key: JWK): JWK =>
  Object.fromEntries(TEXTS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]))) as JWK;
