/** Authorizes moderators by Kraken's rules and the facts of the store. */
import type { AuthorizedModerations, ModerationName } from '../../wasm/generated/livekit_edge.js';
import type { Endpoint } from '../endpoint.js';
import type { Caller } from '../hooks.js';
import { type ParsedModeration, toModerationRequest } from '../requests.js';
import { inChannel, readFacts } from './authorize.js';

/** Authorizes the request `Name` of a moderator in a channel. Throws 503, 401, 400 or 403. */
export async function authorizeModeration<Name extends ModerationName>(
  caller: Caller,
  channelId: string,
  request: ParsedModeration,
  endpoint: Endpoint,
): Promise<AuthorizedModerations[Name]> {
  const facts = await readFacts(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  const authorized = endpoint.service.call((rules) =>
    rules.authorizeModeration(userId, tokenId, issuedAt, channelId, toModerationRequest(request), facts),
  );
  return authorized as AuthorizedModerations[Name];
}
