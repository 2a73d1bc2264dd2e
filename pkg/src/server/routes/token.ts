/**
 * POST /token and /token-source: request → authenticate → authorize → issue → response.
 *
 * Routes for a token differ in the form of the request, and in the policy.
 */
import type { Context } from 'hono';
import type { TokenResponse } from '../../token-response.js';
import { readBody } from '../body.js';
import { callerOf } from '../caller.js';
import type { LivekitContext, LivekitHandler } from '../context.js';
import type { Caller, TokenRoute } from '../hooks.js';
import type { Policy } from '../policy.js';
import { type ParsedRequest, parseCreateToken, parseTokenSource } from '../requests.js';

/** The response of the specification. The token's id is in the log alone. */
export const withToken = (context: Context, { jti, ...response }: TokenResponse) => context.json(response, 201);

/** POST /token: for a room; by Kraken's rules, a channel. */
export const token = tokenRoute('token', parseCreateToken, withToken);

/** POST /token-source: as `/token`, in the form of LiveKit's clients (`TokenSource.endpoint`). */
export const tokenSource = tokenRoute('token-source', parseTokenSource, (context, { token, url }) =>
  context.json({ server_url: url, participant_token: token }, 201),
);

/** A route that answers with a token by a policy; the default is that of the endpoint. */
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
      const { user, ...found } = await callerOf(context);
      caller = found.caller;
      response = await (policy ?? context.get('policy')).issue({ route, request, caller, user }, endpoint);
    } finally {
      // Now: memory of the module is not given back, and a request may be large.
      request.dispose();
    }
    const { identity, roomId, jti } = response;
    const details = { userId: caller.userId, userTokenId: caller.tokenId, identity, roomId, jti };
    endpoint.log.info(`Generated token for user ${identity} in room ${roomId}`, details);
    return respond(context, response);
  };
}
