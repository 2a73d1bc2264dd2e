/** Caller and request → facts of the store → decision by Kraken's rules. */
import { createException, LivekitException } from '../../exception.js';
import { jsonText, snapshot } from '../../snapshot.js';
import { type TokenResponse, tokenResponse } from '../../token-response.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import { type Caller, inTime, type Permission, type TokenRoute } from '../hooks.js';
import { permissionText } from '../issue.js';
import {
  isRoomName,
  muteRequestOf,
  type ParsedMuteRequest,
  type ParsedRecordingRequest,
  type ParsedRequest,
  recordingRequestOf,
  tokenRequestOf,
} from '../requests.js';
import { askStore } from '../stores/ask.js';
import type { FactsQuestion, PresencePage } from '../stores/store.js';
import type { Grants } from './grants.js';
import { addHolder } from './holders.js';

/** The participant to mute, or to unmute. */
export interface MuteRequest {
  readonly identity: string;
  readonly mute: boolean;
}

/**
 * Decides what a caller may have. An application's own table of grants replaces `LIVEKIT_GRANTS`. Throws 503, 401, 400 or 403,
 * and 500 for a table that throws.
 */
export async function permissionOf(
  caller: Caller,
  request: ParsedRequest,
  endpoint: Endpoint,
  route: TokenRoute,
  grants: Grants | undefined,
): Promise<Permission> {
  const rowOfFacts = await factsOf(caller, lookup(route, request), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  const authorized = endpoint.service.call((rules) =>
    rules.authorize(route, userId, tokenId, issuedAt, tokenRequestOf(request), rowOfFacts),
  );
  const { permission, facts } = JSON.parse(authorized);
  if (grants !== undefined) {
    permission.grants = await ownGrants(() => grants(facts));
    const text = permissionText(permission);
    call(({ checkMetadata }) => checkMetadata(text));
  }
  // Last, since who is refused holds no identity: a sync removes one of whose holders one may not be in the room.
  await addHolder(userId, permission, endpoint);
  return permission;
}

/** As {@link permissionOf} with the grants of the rules, and issues the token, in one call of the module. */
export async function authorizeAndIssue(
  caller: Caller,
  request: ParsedRequest,
  endpoint: Endpoint,
  route: TokenRoute,
): Promise<TokenResponse> {
  const { service } = endpoint;
  const facts = await factsOf(caller, lookup(route, request), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  const issued = service.call((rules) =>
    rules.authorizeAndGenerate(route, userId, tokenId, issuedAt, tokenRequestOf(request), facts),
  );
  await addHolder(userId, { room: issued.roomId, identity: issued.identity }, endpoint);
  return tokenResponse(issued, issued, issued);
}

/** The grants of an application's own table. Throws 403 for a refusal, and 500 or 503 for a table that fails. */
export async function ownGrants(table: () => unknown): Promise<unknown> {
  let grants: unknown;
  try {
    // Copied inside of `try`: a getter may throw.
    grants = snapshot(await inTime('grants', table));
  } catch (error) {
    if (error instanceof LivekitException && error.code === 'hook_failed') throw error;
    throw createException('grant_refused', 'Failed to generate token', { reason: 'exception' });
  }
  if (grants === undefined || grants === null) {
    throw createException('forbidden', 'Forbidden resource', { reason: 'no_grant' });
  }
  return grants;
}

function lookup(route: TokenRoute, { description: { id, identity } }: ParsedRequest): Partial<FactsQuestion> {
  return route === 'dm-token' ? { groupId: id, identity } : { channelId: id, identity };
}

/** Authorizes a moderator to mute a participant in a channel. Throws 503, 401, 400 or 403. */
export async function authorizeMute(
  caller: Caller,
  channelId: string,
  request: ParsedMuteRequest,
  endpoint: Endpoint,
): Promise<MuteRequest> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) =>
    rules.authorizeMute(userId, tokenId, issuedAt, channelId, muteRequestOf(request), facts),
  );
}

/** Authorizes a caller to start, list and stop recordings of a channel. Throws 503, 401, 400 or 403. */
export async function authorizeRecording(
  caller: Caller,
  channelId: string,
  request: ParsedRecordingRequest,
  endpoint: Endpoint,
): Promise<{ audioOnly: boolean }> {
  const facts = await factsOf(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) =>
    rules.authorizeRecording(userId, tokenId, issuedAt, channelId, recordingRequestOf(request), facts),
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
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) => rules.authorizePresence(userId, tokenId, issuedAt, channelId, after, facts));
}

/** Admits a caller whom the store knows. Throws 503 or 401. */
export async function admit(caller: Caller, endpoint: Endpoint): Promise<void> {
  const facts = await factsOf(caller, {}, endpoint);
  const { userId, tokenId, issuedAt } = caller;
  call((wasm) => wasm.admit(userId, tokenId, issuedAt, facts));
}

/** An invalid id is not looked up: there is no such channel. */
export const inChannel = (channelId: string) => ({ channelId: isRoomName(channelId) ? channelId : null });

/** The facts of the store as JSON. Without facts, the rules reject. */
export async function factsOf(
  { userId, tokenId, sessionId }: Caller,
  about: Partial<FactsQuestion>,
  endpoint: Pick<Endpoint, 'store' | 'log'>,
): Promise<string> {
  const ids = { userId, tokenId: tokenId ?? null, sessionId: sessionId ?? null };
  const question = { ...ids, channelId: null, groupId: null, identity: null, ...about };
  // Copied inside of `askStore`: the getters of a row may throw.
  const facts = await askStore(endpoint, async (store) => jsonText(await store.facts(question)));
  return facts ?? 'null';
}
