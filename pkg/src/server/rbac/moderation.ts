/** Moderator and request → facts of the store → decision by Kraken's rules. */
import type { Endpoint } from '../endpoint.js';
import type { Caller } from '../hooks.js';
import { moderationRequestOf, type ParsedModeration } from '../requests.js';
import { factsOf, inChannel } from './authorize.js';

/** What a moderator may do now; which fields are there depends on the request. */
export interface AuthorizedModeration {
  /** The participant to kick or to remove. */
  readonly identity?: string;
  /** End of a kick, Unix seconds. */
  readonly until?: number;
  /** False to unlock. */
  readonly locked?: boolean;
}

/** Authorizes a moderator to act in a channel. Throws 503, 401, 400 or 403. */
export async function authorizeModeration(
  caller: Caller,
  channelId: string,
  request: ParsedModeration,
  endpoint: Endpoint,
): Promise<AuthorizedModeration> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) =>
    rules.authorizeModeration(userId, tokenId, issuedAt, channelId, moderationRequestOf(request), facts),
  );
}
