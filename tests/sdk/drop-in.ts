/**
 * A program that uses LiveKit's SDK as in the SDK's documentation. `drop-in.test.ts` runs it unchanged, and once with
 * `livekit-server-sdk` replaced by livekit-edge; `tsconfig.json` checks its types against livekit-edge.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  AccessToken,
  type AccessTokenOptions,
  authorizeHeader,
  type ClaimGrants,
  claimsToJwtPayload,
  EgressStatus,
  type InferenceGrant,
  type ObservabilityGrant,
  ParticipantInfo,
  ParticipantInfo_State,
  Room,
  RoomAgentDispatch,
  RoomConfiguration,
  type SIPGrant,
  TokenVerifier,
  TrackSource,
  trackSourceToString,
  type VideoGrant,
  WebhookEvent,
  type WebhookEventNames,
  WebhookReceiver,
} from 'livekit-server-sdk';

export { AccessToken };

export const KEY = 'devkey';
export const SECRET = 'a secret of thirty-two bytes or more';

const everyVideoGrant: VideoGrant = {
  roomCreate: true,
  roomJoin: true,
  roomList: true,
  roomRecord: true,
  roomAdmin: true,
  room: 'lobby',
  ingressAdmin: true,
  canPublish: true,
  canPublishSources: [TrackSource.CAMERA, TrackSource.MICROPHONE],
  canSubscribe: false,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  hidden: true,
  recorder: true,
  agent: true,
  canSubscribeMetrics: true,
  canManageAgentSession: true,
  destinationRoom: 'attic',
};
const sip: SIPGrant = { admin: true, call: true };
const inference: InferenceGrant = { perform: true };
const observability: ObservabilityGrant = { write: true };

/** A token for `lobby` with these options. */
async function join(options: AccessTokenOptions = {}): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice', ...options });
  at.addGrant({ roomJoin: true, room: 'lobby' });
  return await at.toJwt();
}

async function everyProperty(): Promise<string> {
  const at = new AccessToken(KEY, SECRET, {
    identity: 'nobody',
    name: 'Nobody',
    metadata: '-',
    attributes: { a: '-' },
  });
  at.identity = 'alice';
  at.ttl = '10m';
  at.name = 'Alice 🦀';
  at.metadata = '{"team":"blue"}';
  at.attributes = { team: 'blue', empty: '' };
  at.kind = 'agent';
  at.sha256 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  at.roomPreset = 'webinar';
  assert.deepEqual(
    [at.identity, at.name, at.metadata, at.attributes, at.kind, at.sha256, at.roomPreset, at.roomConfig],
    ['alice', 'Alice 🦀', '{"team":"blue"}', { team: 'blue', empty: '' }, 'agent', at.sha256, 'webinar', undefined],
  );
  return await at.toJwt();
}

async function merged(): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice' });
  const grant: VideoGrant = { roomJoin: true, room: 'attic', canPublish: true };
  at.addGrant(grant);
  at.addGrant({ room: 'lobby', canSubscribe: false });
  at.addSIPGrant({ admin: true });
  at.addSIPGrant({ call: true });
  at.addInferenceGrant({ perform: false });
  at.addInferenceGrant(inference);
  at.addObservabilityGrant({});
  at.addObservabilityGrant(observability);
  assert.deepEqual(grant, { roomJoin: true, room: 'attic', canPublish: true });
  return await at.toJwt();
}

async function everyGrant(): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice', ttl: 600 });
  // The SDK replaces numbers in the list by names.
  at.addGrant({ ...everyVideoGrant });
  at.addSIPGrant(sip);
  at.addInferenceGrant(inference);
  at.addObservabilityGrant(observability);
  return await at.toJwt();
}

async function withRoomConfig(roomConfig: RoomConfiguration): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice' });
  at.addGrant({ roomJoin: true, room: 'lobby' });
  at.roomConfig = roomConfig;
  return await at.toJwt();
}

async function withChangedRoomConfig(): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { identity: 'alice' });
  at.addGrant({ roomJoin: true, room: 'lobby' });
  at.roomConfig = new RoomConfiguration({ name: 'lobby' });
  at.roomConfig.agents.push(new RoomAgentDispatch({ agentName: 'concierge' }));
  return await at.toJwt();
}

async function fromEnvironment(...keys: [] | [undefined, undefined]): Promise<string> {
  Object.assign(process.env, { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET });
  try {
    const at = new AccessToken(...keys);
    at.identity = 'alice';
    return await at.toJwt();
  } finally {
    delete process.env['LIVEKIT_API_KEY'];
    delete process.env['LIVEKIT_API_SECRET'];
  }
}

async function webhookToken(body: string): Promise<string> {
  const at = new AccessToken(KEY, SECRET, { ttl: 300 });
  at.sha256 = createHash('sha256').update(body).digest('base64');
  return await at.toJwt();
}

const plainRoomConfig: unknown = { name: 'lobby', emptyTimeout: 60, agents: [{ agentName: 'concierge' }] };

/** Every token of the program, by name. */
export const mint: Record<string, () => Promise<string>> = {
  'no options': async () => await new AccessToken(KEY, SECRET).toJwt(),
  'keys of the environment': () => fromEnvironment(),
  'keys of the environment, undefined given': () => fromEnvironment(undefined, undefined),
  join: () => join(),
  'options that are empty': () => join({ name: '', metadata: '' }),
  'every option': () => join({ name: 'Alice', metadata: 'm', attributes: { a: 'b' }, ttl: '2 days' }),
  'a ttl in seconds': () => join({ ttl: 90 }),
  'a ttl in hours': () => join({ ttl: '10h' }),
  'a ttl with a fraction': () => join({ ttl: '1.5 hours' }),
  'a ttl that says from now': () => join({ ttl: '3 minutes from now' }),
  'every property': everyProperty,
  'every grant': everyGrant,
  'grants that are merged': merged,
  'a denial': async () => {
    const at = new AccessToken(KEY, SECRET, { identity: 'alice' });
    at.addGrant({ roomJoin: true, room: 'lobby', canPublish: false, canSubscribe: true, canPublishData: false });
    return await at.toJwt();
  },
  'a room configuration': () =>
    withRoomConfig(
      new RoomConfiguration({
        name: 'lobby',
        emptyTimeout: 60,
        maxParticipants: 20,
        metadata: 'm',
        syncStreams: true,
        agents: [new RoomAgentDispatch({ agentName: 'concierge', metadata: 'm', attributes: { a: 'b' } })],
        tags: { a: 'b' },
      }),
    ),
  'a room configuration that is changed': withChangedRoomConfig,
  'an empty room configuration': () => withRoomConfig(new RoomConfiguration()),
  'a plain room configuration': () => withRoomConfig(plainRoomConfig as RoomConfiguration),
  'a webhook': () => webhookToken('{}'),
};

/** Verifies a token with each form of a clock tolerance. */
export async function verify(token: string): Promise<ClaimGrants> {
  const verifier = new TokenVerifier(KEY, SECRET);
  const claims: ClaimGrants = await verifier.verify(token);
  for (const tolerance of [undefined, 0, 60, '1m']) {
    assert.deepEqual(await verifier.verify(token, tolerance), claims);
  }
  return claims;
}

/** Refused values, with the texts that users of the SDK may know. */
export async function refuse(expired: string): Promise<void> {
  const { env } = process;
  assert.ok(env['LIVEKIT_API_KEY'] === undefined && env['LIVEKIT_API_SECRET'] === undefined);
  assert.throws(() => new AccessToken(), /^\w+: api-key and api-secret must be set$/);
  assert.throws(() => new AccessToken(KEY), /^\w+: api-key and api-secret must be set$/);
  const at = new AccessToken(KEY, SECRET);
  at.addGrant({ roomJoin: true, room: 'lobby' });
  await assert.rejects(at.toJwt(), /identity is required/);
  const promise = new AccessToken(KEY, SECRET, { identity: 'alice', ttl: '1 month' }).toJwt();
  await assert.rejects(promise, Error);

  const verifier = new TokenVerifier(KEY, SECRET);
  await assert.rejects(verifier.verify(expired), Error);
  assert.equal((await verifier.verify(expired, '1h')).sub, 'alice');
  assert.equal((await verifier.verify(expired, 3600)).sub, 'alice');
  const token = await join();
  await assert.rejects(new TokenVerifier(KEY, `${SECRET}!`).verify(token), Error);
  await assert.rejects(new TokenVerifier('another', SECRET).verify(token), Error);
  await assert.rejects(verifier.verify(`${token.slice(0, -4)}AAAA`), Error);
}

/** Receives webhooks. */
export async function receive(body: string): Promise<unknown[]> {
  const receiver = new WebhookReceiver(KEY, SECRET);
  const token = await webhookToken(body);
  const event = await receiver.receive(body, token);
  assert.deepEqual(await receiver.receive(body, token, false, '1m'), event);
  assert.deepEqual(await receiver.receive(body, token, false, 60), event);
  assert.deepEqual(await receiver.receive(body, undefined, true), event);
  await assert.rejects(receiver.receive(body), /^\w+: authorization header is empty$/);
  await assert.rejects(receiver.receive(`${body} `, token), /^\w+: sha256 checksum of body does not match$/);
  await assert.rejects(new WebhookReceiver('another', SECRET).receive(body, token), Error);
  return [
    event.event,
    event.id,
    event.createdAt,
    event.room?.name,
    event.room?.numParticipants,
    event.room?.creationTime,
    event.participant?.identity,
    event.participant?.state,
    { ...event.participant?.attributes },
    event.track?.source === TrackSource.SCREEN_SHARE,
    event.egressInfo?.status === EgressStatus.EGRESS_COMPLETE,
    event.clone().toBinary(),
    event.toJson(),
  ];
}

/** The exported helpers. */
export function help(): void {
  assert.equal(authorizeHeader, 'Authorize');
  assert.deepEqual([TrackSource.UNKNOWN, TrackSource.SCREEN_SHARE_AUDIO, TrackSource[1]], [0, 4, 'CAMERA']);
  const sources = [
    TrackSource.CAMERA,
    TrackSource.MICROPHONE,
    TrackSource.SCREEN_SHARE,
    TrackSource.SCREEN_SHARE_AUDIO,
  ];
  const names = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
  assert.deepEqual(sources.map(trackSourceToString), names);
  assert.throws(() => trackSourceToString(TrackSource.UNKNOWN), Error);
  const payload = claimsToJwtPayload({ name: 'Alice', video: { room: 'lobby', canPublishSources: sources } });
  assert.deepEqual(payload, { name: 'Alice', video: { room: 'lobby', canPublishSources: names } });
}

/** Events and messages that an application creates for its tests. */
export function messages(): unknown[] {
  const event = new WebhookEvent({ room: { name: 'lobby' }, participant: { identity: 'alice' } });
  const name: WebhookEventNames = 'participant_joined';
  event.event = name;
  event.room = new Room({ name: 'attic' });
  event.participant = ParticipantInfo.fromJson({ identity: 'bob', state: 'ACTIVE' });
  assert.equal(event.participant.state, ParticipantInfo_State.ACTIVE);
  const copy: WebhookEvent = WebhookEvent.fromBinary(event.toBinary());
  assert.ok(copy.equals(event) && event.clone().equals(event));
  assert.ok(WebhookEvent.fromJson(event.toJson()).equals(event));
  assert.ok(WebhookEvent.fromJsonString(event.toJsonString(), { ignoreUnknownFields: false }).equals(event));
  return [event.toJson(), event.toJsonString({ prettySpaces: 2 }), event.getType().typeName];
}
