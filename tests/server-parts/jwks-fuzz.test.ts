/** Any JWK Set: no text makes the endpoint throw, and every token is verified with a key of the set as jose verifies it, or refused for a reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as jose from 'jose';
import { ALGORITHMS } from '../support/algorithms.ts';
import { character } from '../support/arbitraries.ts';
import { createJwks, type JsonKey, type Key, makeKey } from '../support/jwks-provider.ts';

const SEED = 20_261_130;

/** Two keys of each kind for each id, so that ids are ambiguous too. */
const keys = (['RS256', 'ES256', 'EdDSA'] as const).flatMap((alg) =>
  ['one', 'one', 'two'].map((kid) => makeKey(alg, kid)),
);
const TOKENS = keys.flatMap((key) => [key.token(), key.token(undefined, { kid: undefined })]);

const field = fc.constantFrom('kty', 'kid', 'use', 'alg', 'crv', 'n', 'e', 'x', 'y', 'd', 'k', 'key_ops', 'oth', 'x5c');
const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    'one',
    'two',
    'sig',
    'enc',
    'RS256',
    'PS256',
    'ES256',
    'HS256',
    'EdDSA',
    'Ed25519',
  ),
  fc.constantFrom<unknown>(
    'RSA',
    'EC',
    'OKP',
    'oct',
    'P-256',
    'P-384',
    'Ed25519',
    'X25519',
    'AQAB',
    'AQ',
    '',
    'A',
    '=',
  ),
  fc.constantFrom<unknown>(['verify'], ['sign'], [], null, 0, true, {}),
  fc.jsonValue({ maxDepth: 2 }),
);
const change = fc.oneof(
  { weight: 2, arbitrary: fc.constant<JsonKey>({}) },
  { weight: 3, arbitrary: fc.tuple(field, value).map(([name, changed]): JsonKey => ({ [name]: changed })) },
);
const listed = fc.tuple(fc.constantFrom(...keys), change).map(([key, changes]): unknown => key.jwk(changes));
const entry = fc.oneof({ weight: 8, arbitrary: listed }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
const set = fc.array(entry, { maxLength: 6 });

/** Fields of a private or symmetric key. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const TEXTS = ['kty', 'kid', 'use', 'alg', 'crv', 'n', 'e', 'x', 'y'];

/** True if an entry is a well-formed public key for an algorithm, by its own fields. */
function isUsable(jwk: JsonKey, alg: string): boolean {
  const texts = TEXTS.every((name) => jwk[name] === undefined || typeof jwk[name] === 'string');
  const operations = jwk['key_ops'];
  const isForVerifying = operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
  const isPublic = !PRIVATE.some((name) => name in jwk);
  const exponent = jwk['kty'] !== 'RSA' || jwk['e'] === 'AQAB';
  const isOfKind = ALGORITHMS.some(
    ({ name, keyType, curve }) => name === alg && jwk['kty'] === keyType && jwk['crv'] === curve,
  );
  const isOfAlgorithm = jwk['alg'] === undefined || jwk['alg'] === alg || (alg === 'EdDSA' && jwk['alg'] === 'Ed25519');
  return (
    isOfKind && isOfAlgorithm && texts && isForVerifying && isPublic && exponent && (jwk['use'] ?? 'sig') === 'sig'
  );
}

const material = ({ n, e, x, y }: JsonKey) => JSON.stringify([n, e, x, y]);
const isObject = (value: unknown): value is JsonKey =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entries with which jose, given only this one, verifies a token. */
async function verifying(token: string, entries: JsonKey[]): Promise<JsonKey[]> {
  const { alg = '' } = jose.decodeProtectedHeader(token);
  const tried = entries.map(async (jwk) => {
    try {
      await jose.compactVerify(token, await jose.importJWK(jwk as jose.JWK, alg));
      return [jwk];
    } catch {
      return [];
    }
  });
  return (await Promise.all(tried)).flat();
}

/** The payload of a token that is verified with a set; `undefined` if it is refused, or the text is not a set. */
async function verified(token: string, text: string): Promise<string | undefined> {
  const jwks = createJwks('https://login.example.com', {
    algorithms: ALGORITHMS,
    fetch: async () => new Response(text),
  });
  try {
    return await jwks.verify(token);
  } catch (error) {
    const { name, status } = error as { name: string; status: number };
    assert.ok(name === 'LivekitException' && (status === 401 || status === 503), `${error}`);
    return undefined;
  }
}

/** True if there is a reason to refuse a token that jose verifies with `jwk`. */
function isRefusable(token: string, jwk: JsonKey, entries: JsonKey[]): boolean {
  const { alg = '', kid } = jose.decodeProtectedHeader(token);
  if (!isUsable(jwk, alg) || (kid !== undefined && kid !== jwk['kid'])) return true;
  // If the token has no id there must be one key; otherwise one key of that id and kind.
  const rivals = entries.filter((other) => other['kty'] === jwk['kty'] && other['crv'] === jwk['crv']);
  const sameId = rivals.filter((other) => kid === undefined || other['kid'] === kid);
  return sameId.some((other) => material(other) !== material(jwk) || other['kid'] !== jwk['kid']);
}

test('a token is verified with a key of the set as jose verifies it, or refused for a reason', async () => {
  const counts = { verified: 0, refused: 0 };
  const property = fc.asyncProperty(set, fc.constantFrom(...TOKENS), async (listed, token) => {
    const payload = await verified(token, JSON.stringify({ keys: listed }));
    const entries = (JSON.parse(JSON.stringify(listed)) as unknown[]).filter(isObject);
    const good = await verifying(token, entries);
    counts[payload === undefined ? 'refused' : 'verified'] += 1;
    if (payload === undefined) {
      for (const jwk of good) assert.ok(isRefusable(token, jwk, entries), `${JSON.stringify(jwk)} verifies ${token}`);
    } else {
      assert.equal(payload, Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      const { alg = '' } = jose.decodeProtectedHeader(token);
      assert.ok(
        good.some((jwk) => isUsable(jwk, alg)),
        `no usable key of ${JSON.stringify(listed)} verifies ${token}`,
      );
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: 3000 });
  for (const [name, count] of Object.entries(counts)) assert.ok(count > 100, `only ${count} tokens were ${name}`);
});

test('a token of a key with a unique id is verified, whatever else the set contains', async () => {
  const own: Key = makeKey('ES256', 'own');
  const others = set.filter((entries) => !JSON.stringify(entries).includes('"own"'));
  const property = fc.asyncProperty(others, fc.nat({ max: 6 }), async (entries, at) => {
    const text = JSON.stringify({ keys: entries.toSpliced(at, 0, own.jwk()) });
    assert.ok(await verified(own.token(), text), text);
  });
  await fc.assert(property, { seed: SEED, numRuns: 1000 });
});

test('a text that is not a JWK Set has no keys, and no text makes it throw', async () => {
  const text = fc.oneof(
    fc.string({ unit: character, maxLength: 200 }),
    fc.json(),
    fc.jsonValue().map((keys) => JSON.stringify({ keys })),
    fc.tuple(set, fc.nat(), fc.string({ maxLength: 3 })).map(([keys, at, put]) => {
      const whole = JSON.stringify({ keys });
      const place = at % (whole.length + 1);
      return whole.slice(0, place) + put + whole.slice(place + 1);
    }),
  );
  const property = fc.asyncProperty(text, fc.constantFrom(...TOKENS), async (text, token) => {
    const payload = await verified(token, text);
    assert.ok(payload === undefined || isObject(JSON.parse(text)), text);
  });
  await fc.assert(property, { seed: SEED, numRuns: 3000 });
});
