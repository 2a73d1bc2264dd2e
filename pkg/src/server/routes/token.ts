/**
 * POST /token, /dm-token and /token-source: request → authenticate → authorize → issue → response.
 *
 * The three differ in the form of the request, and in who may.
 */
import type { Context } from 'hono';
import { createException } from '../../exception.js';
import type { TokenResponse } from '../../token-response.js';
import { readBody } from '../body.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { type Caller, decide, isRefusal, type TokenAsk, type TokenRoute } from '../hooks.js';
import { issue, parseOwn } from '../issue.js';
import { authorizeAndIssue, permissionOf } from '../rbac/authorize.js';
import { type ParsedRequest, parseCreateToken, parseTokenSource, tokenRequestOf } from '../requests.js';

/** The response of the specification. The token's id is in the log alone. */
const withToken = (context: Context, { jti, ...response }: TokenResponse) => context.json(response, 201);

/** POST /token: for a room; by Kraken's rules, a channel. */
export const token = route('token', parseCreateToken, withToken);

/** POST /dm-token: for a group of direct messages. */
export const dmToken = route('dm-token', parseCreateToken, withToken);

/** POST /token-source: as `/token`, in the form of LiveKit's clients (`TokenSource.endpoint`). */
export const tokenSource = route('token-source', parseTokenSource, (context, { token, url }) =>
  context.json({ server_url: url, participant_token: token }, 201),
);

function route(
  name: TokenRoute,
  read: (body: Uint8Array) => ParsedRequest,
  respond: (context: Context, response: TokenResponse) => Response,
) {
  return async (context: LivekitContext): Promise<Response> => {
    context.set('failure', 'Failed to generate LiveKit token');
    const request = read(await readBody(context));
    let response: TokenResponse;
    let caller: Caller;
    try {
      const { user, ...found } = await callerOf(context);
      caller = found.caller;
      response = await authorizeRequest(context, found.caller, user, request, name);
    } finally {
      // Now: memory of the module is not given back, and a request may be large.
      request.dispose();
    }
    const { identity, roomId, jti } = response;
    const details = { userId: caller.userId, userTokenId: caller.tokenId, identity, roomId, jti };
    context.get('endpoint').log.info(`Generated token for user ${identity} in room ${roomId}`, details);
    return respond(context, response);
  };
}

/** Authorizes a request and issues its token. */
async function authorizeRequest(
  context: LivekitContext,
  caller: Caller,
  user: Caller,
  request: ParsedRequest,
  route: TokenRoute,
) {
  const endpoint = context.get('endpoint');
  const { authorize, grants, onError } = context.get('hooks');
  // Groups of direct messages exist in Kraken's tables only.
  if (authorize === undefined || route === 'dm-token') {
    const { chooseServer, service } = endpoint;
    const isShort = grants === undefined && chooseServer === undefined && !service.description.createRooms;
    if (isShort) return authorizeAndIssue(caller, request, endpoint, route);
    const permission = await permissionOf(caller, request, endpoint, route, grants);
    return issue(permission, permission.room, { ...endpoint, allowGrants: [] });
  }
  const described = endpoint.service.call((rules) => rules.describeRequest(route, tokenRequestOf(request)));
  const ask: TokenAsk = Object.freeze(parseOwn(described));
  const permission = await decide('authorize', endpoint.log, () => authorize(user, ask), onError);
  if (isRefusal(permission)) {
    throw createException('forbidden', 'Forbidden resource', { reason: 'no_permission' });
  }
  return issue(permission, ask.room, endpoint);
}
