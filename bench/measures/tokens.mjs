// Measures issuing and verifying tokens in one Node process: all candidates on the same requests, in turns.
import { createHmac } from 'node:crypto';
import { measureInTurns } from '../lib/rounds.mjs';
import { findings, section, timesChart, timesTable } from '../lib/section.mjs';
import { API_SECRET, HEADER, otherTtlAt, requestAt } from '../tokens/claims.mjs';
import { checkVerify, findDifference, loadField, tokensToVerify } from '../tokens/field.mjs';
import { floor } from '../tokens/floor.mjs';

const FLOOR = 'floor: one HMAC in wasm';
const MINT = 'LivekitService.generateToken';
/** Name of the measure in which no token has the same times as the one before. */
const OTHER_TTL = 'generateToken, every call another TTL';
const ACCESS_TOKEN = 'AccessToken.toJwtSync';
const VERIFY = 'TokenVerifier.verifySync';
const OURS = [
  MINT,
  OTHER_TTL,
  'generateToken',
  ACCESS_TOKEN,
  'await AccessToken.toJwt',
  VERIFY,
  'await TokenVerifier.verify',
];

/** @param {import('../lib/context.mjs').Context} context */
export async function mint({ pace, floorModule, say }) {
  const found = section('Mint', [
    'From a request to a token on Node. Every candidate gets the same 64 requests in turn, reads the clock for every token, and has a prepared key if its interface allows that. Before the measurement, header and claims of every token were compared with the request.',
  ]);
  const { candidates: loaded, skipped } = await loadField();
  const minters = loaded.filter((candidate) => candidate.mint);
  /** @type {Record<string, string>} */
  const remarks = {};
  for (const candidate of minters) {
    const difference = await findDifference(candidate);
    if (difference) remarks[candidate.name] = difference;
  }
  const base = floor(await floorModule(), tokensToVerify(sign).good);
  const candidates = minters.map(({ name, mint }) => ({ name, ...onInput(mint, requestAt) }));
  const ours = minters.find(({ name }) => name === MINT);
  candidates.push({ name: OTHER_TTL, ...onInput(ours?.mint, otherTtlAt) }, { name: FLOOR, sync: base.run });
  const values = await measureInTurns(candidates, {
    ...pace,
    onRound: (round) => say(`round ${round + 1} of ${pace.rounds}`),
  });
  found.notes.push(
    `${OTHER_TTL}, is ${MINT} with a TTL that differs from token to token. Tokens of one TTL that are minted in the same second share more of what is encoded and hashed.`,
  );
  found.notes.push(`The floor only hashes the ${base.bytes} bytes of the signing input.`);
  found.tables.push({ table: timesTable(values, MINT, remarks) });
  found.charts.push(timesChart('Mint on Node: time a token', values, OURS));
  found.skipped.push(...skipped);
  found.findings = {
    ...findings(values, MINT, { 'mint / fast-jwt': 'fast-jwt', 'mint / node:crypto': 'node:crypto by hand' }),
    ...findings(values, OTHER_TTL, { 'mint, another TTL / fast-jwt': 'fast-jwt' }),
    ...findings(values, ACCESS_TOKEN, { 'AccessToken / fast-jwt': 'fast-jwt' }),
  };
  return found;
}

/** @param {import('../lib/context.mjs').Context} context */
export async function verify({ pace, say }) {
  const found = section('Verify', [
    'From a token to its claims on Node: signature, issuer and times, without a cache. Before the measurement, every candidate accepted 64 valid tokens, and rejected one that has expired, is not valid yet, has another issuer, was signed with another secret, or has a changed tag.',
    'livekit-edge checks more than the others: the type of every claim, and that no key is given twice or in another case.',
  ]);
  const { candidates: loaded, skipped } = await loadField();
  const verifiers = loaded.filter((candidate) => candidate.verify);
  const tokens = tokensToVerify(sign);
  for (const candidate of verifiers) await checkVerify(candidate, tokens);
  const tokenAt = (/** @type {number} */ index) => /** @type {string} */ (tokens.good[index % tokens.good.length]);
  const candidates = verifiers.map(({ name, verify }) => ({ name, ...onInput(verify, tokenAt) }));
  const values = await measureInTurns(candidates, {
    ...pace,
    onRound: (round) => say(`round ${round + 1} of ${pace.rounds}`),
  });
  found.tables.push({ table: timesTable(values, VERIFY) });
  found.charts.push(timesChart('Verify on Node: time a token', values, OURS));
  found.skipped.push(...skipped);
  found.findings = findings(values, VERIFY, { 'verify / fast-jwt': 'fast-jwt' });
  return found;
}

/**
 * @template In, Out
 * @param {import('../tokens/field.mjs').Way<In, Out> | undefined} way
 * @param {(index: number) => In} inputAt
 */
function onInput(way, inputAt) {
  if (way?.sync) {
    const { sync } = way;
    return { sync: (/** @type {number} */ index) => sync(inputAt(index)) };
  }
  const async = /** @type {(input: In) => Promise<Out>} */ (way?.async);
  return { async: (/** @type {number} */ index) => async(inputAt(index)) };
}

/**
 * Signs a token without any of the candidates.
 * @param {object} claims
 * @param {string} [secret]
 */
function sign(claims, secret = API_SECRET) {
  const encode = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode(HEADER)}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
