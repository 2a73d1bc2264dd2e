/** Webhooks as LiveKit sends them, signed by LiveKit's own SDK. */
import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import type { Answer, Asking, Endpoint } from './endpoint.ts';
import { now } from './user-token.ts';

export const RECEIVED = '{"received":true}';

/** The padded base64 of a body's SHA-256. */
export const digestOf = (body: string | Uint8Array): string => createHash('sha256').update(body).digest('base64');

interface Signing {
  key?: string;
  secret?: string;
  ttl?: number;
  /** `null` leaves the digest out. */
  sha256?: string | null;
}

/** The token that LiveKit sends with a body. */
export async function signatureOf(body: string | Uint8Array, signing: Signing = {}): Promise<string> {
  const { key = demoSettings.LIVEKIT_API_KEY, secret = demoSettings.LIVEKIT_API_SECRET, ttl = 300 } = signing;
  const token = new AccessToken(key, secret, { ttl });
  if (signing.sha256 !== null) token.sha256 = signing.sha256 ?? digestOf(body);
  return token.toJwt();
}

let count = 0;

interface Changes {
  id?: unknown;
  event?: unknown;
  createdAt?: unknown;
  room?: unknown;
  participant?: unknown;
  [field: string]: unknown;
}

/** An event of a room, in protobuf's JSON. */
export function event(name: string, room: string, changes: Changes = {}): string {
  count += 1;
  return JSON.stringify({
    event: name,
    room: { sid: `RM_${room}`, name: room, emptyTimeout: 300, creationTime: '1760000000', numParticipants: 1 },
    id: `EV_${count}`,
    createdAt: `${now()}`,
    ...changes,
  });
}

/** A participant as an event describes one. */
export const participant = (identity: string, changes: Record<string, unknown> = {}) => ({
  sid: `PA_${identity}`,
  identity,
  name: identity,
  state: 'ACTIVE',
  joinedAt: '1760000000',
  permission: { canSubscribe: true, canPublish: true, canPublishData: true },
  ...changes,
});

/** An event about one participant. */
export function moved(name: 'joined' | 'left', room: string, identity: string, changes: Changes = {}): string {
  return event(`participant_${name}`, room, { participant: participant(identity), ...changes });
}

/** Sends webhooks, signed unless a header says otherwise. */
export function webhooks(endpoint: () => Endpoint) {
  return async (body: string | Uint8Array<ArrayBuffer>, asking: Asking = {}): Promise<Answer> => {
    const headers = {
      'Content-Type': 'application/webhook+json',
      Authorization: await signatureOf(body),
      ...asking.headers,
    };
    return endpoint().post('/webhook', body, { ...asking, as: null, headers });
  };
}
