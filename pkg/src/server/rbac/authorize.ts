/** Authorizes requests by Kraken's rules and the facts of the store. */
import { createException, LivekitException } from '../../exception.js';
import { jsonText, snapshot } from '../../snapshot.js';
import { type TokenResponse, tokenResponse } from '../../token-response.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import { type Caller, callWithTimeout, type Permission, type TokenRoute } from '../hooks.js';
import { permissionText } from '../issue.js';
import {
  isRoomName,
  type ParsedMuteRequest,
  type ParsedRecordingRequest,
  type ParsedRequest,
  toMuteRequest,
  toRecordingRequest,
  toTokenRequest,
} from '../requests.js';
import { askStore } from '../stores/ask.js';
import type { FactsQuestion, PresencePage } from '../stores/store.js';
import type { Grants } from './grants.js';
import { addHolder } from './holders.js';

/** The participant to mute or unmute. */
export interface MuteRequest {
  readonly identity: string;
  readonly mute: boolean;
}

/**
 * Decides the permission of a caller. The application's `grants` function replaces `LIVEKIT_GRANTS`. Throws 503, 401,
 * 400 or 403, and 500 if that function throws.
 */
export async function authorizePermission(
  caller: Caller,
  request: ParsedRequest,
  endpoint: Endpoint,
  route: TokenRoute,
  grants: Grants | undefined,
): Promise<Permission> {
  const rowOfFacts = await readFacts(caller, lookup(route, request), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  const authorized = endpoint.service.call((rules) =>
    rules.authorize(route, userId, tokenId, issuedAt, toTokenRequest(request), rowOfFacts),
  );
  const { permission, facts } = JSON.parse(authorized);
  if (grants !== undefined) {
    permission.grants = await ownGrants(() => grants(facts));
    const text = permissionText(permission);
    call(({ checkMetadata }) => checkMetadata(text));
  }
  // Stored last, because a rejected caller must not become a holder of the identity: sync removes a participant if any
  // holder may not be in the room.
  await addHolder(userId, permission, endpoint);
  return permission;
}

/** As {@link authorizePermission} with the grants of the rules; also issues the token, in the same call of the module. */
export async function authorizeAndIssue(
  caller: Caller,
  request: ParsedRequest,
  endpoint: Endpoint,
  route: TokenRoute,
): Promise<TokenResponse> {
  const { service } = endpoint;
  const facts = await readFacts(caller, lookup(route, request), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  const issued = service.call((rules) =>
    rules.authorizeAndGenerate(route, userId, tokenId, issuedAt, toTokenRequest(request), facts),
  );
  await addHolder(userId, { room: issued.roomId, identity: issued.identity }, endpoint);
  return tokenResponse(issued, issued, issued);
}

/** Calls the application's `grants` function. Throws 403 for a refusal, 500 if it throws, and 503 after the timeout. */
export async function ownGrants(table: () => unknown): Promise<unknown> {
  let grants: unknown;
  try {
    // Copied inside `try`, because a getter may throw.
    grants = snapshot(await callWithTimeout('grants', table));
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
  const facts = await readFacts(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) =>
    rules.authorizeMute(userId, tokenId, issuedAt, channelId, toMuteRequest(request), facts),
  );
}

/** Authorizes a caller to start, list and stop recordings of a channel. Throws 503, 401, 400 or 403. */
export async function authorizeRecording(
  caller: Caller,
  channelId: string,
  request: ParsedRecordingRequest,
  endpoint: Endpoint,
): Promise<{ audioOnly: boolean }> {
  const facts = await readFacts(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) =>
    rules.authorizeRecording(userId, tokenId, issuedAt, channelId, toRecordingRequest(request), facts),
  );
}

/**
 * Authorizes a caller to see the participants of a channel, and returns the position that the page starts after. Throws
 * 503, 401, 400 or 403.
 */
export async function authorizePresence(
  caller: Caller,
  channelId: string,
  after: string | undefined,
  endpoint: Endpoint,
): Promise<PresencePage['after']> {
  const facts = await readFacts(caller, inChannel(channelId), endpoint);
  const { userId, tokenId, issuedAt } = caller;
  return endpoint.service.call((rules) => rules.authorizePresence(userId, tokenId, issuedAt, channelId, after, facts));
}

/**
 * Checks that the store knows the caller, and that neither the token is revoked nor the user banned. Throws 503 or 401.
 */
export async function admit(caller: Caller, endpoint: Endpoint): Promise<void> {
  const facts = await readFacts(caller, {}, endpoint);
  const { userId, tokenId, issuedAt } = caller;
  call((wasm) => wasm.admit(userId, tokenId, issuedAt, facts));
}

/** Returns the channel to look up; `null` for an invalid id, which no channel has. */
export const inChannel = (channelId: string) => ({ channelId: isRoomName(channelId) ? channelId : null });

/** Reads facts from the store as JSON. If the store fails the text is empty, which the rules reject. */
export async function readFacts(
  { userId, tokenId, sessionId }: Caller,
  about: Partial<FactsQuestion>,
  endpoint: Pick<Endpoint, 'store' | 'log'>,
): Promise<string> {
  const ids = { userId, tokenId: tokenId ?? null, sessionId: sessionId ?? null };
  const question = { ...ids, channelId: null, groupId: null, identity: null, ...about };
  // Copied inside `askStore`, because the getters of a row may throw.
  const facts = await askStore(endpoint, async (store) => jsonText(await store.facts(question)));
  return facts ?? 'null';
}
