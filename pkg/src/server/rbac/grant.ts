/** what may be granted → grants → claims → token. */
import { createException } from '../../exception.js';
import { jsonText, snapshot } from '../../snapshot.js';
import { type TokenResponse, tokenResponse } from '../../token-response.js';
import type { Endpoint } from '../endpoint.js';
import type { GrantedRequest, GrantFacts, Grants } from './granted.js';

/** Mints the token of a request that was authorised. Throws 403 and 500. */
export async function grant(granted: GrantedRequest, endpoint: Endpoint): Promise<TokenResponse> {
  const { service, grants } = endpoint;
  const video = grants === undefined ? granted.grant : await ownGrant(grants, granted.facts);
  const { facts, ...request } = granted;
  const text = jsonText({ ...request, grant: video });
  return tokenResponse(
    service.description,
    granted,
    service.call((rules) => rules.generateGranted(text)),
  );
}

async function ownGrant(grants: Grants, facts: GrantFacts): Promise<unknown> {
  let video: unknown;
  try {
    // Read to the end in here: a member may be a trap, too.
    video = snapshot(await grants(facts));
  } catch {
    throw createException('grant_refused', 'Failed to generate token', { reason: 'exception' });
  }
  if (video === undefined || video === null)
    throw createException('forbidden', 'Forbidden resource', { reason: 'no_grant' });
  return video;
}
