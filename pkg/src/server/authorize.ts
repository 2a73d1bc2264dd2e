/** who asks, for what → what the store knows of it → whether they may, and at once the token where nothing comes between. */
import { type TokenResponse, tokenResponse } from '../token-response.js';
import {
  admitCaller,
  type Caller,
  type GrantedRequest,
  isId,
  type MuteRequest,
  type ReadRequest,
} from '../wasm/endpoint-operations.js';
import { jsonText } from '../wasm/instance.js';
import type { Endpoint } from './endpoint.js';
import { askStore } from './store/ask.js';
import type { FactsQuestion } from './store/store.js';

/** A route that answers with a token. */
export type TokenRoute = 'token' | 'dm-token' | 'token-source';

/** Turns a request for a token into one that may be granted. Throws 503, 401, 400 or 403. */
export async function authorize(
  caller: Caller,
  { fields, id, identity }: ReadRequest,
  endpoint: Endpoint,
  route: TokenRoute = 'token',
): Promise<GrantedRequest> {
  const facts = await factsOf(caller, { ...roomOf(route, id), identity }, endpoint);
  return endpoint.service.authorize(route, { caller, request: fields, facts });
}

/** `authorize` and `grant` in one step of the rules, where no table of the application's own comes between. */
export async function authorizeAndGrant(
  caller: Caller,
  { fields, id, identity }: ReadRequest,
  endpoint: Endpoint,
  route: TokenRoute,
): Promise<TokenResponse> {
  const { service } = endpoint;
  const facts = await factsOf(caller, { ...roomOf(route, id), identity }, endpoint);
  const minted = service.authorizeAndGenerate(route, { caller, request: fields, facts });
  return tokenResponse(service, minted, minted);
}

const roomOf = (route: TokenRoute, id: string | null) => (route === 'dm-token' ? { groupId: id } : { channelId: id });

/** Lets a moderator mute someone in a channel. Throws 503, 401, 400 or 403. */
export async function authorizeMute(
  caller: Caller,
  channelId: string,
  { fields }: ReadRequest,
  endpoint: Endpoint,
): Promise<MuteRequest> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  return endpoint.service.authorize('mute-participant', { caller, channelId, request: fields, facts });
}

/** Lets a caller see who is in a channel. Throws 503, 401 or 403. */
export async function authorizePresence(caller: Caller, channelId: string, endpoint: Endpoint): Promise<void> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  endpoint.service.authorize('voice-presence', { caller, channelId, facts });
}

/** Lets in a caller whom the store knows. Throws 503 or 401. */
export async function admit(caller: Caller, endpoint: Endpoint): Promise<void> {
  admitCaller(caller, await factsOf(caller, {}, endpoint));
}

/** What cannot be an id is not asked about: there is no such channel. */
const inChannel = (channelId: string) => ({ channelId: isId(channelId) ? channelId : null });

/** What the store knows, as JSON. Whatever goes wrong, there are no facts, and the rules refuse. */
async function factsOf(
  { userId, tokenId }: Caller,
  asked: Partial<FactsQuestion>,
  endpoint: Endpoint,
): Promise<string> {
  const question = { userId, tokenId: tokenId ?? null, channelId: null, groupId: null, identity: null, ...asked };
  // Read to the end in there: a row may be a trap, too.
  const facts = await askStore(endpoint, async (store) => jsonText(await store.facts(question)));
  return facts ?? 'null';
}
