/** Kraken's policy as an `authorize` function: channels, roles, private channels, bans, timeouts. */
import type { Context } from 'hono';
import { field } from '../../arguments.js';
import { jsonText } from '../../snapshot.js';
import { endpointIn } from '../context.js';
import { preparedCache } from '../endpoint.js';
import { type Caller, checkedCaller, type Permission, type TokenAsk } from '../hooks.js';
import { createLogFrom } from '../log.js';
import { type ParsedRequest, parseCreateToken, parseTokenSource } from '../requests.js';
import type { Store } from '../stores/store.js';
import { authorizePermission } from './authorize.js';
import type { Grants } from './grants.js';

/** Options of {@link kraken}. */
export interface KrakenOptions {
  /** Decides the grants of a caller who may join, instead of `LIVEKIT_GRANTS`. */
  grants?: Grants | undefined;
}

/**
 * The default of `authorize`, for functions of the application that fall back to it. The room is a channel or a group
 * of direct messages in the store, and the caller's roles there decide.
 *
 * Pass on the context of the request, so that the keys of the endpoint are reused. A refusal is a thrown
 * `LivekitException` with status 401, 403, 400 or 503, or 500 for an error of `grants`.
 *
 * @example
 * ```ts
 * import { kraken, livekit, type Store } from 'livekit-edge/server';
 *
 * declare const store: Store;
 *
 * const byRoles = kraken(store);
 * export default livekit({
 *   store,
 *   // The lobby is open to every user, any other room a channel.
 *   authorize: (caller, ask, env, context) =>
 *     ask.room === 'lobby'
 *       ? { room: ask.room, identity: caller.userId, grants: {} }
 *       : byRoles(caller, ask, env, context),
 * });
 * ```
 */
export function kraken<Bindings extends object = Record<string, unknown>>(
  store: Store | ((env: Bindings) => Store),
  { grants }: KrakenOptions = {},
): (caller: Caller, ask: TokenAsk, env: Bindings, context?: Context) => Promise<Permission> {
  const prepared = preparedCache();
  const storeFor = typeof store === 'function' ? store : () => store;
  return async (caller, ask, env, context) => {
    const prepare = () => ({ ...prepared(env), log: createLogFrom(env) });
    const endpoint = { ...(endpointIn(context) ?? prepare()), allowGrants: [], store: () => storeFor(env) };
    const request = toParsedRequest(ask);
    try {
      return await authorizePermission(checkedCaller(caller), request, endpoint, ask.route, grants);
    } finally {
      request.dispose();
    }
  };
}

/** Converts the request back into a client's form, because Kraken's rules check what clients may set. */
function toParsedRequest(ask: TokenAsk): ParsedRequest {
  const [route, room, isGeneratedRoom, identity, name, ttl, metadata, attributes, roomConfig] = [
    'route',
    'room',
    'isGeneratedRoom',
    'identity',
    'name',
    'ttl',
    'metadata',
    'attributes',
    'roomConfig',
  ].map((name) => field(ask, name));
  const body = (fields: object) => new TextEncoder().encode(jsonText(fields));
  if (route !== 'token-source') return parseCreateToken(body({ roomId: room, identity, name, ttl }));
  return parseTokenSource(
    body({
      room_name: isGeneratedRoom ? undefined : room,
      participant_identity: identity,
      participant_name: name,
      participant_metadata: metadata,
      participant_attributes: attributes,
      room_config: roomConfig,
    }),
  );
}
