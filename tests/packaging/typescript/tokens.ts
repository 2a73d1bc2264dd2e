/** A program that uses `livekit-edge` and `livekit-edge/tokens` with only the types of ECMAScript. `types.test.ts` compiles it. */
import {
  AccessToken,
  type AccessTokenOptions,
  type ClaimGrants,
  claimsToJwtPayload,
  EgressStatus,
  generateToken,
  type LivekitConfig,
  LivekitException,
  LivekitService,
  ParticipantInfo,
  Room,
  RoomAgentDispatch,
  RoomConfiguration,
  type RoomConfigurationInit,
  TokenVerifier,
  TrackSource,
  trackSourceToString,
  type VideoGrant,
  WebhookEvent,
  type WebhookEventNames,
  WebhookReceiver,
} from 'livekit-edge';
import type * as tokens from 'livekit-edge/tokens';

export * as root from 'livekit-edge';
export * as tokens from 'livekit-edge/tokens';

const grant: VideoGrant = { roomJoin: true, room: 'lobby', canPublishSources: [TrackSource.CAMERA, 'microphone'] };
const options: AccessTokenOptions = { identity: 'alice', ttl: '10m', attributes: { team: 'blue' } };

/** Signs and verifies a token with each kind of room configuration. */
export async function signed(): Promise<ClaimGrants> {
  const at: tokens.AccessToken = new AccessToken('key', 'secret', options);
  at.addGrant(grant);
  at.roomConfig = { name: 'lobby', emptyTimeout: 60, agents: [{ agentName: 'concierge' }] };
  at.roomConfig = { empty_timeout: 60 };
  at.roomConfig = new RoomConfiguration({ name: 'lobby' });
  at.roomConfig.agents.push(new RoomAgentDispatch({ agentName: 'concierge' }));
  const { video, roomConfig, sub } = await new TokenVerifier('key', 'secret').verify(await at.toJwt(), '1m');
  const names: tokens.TrackSourceName[] = video?.canPublishSources ?? [];
  const timeout: number | undefined = roomConfig?.emptyTimeout;
  const recorded: string | undefined = roomConfig?.egress?.room?.roomName;
  const init: RoomConfigurationInit = new RoomConfiguration();
  return claimsToJwtPayload({
    name: `${sub} ${timeout} ${names} ${recorded} ${trackSourceToString(1)}`,
    roomConfig: init,
  });
}

/** Issues a token with a service, and with a configuration. */
export function issued(config: LivekitConfig): string {
  const service = LivekitService.fromEnv({});
  try {
    const { token, expiresAt, url } = service.generateToken({ roomId: 'lobby', identity: 'alice' });
    return token + expiresAt.toISOString() + (url ?? generateToken({ roomId: 'lobby', identity: 'bob' }, config).token);
  } catch (error) {
    if (error instanceof LivekitException) return `${error.status} ${error.code} ${error.violations.join()}`;
    throw error;
  }
}

/** Receives a webhook, and creates one. */
export function received(body: string | Uint8Array, header: string): string {
  const event = new WebhookReceiver('key', 'secret').receiveSync(body, header);
  const name: WebhookEventNames = event.event;
  const made = new WebhookEvent({ room: { name }, participant: new ParticipantInfo({ identity: 'alice' }) });
  made.room = new Room({ creationTime: event.createdAt });
  const isComplete = event.egressInfo?.status === EgressStatus.EGRESS_COMPLETE;
  return `${isComplete} ${made.equals(WebhookEvent.fromBinary(made.toBinary()))} ${made.clone().toJsonString()}`;
}
