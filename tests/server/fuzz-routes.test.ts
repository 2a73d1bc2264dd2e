/** Random requests to the routes other than /token, from a fixed seed: each gets the expected response. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { assertError, assertToken, badRequest, FORBIDDEN, TWICE } from '../support/answers.ts';
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
import { type Answer, type Endpoint, startEndpoint } from '../support/endpoint.ts';
import {
  brokenKickRules,
  brokenLockRules,
  brokenMuteRules,
  brokenRemoveRules,
  brokenRules,
  brokenSourceRules,
  objectOf,
} from '../support/expected-answer.ts';
import { claimsOf, fullGrant } from '../support/livekit-token.ts';
import { sourceClaims } from '../support/token-source.ts';
import { event, webhooks } from '../support/webhooks.ts';

const SEED = 20_250_906;
const RUNS = 250;
const GROUP = 'dm-group-1';

type Fields = Record<string, unknown>;

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint();
});
after(() => endpoint.stop());
const send = webhooks(() => endpoint);

/** A record with some fields missing; each field most often has a valid type. */
const request = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, right]) => [name, fc.oneof({ weight: 4, arbitrary: right }, value)]),
    ),
    { requiredKeys: [] },
  );
const attributes = fc.oneof(fc.constant({}), fc.dictionary(fc.string(), fc.oneof(fc.string(), value), { maxKeys: 3 }));
const source = {
  room_name: fc.constantFrom(...OPEN_CHANNELS, 'channel-private-1'),
  participant_name: text,
  participant_identity: text,
  participant_metadata: fc.constantFrom('', null, 'x'),
  participant_attributes: attributes,
  room_config: fc.constantFrom({}, {}, null, { agents: [] }),
};
const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Each field with one of its two names, sometimes with both. */
const spelt = fc.tuple(request(source), fc.infiniteStream(fc.integer({ min: 0, max: 20 }))).map(([fields, stream]) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const spelling = stream.next().value;
      const names = spelling === 0 ? [name, camel(name)] : [spelling % 2 === 0 ? name : camel(name)];
      return names.map((each) => [each, field] as const);
    }),
  ),
);

interface Route {
  path: string;
  body: fc.Arbitrary<Fields>;
  /** The expected error of a request, if any. */
  error(request: Fields): string | undefined;
  /** Checks a successful response. */
  assertGranted(answer: Answer, request: Fields): void;
}

const told = (rules: string[]) => (rules.length > 0 ? badRequest(rules) : undefined);
const isTaken = (identity: unknown) => OTHER_USERS.includes(String(identity));

/** Fields by their name in snake_case; `undefined` if one is there twice. */
function inSnakeCase(request: Fields): Fields | undefined {
  const names = Object.keys(source).filter((name) => request[name] != null && request[camel(name)] != null);
  if (names.length > 0) return undefined;
  return Object.fromEntries(Object.keys(source).map((name) => [name, request[name] ?? request[camel(name)]]));
}

/** A route that the callers of these requests, who are not moderators, may not use. */
const ofModerators = (
  name: string,
  fields: Record<string, fc.Arbitrary<unknown>>,
  brokenRulesOf: (request: Fields) => string[],
): Route => ({
  path: `/channels/channel-abc123/${name}`,
  body: request(fields),
  error: (request) => told(brokenRulesOf(request)) ?? FORBIDDEN,
  assertGranted: () => assert.fail(`a caller without a role of a moderator may ${name}`),
});

const ROUTES: Route[] = [
  {
    path: '/dm-token',
    body: request({ roomId: fc.constant(GROUP), identity: text, name: text, ttl: number }),
    error: (request) =>
      told(brokenRules(request)) ?? (request.roomId !== GROUP || isTaken(request.identity) ? FORBIDDEN : undefined),
    assertGranted(answer, { identity }) {
      const { sub, video } = claimsOf(assertToken(answer).token);
      assert.deepEqual([sub, video], [identity ?? 'user-456', fullGrant(GROUP)]);
    },
  },
  {
    path: '/token-source',
    body: spelt,
    error(request) {
      const fields = inSnakeCase(request);
      if (fields === undefined) return TWICE;
      const isOpen = OPEN_CHANNELS.includes(String(fields.room_name)) && !isTaken(fields.participant_identity);
      return told(brokenSourceRules(fields)) ?? (isOpen ? undefined : FORBIDDEN);
    },
    assertGranted(answer, request) {
      const { room_name, participant_identity } = inSnakeCase(request) ?? {};
      const { sub, video, ...rest } = sourceClaims(answer);
      assert.deepEqual([sub, video], [participant_identity || 'user-456', fullGrant(String(room_name))]);
      assert.ok(!('metadata' in rest) && !('attributes' in rest));
    },
  },
  ofModerators('mute-participant', { participantIdentity: text, mute: fc.boolean() }, brokenMuteRules),
  ofModerators('kick-participant', { participantIdentity: text, durationSeconds: number }, brokenKickRules),
  ofModerators('remove-participant', { participantIdentity: text }, brokenRemoveRules),
  ofModerators('lock', { locked: fc.boolean() }, brokenLockRules),
];

for (const { path, body, error, assertGranted } of ROUTES) {
  test(`${path}: ${RUNS} random requests each get the expected response`, async () => {
    const statuses = new Map<number, number>();
    const property = fc.asyncProperty(body, credential, noise, async (request, name, more) => {
      const { headers, error: refused } = CREDENTIALS[name] ?? assert.fail();
      const json = JSON.stringify(request);
      const answer = await endpoint.post(path, json, { as: null, headers: { ...more, ...headers() } });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const spelling = error(request) === TWICE ? TWICE : undefined;
      const expected = spelling ?? refused ?? error(objectOf(Buffer.from(json)) ?? {});
      if (expected === undefined) assertGranted(answer, request);
      else assertError(answer, expected, json);
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    const wanted = path.startsWith('/channels/') ? [400, 401, 403] : [201, 400, 401, 403];
    for (const status of wanted) {
      assert.ok((statuses.get(status) ?? 0) >= 5, `only ${statuses.get(status)} answers were ${status}`);
    }
  });
}

test('/webhook: random signed bodies are 200 or 400, never 5xx, and unsigned ones 401', async () => {
  const names = fc.constantFrom('participant_joined', 'participant_left', 'room_finished', 'track_published');
  const about = fc.record(
    { sid: value, identity: value, name: value, kind: value, permission: value },
    { requiredKeys: [] },
  );
  const changes = fc.record(
    { event: fc.oneof(names, value), id: value, createdAt: value, room: fc.oneof(about, value), participant: about },
    { requiredKeys: ['participant'] },
  );
  const bodies = fc.oneof(
    changes.map((more) => event('participant_joined', 'channel-abc123', more)),
    fc.json(),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from(bytes)),
  );
  const statuses = new Set<number>();
  const property = fc.asyncProperty(bodies, async (body) => {
    const { status, text } = await send(body);
    statuses.add(status);
    assert.ok([200, 400].includes(status), text);
    assert.equal((await send(body, { headers: { Authorization: 'x.y.z' } })).status, 401);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  assert.deepEqual([...statuses].sort(), [200, 400]);
  const { status, text } = await endpoint.get('/channels/channel-abc123/voice-presence');
  assert.equal(status, 200, text);
});
