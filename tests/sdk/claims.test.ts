// One fixture with every claim and every field: signing and verifying does not change it, and it is complete.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RoomConfiguration } from '@livekit/protocol';
import { AccessToken, type ClaimGrants, TokenVerifier } from 'livekit-edge';
import { ALTERNATIVES, EVERYTHING, KIND_DETAILS, KINDS, SOURCES } from './claims-types.ts';
import { claimsOf, KEY, SECRET } from './support.ts';

type MessageType = { typeName: string; fields: typeof RoomConfiguration.fields };
type Json = Record<string, unknown>;

/** Signs claims, each with its property or method. */
function mint(claims: ClaimGrants): string {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice', allowSensitiveCredentials: true });
  const { video, sip, agent, agentEndpoint, agentThread, inference, observability, ...properties } = claims;
  if (video !== undefined) at.addGrant(video);
  if (sip !== undefined) at.addSIPGrant(sip);
  if (agent !== undefined) at.addAgentGrant(agent);
  if (agentEndpoint !== undefined) at.addAgentEndpointGrant(agentEndpoint);
  if (agentThread !== undefined) at.addAgentThreadGrant(agentThread);
  if (inference !== undefined) at.addInferenceGrant(inference);
  if (observability !== undefined) at.addObservabilityGrant(observability);
  return Object.assign(at, properties).toJwtSync();
}

function verified(token: string): ClaimGrants {
  const { iss, sub, exp = 0, nbf = 0, ...claims } = new TokenVerifier(KEY, SECRET).verifySync(token);
  assert.deepEqual([iss, sub, exp - nbf], [KEY, 'alice', 21_600]);
  return claims;
}

/** The room configurations of the fixture. */
const CONFIGURATIONS = [EVERYTHING, ...ALTERNATIVES].flatMap(({ roomConfig }) =>
  roomConfig ? [roomConfig as Json] : [],
);

suite('signed and verified', () => {
  test('all claims are unchanged', () => assert.deepEqual(verified(mint(EVERYTHING)), EVERYTHING));

  for (const [index, claims] of ALTERNATIVES.entries()) {
    test(`alternative ${index} is unchanged: ${Object.keys(claims)}`, () =>
      assert.deepEqual(verified(mint(claims)), claims));
  }

  test('verified claims can be signed again', () => {
    assert.deepEqual(verified(mint(verified(mint(EVERYTHING)))), EVERYTHING);
  });
});

test('every name of a kind, a detail and a source is in the fixture', () => {
  const { kindDetails, video } = EVERYTHING;
  assert.deepEqual([...kindDetails].sort(), KIND_DETAILS.sort());
  assert.deepEqual(video.canPublishSources?.toSorted(), SOURCES.sort());
  assert.deepEqual([EVERYTHING, ...ALTERNATIVES].flatMap(({ kind }) => kind ?? []).sort(), KINDS.sort());
});

/** The fields of a type, down to the last enum: `livekit.S3Upload secret`, `livekit.StreamOutput protocol SRT`. */
function sayable(type: MessageType, into = new Set<string>(), seen = new Set<string>()): Set<string> {
  if (seen.has(type.typeName)) return into;
  seen.add(type.typeName);
  for (const field of type.fields.list()) {
    const name = `${type.typeName} ${field.jsonName}`;
    if (field.kind === 'message') sayable(field.T, into, seen);
    if (field.kind !== 'enum') into.add(name);
    else for (const { no, name: value } of field.T.values) if (no !== 0 || field.oneof) into.add(`${name} ${value}`);
  }
  return into;
}

/** The fields in `json`, by the same names. An unknown field fails. */
function said(type: MessageType, json: Json, into: Set<string>): void {
  for (const [member, value] of Object.entries(json)) {
    const field = type.fields.findJsonName(member);
    assert.ok(field, `${type.typeName} has no ${member}`);
    const name = `${type.typeName} ${member}`;
    into.add(field.kind === 'enum' ? `${name} ${value}` : name);
    if (field.kind === 'message') for (const one of [value].flat()) said(field.T, one as Json, into);
  }
}

suite('the room configurations', () => {
  test('have every field that LiveKit has', () => {
    const names = new Set<string>();
    for (const configuration of CONFIGURATIONS) said(RoomConfiguration, configuration, names);
    assert.deepEqual([...names].sort(), [...sayable(RoomConfiguration)].sort());
  });

  for (const [index, configuration] of CONFIGURATIONS.entries()) {
    const message = RoomConfiguration.fromJson(configuration as never);

    test(`${index}: are written as LiveKit writes them`, () => assert.deepEqual(message.toJson(), configuration));

    test(`${index}: are the same as a message, in snake_case, and with enums by number and defaults`, () => {
      const spellings = [
        message,
        message.toJson({ useProtoFieldName: true }),
        message.toJson({ enumAsInteger: true }),
        message.toJson({ emitDefaultValues: true }),
        message.toJson({ emitDefaultValues: true, enumAsInteger: true, useProtoFieldName: true }),
      ];
      for (const roomConfig of spellings) {
        assert.deepEqual(claimsOf(mint({ roomConfig: roomConfig as Json })).roomConfig, configuration);
      }
    });
  }
});
