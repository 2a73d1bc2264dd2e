/** Random requests, from a fixed seed: the response is always a documented one, and the expected one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { assertDocumented, assertToken, badRequest } from '../support/answers.ts';
import {
  CREDENTIALS,
  credential,
  noise,
  number,
  OPEN_CHANNELS,
  OTHER_USERS,
  text,
  value,
} from '../support/arbitraries.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { brokenRules, objectOf, type Request } from '../support/expected-answer.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';

const SEED = 20_250_906;
const RUNS = 1500;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());

/** Mostly valid values. */
const plausible = fc
  .record(
    {
      roomId: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...OPEN_CHANNELS) }, value),
      identity: fc.oneof(text, value),
      name: fc.oneof(text, value),
      ttl: fc.oneof({ weight: 2, arbitrary: number }, value),
    },
    { requiredKeys: [] },
  )
  .map((request) => JSON.stringify(request));

/** Any object, with keys in any order, some of them known fields. */
const key = fc.oneof(
  fc.constantFrom('roomId', 'identity', 'name', 'ttl', 'RoomId', '__proto__', 'constructor', ''),
  text,
);
const anyObject = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 8 })
  .map(
    (members) => `{${members.map((member) => member.map((part) => JSON.stringify(part)).join(' : ')).join(' ,\n')}}`,
  );

/** A valid body, changed in one place. */
const broken = fc
  .tuple(
    plausible,
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.oneof(fc.constantFrom('"', '\\', '{', ']', ',', ':', '\\u'), fc.string()),
  )
  .map(([body, at, cut, put]) => {
    const place = at % (body.length + 1);
    return body.slice(0, place) + put + body.slice(place + cut);
  });

const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json(), fc.string());

/** `strict`: the keys of the body are certainly different, so that the oracle knows the exact response. */
const body = fc.oneof(
  { weight: 6, arbitrary: fc.record({ sent: plausible, strict: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ sent: anyObject, strict: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ sent: broken, strict: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ sent: anything, strict: fc.constant(false) }) },
);

/** The expected status of a request that passed authentication. */
function deserved(request: Record<string, unknown>): number {
  if (brokenRules(request).length > 0) return 400;
  const { roomId, identity } = request as unknown as Request;
  return OPEN_CHANNELS.includes(roomId) && !OTHER_USERS.includes(identity ?? '') ? 201 : 403;
}

test('row 19; W3, W6, W9, W10: 1500 random requests get documented responses, and a token only if the request is valid', async () => {
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(body, credential, noise, async ({ sent, strict }, name, headers) => {
    const bytes = typeof sent === 'string' ? new TextEncoder().encode(sent) : Uint8Array.from(sent);
    const { headers: credentials, error } = CREDENTIALS[name] ?? assert.fail();
    const answer = await endpoint.token(bytes, { as: null, headers: { ...headers, ...credentials() } });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status === 201) assertToken(answer);
    else assertDocumented(answer);

    const request = objectOf(bytes);
    if (request === undefined) return assert.equal(answer.status, 400);
    if (!strict && answer.status === 400) return;
    if (error !== undefined) return assert.equal(answer.text, error);
    assert.equal(answer.status, deserved(request));
    if (answer.status === 400) assert.equal(answer.text, badRequest(brokenRules(request)));
    if (answer.status === 201) assertIsFor(request as unknown as Request, JSON.parse(answer.text));
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  for (const status of [201, 400, 401, 403, 415]) {
    assert.ok((statuses.get(status) ?? 0) > 20, `only ${statuses.get(status)} answers were ${status}`);
  }
  assertToken(await endpoint.token({ roomId: 'channel-abc123' }), 'a good request afterwards');
});

/** The token has exactly the requested room, identity and lifetime. */
function assertIsFor(request: Request, answer: { token: string; roomId: string; identity: string }): void {
  const { video, sub, name, exp, nbf } = claimsOf(answer.token);
  const identity = request.identity ?? 'user-456';
  assert.deepEqual(video, fullGrant(request.roomId));
  assert.deepEqual([answer.roomId, answer.identity, sub], [request.roomId, identity, identity]);
  assert.equal(name, /^\p{White_Space}*$/u.test(request.name ?? '') ? identity : request.name);
  assert.equal(exp - nbf, Math.floor(request.ttl ?? 3600));
}
