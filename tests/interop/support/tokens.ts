/** Tokens: ours, their claims, and changed ones. */
import assert from 'node:assert/strict';
import { AccessToken } from '../ours.ts';
import type { Claims } from './cases.ts';

/** LiveKit's credentials for development. */
export const KEY = 'devkey';
export const SECRET = 'secret';

export const TTL_SECONDS = 600;

/** A token of ours, and its expected claims. */
interface Minted {
  readonly token: string;
  readonly signed: Claims;
}

/** Signs every claim of `claims` except issuer and times. */
export function mint(claims: Claims): Minted {
  const { sub, name, metadata, attributes, video, sip, agent, agentEndpoint, agentThread } = claims;
  const at = new AccessToken(KEY, SECRET, { ttl: TTL_SECONDS });
  at.identity = sub;
  at.name = name;
  at.metadata = metadata;
  at.attributes = attributes;
  if (video !== undefined) at.addGrant(video);
  if (sip !== undefined) at.addSIPGrant(sip);
  if (agent !== undefined) at.addAgentGrant(agent);
  if (agentEndpoint !== undefined) at.addAgentEndpointGrant(agentEndpoint);
  if (agentThread !== undefined) at.addAgentThreadGrant(agentThread);
  if (claims.inference !== undefined) at.addInferenceGrant(claims.inference);
  if (claims.observability !== undefined) at.addObservabilityGrant(claims.observability);
  at.kind = claims.kind;
  at.kindDetails = claims.kindDetails;
  at.sha256 = claims.sha256;
  at.roomPreset = claims.roomPreset;
  at.roomConfig = claims.roomConfig;
  const token = at.toJwtSync();
  const { nbf = 0 } = claimsOf(token);
  assert.ok(Math.abs(nbf - Date.now() / 1000) < 5);
  return { token, signed: { ...claims, iss: KEY, nbf, exp: nbf + TTL_SECONDS } };
}

/** The payload, not verified. */
export const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** The token with one bit changed, for every `step`-th byte of header, payload and tag. */
export function* oneBitOff(token: string, step = 1): Generator<string> {
  const parts = token.split('.');
  for (const [index, part] of parts.entries()) {
    const bytes = Buffer.from(part, 'base64url');
    for (let at = 0; at < bytes.length; at += step) {
      const spoilt = Buffer.from(bytes);
      spoilt.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
      yield parts.with(index, spoilt.toString('base64url')).join('.');
    }
  }
}
