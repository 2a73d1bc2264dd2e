// The candidates for issuing and verifying. Before they are measured, it is checked that they do the same work.
import { isDeepStrictEqual } from 'node:util';
import { claimsFor, HEADER, REQUESTS, requestAt } from './claims.mjs';

/**
 * @template In, Out
 * @typedef {{ sync: (input: In) => Out, async?: undefined } | { async: (input: In) => Promise<Out>, sync?: undefined }} Way
 */

/**
 * @typedef {object} Candidate
 * @property {string} name
 * @property {Way<import('./claims.mjs').Request, string>} [mint]
 * @property {Way<string, any>} [verify] returns the claims; throws for an invalid token
 *
 * @typedef {{ candidates: Candidate[], skipped: string[] }} Field
 */

/** The candidates, ours first. `name` is the name of the file, `needs` the required package. */
export const PEERS = [
  { file: 'livekit-edge', needs: 'livekit-edge' },
  { file: 'livekit-server-sdk', needs: 'livekit-server-sdk' },
  { file: 'jose', needs: 'jose' },
  { file: 'jsonwebtoken', needs: 'jsonwebtoken' },
  { file: 'fast-jwt', needs: 'fast-jwt' },
  { file: 'hono', needs: 'hono' },
  { file: 'cloudflare-worker-jwt', needs: '@tsndr/cloudflare-worker-jwt' },
  { file: 'node-crypto', needs: undefined },
];

/** @param {string | undefined} name of a package */
export function isInstalled(name) {
  if (name === undefined) return true;
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<Field>} */
export async function loadField() {
  const there = PEERS.filter(({ needs }) => isInstalled(needs));
  const modules = await Promise.all(there.map(({ file }) => import(`./peers/${file}.mjs`)));
  return {
    candidates: modules.flatMap((module) => module.default),
    skipped: PEERS.filter((peer) => !there.includes(peer)).map(({ needs }) => `${needs}: not installed`),
  };
}

/**
 * Returns how a candidate's token differs from the others, if it does. Throws if its claims are wrong.
 * @param {Candidate} candidate
 * @returns {Promise<string | undefined>}
 */
export async function findDifference({ name, mint }) {
  let difference;
  for (const request of REQUESTS) {
    const token = await (mint?.sync ?? mint?.async)?.(request);
    const [header, claims] = String(token).split('.').slice(0, 2).map(read);
    const expected = claimsFor(request);
    // A second may have passed in the meantime; nothing else may differ.
    if (Math.abs(claims.exp - expected.exp) > 1 || Math.abs(claims.nbf - expected.nbf) > 1) {
      throw new Error(`${name}: other times than asked for`);
    }
    const added = Object.keys(claims).filter((claim) => !(claim in expected));
    const asked = Object.fromEntries(Object.entries(claims).filter(([claim]) => !added.includes(claim)));
    if (!isDeepStrictEqual(asked, { ...expected, exp: claims.exp, nbf: claims.nbf })) {
      throw new Error(`${name}: other claims than asked for: ${JSON.stringify(claims)}`);
    }
    if (added.length > 0) difference = `adds ${added.join(', ')}`;
    if (!isDeepStrictEqual(header, HEADER)) difference = `header ${JSON.stringify(header)}`;
  }
  return difference;
}

/**
 * Checks that a candidate accepts every valid token and rejects every invalid one. Throws if not.
 * @param {Candidate} candidate
 * @param {Tokens} tokens
 */
export async function checkVerify({ name, verify }, { good, bad }) {
  const call = async (/** @type {string} */ token) => (verify?.sync ?? verify?.async)?.(token);
  for (const token of good) {
    const claims = await call(token);
    if (!isDeepStrictEqual({ ...claims }, read(token.split('.')[1] ?? ''))) throw new Error(`${name}: other claims`);
  }
  for (const [what, token] of Object.entries(bad)) {
    const accepted = await call(token).then(
      () => true,
      () => false,
    );
    if (accepted) throw new Error(`${name} accepts a token ${what}`);
  }
}

/** @typedef {{ good: string[], bad: Record<string, string> }} Tokens */

/**
 * Creates a valid token for each request, and some invalid ones.
 * @param {(claims: object, secret?: string) => string} sign
 * @returns {Tokens}
 */
export function tokensToVerify(sign) {
  const claims = claimsFor(requestAt(0));
  const token = sign(claims);
  const [header, payload, tag = ''] = token.split('.');
  return {
    good: REQUESTS.map((request) => sign(claimsFor(request))),
    bad: {
      'that has expired': sign({ ...claims, nbf: claims.nbf - 7200, exp: claims.exp - 7200 }),
      'that is not valid yet': sign({ ...claims, nbf: claims.nbf + 7200 }),
      'of another issuer': sign({ ...claims, iss: 'other' }),
      'signed with another secret': sign(claims, 'another-secret'),
      'whose tag was changed': `${header}.${payload}.${tag.startsWith('A') ? 'B' : 'A'}${tag.slice(1)}`,
    },
  };
}

/** @param {string} part */
const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
