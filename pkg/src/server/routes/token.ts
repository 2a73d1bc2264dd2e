/**
 * POST /token, /dm-token and /token-source: request → authenticate → authorize → grant → response.
 *
 * The three ask in different words for the same thing, and differ in who may.
 */
import type { Context } from 'hono';
import type { TokenResponse } from '../../token-response.js';
import { readBody } from '../body.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { respondJson } from '../middleware/respond.js';
import { authorize, authorizeAndGrant, type TokenRoute } from '../rbac/authorize.js';
import { grant } from '../rbac/grant.js';
import { type ReadRequest, readCreateToken, readTokenSource } from '../requests.js';

/** What the holder needs to know; the token's id is in the log alone. */
const withToken = (context: Context, { jti, ...response }: TokenResponse) => respondJson(context, response, 201);

/** For a channel. */
export const token = route('token', readCreateToken, withToken);

/** For a group of direct messages. */
export const dmToken = route('dm-token', readCreateToken, withToken);

/** For a channel, in the form of LiveKit's clients (`TokenSource.endpoint`). */
export const tokenSource = route('token-source', readTokenSource, (context, { token, url }) =>
  respondJson(context, { server_url: url, participant_token: token }, 201),
);

function route(
  name: TokenRoute,
  read: (body: Uint8Array) => ReadRequest,
  respond: (context: Context, response: TokenResponse) => Response,
) {
  return async (context: LivekitContext): Promise<Response> => {
    context.set('failure', 'Failed to generate LiveKit token');
    const endpoint = context.get('endpoint');
    const request = read(await readBody(context));
    const caller = await callerOf(context);
    const response =
      endpoint.grants === undefined && endpoint.chooseServer === undefined
        ? await authorizeAndGrant(caller, request, endpoint, name)
        : await grant(await authorize(caller, request, endpoint, name), endpoint);
    request.dispose();
    const { identity, roomId, jti } = response;
    const details = { userId: caller.userId, userTokenId: caller.tokenId, identity, roomId, jti };
    endpoint.log.info(`Generated token for user ${identity} in room ${roomId}`, details);
    return respond(context, response);
  };
}
