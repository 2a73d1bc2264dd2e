/** Caller and request → facts of the store → decision, and the token at once where no grants of the application come between. */
import { jsonText } from '../../snapshot.js';
import { type TokenResponse, tokenResponse } from '../../token-response.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import { UNAVAILABLE } from '../errors.js';
import {
  type Caller,
  isId,
  muteRequestOf,
  type ReadMuteRequest,
  type ReadRequest,
  tokenRequestOf,
} from '../requests.js';
import { askStore } from '../stores/ask.js';
import type { FactsQuestion, PresencePage } from '../stores/store.js';
import type { GrantedRequest } from './granted.js';

/** A route that answers with a token. */
export type TokenRoute = 'token' | 'dm-token' | 'token-source';

/** The participant to mute, or to unmute. */
export interface MuteRequest {
  readonly identity: string;
  readonly mute: boolean;
}

/** Authorizes a request for a token. Throws 503, 401, 400 or 403. */
export async function authorize(
  caller: Caller,
  request: ReadRequest,
  endpoint: Endpoint,
  route: TokenRoute = 'token',
): Promise<GrantedRequest> {
  const facts = await factsOf(caller, lookup(route, request), endpoint);
  const [userId, tokenId, issuedAt] = checked(caller);
  return endpoint.service.call((rules) =>
    rules.authorize(route, userId, tokenId, issuedAt, tokenRequestOf(request), facts),
  );
}

/** As {@link authorize}, and issues the token with the grants of the rules. */
export async function authorizeAndGrant(
  caller: Caller,
  request: ReadRequest,
  endpoint: Endpoint,
  route: TokenRoute,
): Promise<TokenResponse> {
  const { service } = endpoint;
  const facts = await factsOf(caller, lookup(route, request), endpoint);
  const [userId, tokenId, issuedAt] = checked(caller);
  const granted = service.call((rules) =>
    rules.authorizeAndGenerate(route, userId, tokenId, issuedAt, tokenRequestOf(request), facts),
  );
  return tokenResponse(service.description, granted, granted);
}

function lookup(route: TokenRoute, { description: { id, identity } }: ReadRequest): Partial<FactsQuestion> {
  return route === 'dm-token' ? { groupId: id, identity } : { channelId: id, identity };
}

/** Authorizes a moderator to mute a participant in a channel. Throws 503, 401, 400 or 403. */
export async function authorizeMute(
  caller: Caller,
  channelId: string,
  request: ReadMuteRequest,
  endpoint: Endpoint,
): Promise<MuteRequest> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  const [userId, tokenId, issuedAt] = checked(caller);
  return endpoint.service.call((rules) =>
    rules.authorizeMute(userId, tokenId, issuedAt, channelId, muteRequestOf(request), facts),
  );
}

/**
 * Authorizes a caller to see who is in a channel, and returns the participant after whom the page begins. Throws 503, 401,
 * 400 or 403.
 */
export async function authorizePresence(
  caller: Caller,
  channelId: string,
  after: string | undefined,
  endpoint: Endpoint,
): Promise<PresencePage['after']> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  const [userId, tokenId, issuedAt] = checked(caller);
  return endpoint.service.call((rules) => rules.authorizePresence(userId, tokenId, issuedAt, channelId, after, facts));
}

/** Admits a caller whom the store knows. Throws 503 or 401. */
export async function admit(caller: Caller, endpoint: Endpoint): Promise<void> {
  const facts = await factsOf(caller, {}, endpoint);
  const [userId, tokenId, issuedAt] = checked(caller);
  call((wasm) => wasm.admit(userId, tokenId, issuedAt, facts));
}

/** What cannot be an id is not looked up: there is no such channel. */
const inChannel = (channelId: string) => ({ channelId: isId(channelId) ? channelId : null });

/** The fields of a caller, whatever an application's own `authenticate` returns. */
function checked({ userId, tokenId, sessionId, issuedAt }: Caller): [string, string | undefined, number | undefined] {
  const areStrings = [tokenId, sessionId].every((id) => id === undefined || typeof id === 'string');
  const isTime = issuedAt === undefined || typeof issuedAt === 'number';
  if (typeof userId !== 'string' || !areStrings || !isTime) throw UNAVAILABLE;
  return [userId, tokenId, issuedAt];
}

/** The facts of the store as JSON. Without facts, the rules reject. */
async function factsOf(
  { userId, tokenId, sessionId }: Caller,
  asked: Partial<FactsQuestion>,
  endpoint: Endpoint,
): Promise<string> {
  const ids = { userId, tokenId: tokenId ?? null, ...(sessionId === undefined ? {} : { sessionId }) };
  const question = { ...ids, channelId: null, groupId: null, identity: null, ...asked };
  // Copied in there: the getters of a row may throw.
  const facts = await askStore(endpoint, async (store) => jsonText(await store.facts(question)));
  return facts ?? 'null';
}
