/** AccessToken and TokenVerifier. */
import { at, bothRefuse, refuses } from './calls.js';
import { ok, same } from './values.js';

const ADD = {
  video: 'addGrant',
  sip: 'addSIPGrant',
  agent: 'addAgentGrant',
  agentEndpoint: 'addAgentEndpointGrant',
  agentThread: 'addAgentThreadGrant',
  inference: 'addInferenceGrant',
  observability: 'addObservabilityGrant',
};

export function tokenChecks({ tokens, claims: fixture }) {
  const { apiKey, apiSecret, now } = tokens;
  const common = { apiKey, apiSecret, now };
  const complete = (vector) => ({ ...common, ...vector });
  const everyField = [fixture.all, ...fixture.alternatives].map((given, index) => ({
    ...common,
    name: `claims.json, ${index === 0 ? 'all' : `alternative ${index}`}`,
    options: { identity: 'alice', allowSensitiveCredentials: true },
    given,
    claims: { iss: apiKey, sub: 'alice', nbf: now, exp: now + 21_600, ...given },
  }));
  return [
    ['minted', minted, [...tokens.minted.map(complete), ...everyField]],
    ['not minted', notMinted, tokens.notMinted.map(complete)],
    ['accepted', accepted, tokens.accepted.map(complete)],
    ['refused', refused, tokens.refused.map(complete)],
  ];
}

/** Exports that only the root entry has. */
export const sdkChecks = ({ tokens }) => [
  ['credentials', credentials, tokens.credentials],
  ['track source', trackSource, tokens.trackSources],
];

function accessToken(edge, { apiKey, apiSecret, options, given = {}, more = {} }) {
  const token = new edge.AccessToken(apiKey, apiSecret, options);
  for (const [name, value] of [...Object.entries(given), ...Object.entries(more)]) {
    if (name in ADD) token[ADD[name]](value);
    else token[name] = value;
  }
  return token;
}

async function minted(edge, vector) {
  await at(vector.now, async () => {
    const accessTokenOfVector = accessToken(edge, vector);
    const token = accessTokenOfVector.toJwtSync();
    same(await accessTokenOfVector.toJwt(), token, 'the second token');
    await checkByHand(token, vector);
    const verifier = new edge.TokenVerifier(vector.apiKey, vector.apiSecret);
    same(verifier.verifySync(token), vector.claims, 'what the verifier returns');
    same(await verifier.verify(token), vector.claims, 'what the verifier resolves to');
  });
}

/** The runtime's own cryptography and JSON, not the package's. */
export async function checkByHand(token, { apiSecret, claims }) {
  const parts = token.split('.');
  same(parts.length, 3, 'the number of parts');
  const [header, payload, signature] = parts.map(decode);
  same(JSON.parse(text(header)), { alg: 'HS256', typ: 'JWT' }, 'the header');
  const actual = JSON.parse(text(payload));
  if (claims) same(actual, claims, 'the payload');
  const bytes = (value) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey('raw', bytes(apiSecret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  ok(await crypto.subtle.verify('HMAC', key, signature, bytes(`${parts[0]}.${parts[1]}`)), 'the signature is wrong');
  return actual;
}

function decode(part) {
  ok(/^[\w-]*$/.test(part), 'a part is not base64url');
  return Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (byte) => byte.charCodeAt(0));
}

const text = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

async function notMinted(edge, vector) {
  await at(vector.now, () =>
    bothRefuse(
      edge,
      () => accessToken(edge, vector).toJwtSync(),
      () => accessToken(edge, vector).toJwt(),
      vector.refusal,
    ),
  );
}

const verifierOf = (edge, { apiKey, apiSecret, options }) => new edge.TokenVerifier(apiKey, apiSecret, options);

async function accepted(edge, vector) {
  const { token, tolerance, claims, now } = vector;
  await at(now, async () => {
    same(verifierOf(edge, vector).verifySync(token, tolerance), claims, 'what it returns');
    same(await verifierOf(edge, vector).verify(token, tolerance), claims, 'what it resolves to');
  });
}

async function refused(edge, vector) {
  const { token, tolerance, now, refusal } = vector;
  const verifier = verifierOf(edge, vector);
  const verify = () => verifier.verifySync(token, tolerance);
  await at(now, () => bothRefuse(edge, verify, () => verifier.verify(token, tolerance), refusal));
}

async function credentials(edge, { apiKey, apiSecret }) {
  for (const name of ['AccessToken', 'TokenVerifier', 'WebhookReceiver']) {
    await refuses(edge, () => new edge[name](apiKey, apiSecret), { code: 'not_configured', status: 500 });
  }
}

async function trackSource(edge, { name, number, refusal }) {
  if (refusal) return void (await refuses(edge, () => edge.trackSourceToString(number), refusal));
  same(edge.trackSourceToString(number), name, 'its name');
  same(edge.TrackSource[name.toUpperCase()], number, 'its number');
}
