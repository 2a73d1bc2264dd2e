/** LiveKit tokens, taken apart by hand. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

export interface VideoGrant {
  room: string;
  roomJoin: boolean;
  canPublish: boolean;
  canSubscribe: boolean;
  canPublishData: boolean;
  canUpdateOwnMetadata?: boolean;
}

export interface LivekitClaims {
  iss: string;
  sub: string;
  exp: number;
  nbf: number;
  jti?: string;
  name: string;
  video: VideoGrant;
  metadata?: string;
  attributes?: Record<string, string>;
  roomConfig?: Record<string, unknown>;
}

/** Header and claims as text and as values; fails unless the token is three parts of base64url. */
export function decode(token: string) {
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]{43}$/);
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const claims: LivekitClaims = JSON.parse(payload);
  return { header, payload, claims };
}

/** The claims of a token. */
export const claimsOf = (token: string): LivekitClaims => decode(token).claims;

/** The specification's five grants, in a room. */
export const fullGrant = (room: string): VideoGrant => ({
  room,
  roomJoin: true,
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
});

/** Whether the token's tag is the HMAC-SHA256 of the rest. */
export function isSignedWith(token: string, secret: string): boolean {
  const [header, payload, tag] = token.split('.');
  return createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url') === tag;
}
