/** what may be granted → grants → claims → token. */
import { LivekitException } from '../../exception.js';
import { jsonText, snapshot } from '../../snapshot.js';
import { type TokenResponse, tokenResponse } from '../../token-response.js';
import type { Endpoint } from '../endpoint.js';
import { FORBIDDEN } from '../errors.js';
import { createRoomOf } from '../livekit/create-room.js';
import { chosenServer } from '../livekit/servers.js';
import type { GrantedRequest, GrantFacts, Grants } from './granted.js';

/** Mints the token of a request that was authorised. Throws 403 and 500; 502 and 504 where its room cannot be created. */
export async function grant(granted: GrantedRequest, endpoint: Endpoint): Promise<TokenResponse> {
  const { service, grants, chooseServer } = endpoint;
  const video = grants === undefined ? granted.grant : await ownGrant(grants, granted.facts);
  const { facts, ...request } = granted;
  const server = await chosenServer(chooseServer, granted.roomId);
  const text = jsonText({ ...request, grant: video, server });
  const issued = service.call((rules) => rules.generateGranted(text));
  await createRoomOf(granted.roomId, server, endpoint);
  return tokenResponse(issued, granted, issued);
}

async function ownGrant(grants: Grants, facts: GrantFacts): Promise<unknown> {
  let video: unknown;
  try {
    // Read to the end in here: a member may be a trap, too.
    video = snapshot(await grants(facts));
  } catch {
    throw new LivekitException('Failed to generate token', 500, { code: 'grant_refused', reason: 'exception' });
  }
  if (video === undefined || video === null) throw FORBIDDEN;
  return video;
}
