/**
 * POST /token and /token-source: authenticate, authorize, issue.
 *
 * The token routes differ in the form of the request and response, and in the policy.
 */
import type { Context } from 'hono';
import type { TokenResponse } from '../../token-response.js';
import { readBody } from '../body.js';
import { authenticateCaller } from '../caller.js';
import type { LivekitContext, LivekitHandler } from '../context.js';
import type { Caller, TokenRoute } from '../hooks.js';
import type { Policy } from '../policy.js';
import { type ParsedRequest, parseCreateToken, parseTokenSource } from '../requests.js';

/** Creates the response of `/token`. The token's id is only logged. */
export const withToken = (context: Context, { jti, ...response }: TokenResponse) => context.json(response, 201);

/** POST /token: a token for a room. With Kraken's policy the room is a channel. */
export const token = tokenRoute('token', parseCreateToken, withToken);

/** POST /token-source: as `/token`, in the form of LiveKit's client SDKs (`TokenSource.endpoint`). */
export const tokenSource = tokenRoute('token-source', parseTokenSource, (context, { token, url }) =>
  context.json({ server_url: url, participant_token: token }, 201),
);

/** Creates a token route with a policy; the default is the endpoint's policy. */
export function tokenRoute(
  route: TokenRoute,
  read: (body: Uint8Array) => ParsedRequest,
  respond: (context: Context, response: TokenResponse) => Response,
  policy?: Policy,
): LivekitHandler {
  return async (context: LivekitContext): Promise<Response> => {
    context.set('failure', 'Failed to generate LiveKit token');
    const endpoint = context.get('endpoint');
    const request = read(await readBody(context));
    let response: TokenResponse;
    let caller: Caller;
    try {
      const { user, ...found } = await authenticateCaller(context);
      caller = found.caller;
      response = await (policy ?? context.get('policy')).issue({ route, request, caller, user }, endpoint);
    } finally {
      // Freed immediately, because a request may be large, and the module's memory never shrinks.
      request.dispose();
    }
    const { identity, roomId, jti } = response;
    const details = { userId: caller.userId, userTokenId: caller.tokenId, identity, roomId, jti };
    endpoint.log.info(`Generated token for user ${identity} in room ${roomId}`, details);
    return respond(context, response);
  };
}
