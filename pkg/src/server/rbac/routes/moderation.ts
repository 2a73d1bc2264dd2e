/** Routes of moderators: kick or remove a participant, end a kick, lock a channel, end a room. */

import { LivekitException } from '../../../exception.js';
import type { AuthorizedModerations, ModerationName } from '../../../wasm/generated/livekit_edge.js';
import { readBody } from '../../body.js';
import { authenticateCaller } from '../../caller.js';
import type { LivekitContext, LivekitHandler } from '../../context.js';
import type { Endpoint } from '../../endpoint.js';
import { ignoreError } from '../../errors.js';
import type { Caller } from '../../hooks.js';
import { nowSeconds } from '../../now.js';
import { parseModeration } from '../../requests.js';
import { askStoreOrThrow } from '../../stores/ask.js';
import { isTime } from '../../stores/is-time.js';
import { type Moderating, type ModerationStore, moderates } from '../../stores/moderation.js';
import { StoreFault } from '../../stores/store.js';
import { authorizeModeration } from '../moderation.js';

/** An authorized moderator and the channel. */
interface Moderation {
  readonly channelId: string;
  readonly caller: Caller;
  readonly endpoint: Endpoint;
}

/**
 * POST /channels/:channelId/kick-participant. The kick is stored first, so that the participant gets no new token even
 * if LiveKit does not answer.
 */
export const kickParticipant = createModerationRoute('kick', async (moderation) => {
  const { identity, until, channelId, caller, endpoint } = moderation;
  const createdAt = nowSeconds();
  const heldSince = endpoint.service.call((rules) => rules.heldSince());
  const change = { channelId, identity, until, byUserId: caller.userId, createdAt, heldSince };
  const kickedUntil = await askModeration(endpoint, async (store) => checkedTime(await store.kick(change)));
  logModeration('Kicked a participant', moderation, { identity, until: kickedUntil });
  const end = new Date(kickedUntil * 1000).toISOString();
  try {
    // One second later, so that tokens of the current second are revoked too.
    const removed = endpoint.rooms.removeUnlessRecorder(channelId, identity, createdAt + 1);
    await ignoreError('participant_not_found', removed);
  } catch (error) {
    throw withUntil(error, end);
  }
  return { until: end };
});

/** Adds the end of a stored kick to an error. */
function withUntil(error: unknown, until: string): unknown {
  if (!(error instanceof LivekitException)) return error;
  return new LivekitException(error.message, error.status, { ...error, until, cause: error });
}

/**
 * DELETE /channels/:channelId/kick-participant?participantIdentity=…: ends the kick. The identity is in the query,
 * because a proxy may drop the body of a DELETE.
 */
export const liftKick = createModerationRoute(
  'lift',
  async (moderation) => {
    const { identity, channelId, endpoint } = moderation;
    await askModeration(endpoint, async (store) => {
      if (store.liftKick === undefined) throw new StoreFault('moderation is not supported');
      await store.liftKick({ channelId, identity });
    });
    logModeration('Ended a kick', moderation, { identity });
  },
  { status: 200, readRequestBody: queryAsBody },
);

/** POST /channels/:channelId/remove-participant: the participant may join again. */
export const removeParticipant = createModerationRoute('remove', async (moderation) => {
  const { identity, channelId, endpoint } = moderation;
  await endpoint.rooms.removeUnlessRecorder(channelId, identity);
  logModeration('Removed a participant', moderation, { identity });
});

/** POST /channels/:channelId/lock: participants who are in the room stay. */
export const lockChannel = createModerationRoute('lock', async (moderation) => {
  const { locked: isLocked, channelId, caller, endpoint } = moderation;
  const change = { channelId, isLocked, byUserId: caller.userId, changedAt: nowSeconds() };
  await askModeration(endpoint, (store) => store.setLocked(change));
  logModeration(isLocked ? 'Locked a channel' : 'Unlocked a channel', moderation);
});

/** POST /channels/:channelId/end: succeeds also if the room is not running. */
export const endRoom = createModerationRoute('end', async (moderation) => {
  const { channelId, endpoint } = moderation;
  await ignoreError('room_not_found', endpoint.rooms.deleteRoom(channelId));
  logModeration('Ended a room', moderation);
});

/** How the route reads its request, and the status of success. */
interface RouteOptions {
  readonly status: 200 | 201;
  readonly readRequestBody: (context: LivekitContext) => Uint8Array | Promise<Uint8Array>;
}

/**
 * Creates a route that parses, authenticates, authorizes and calls `apply`, which may return more fields of the response.
 */
function createModerationRoute<Name extends ModerationName>(
  name: Name,
  apply: (moderation: Moderation & AuthorizedModerations[Name]) => Promise<{ until: string } | undefined>,
  { status, readRequestBody }: RouteOptions = { status: 201, readRequestBody: (context) => readBody(context) },
): LivekitHandler {
  return async (context) => {
    const endpoint = context.get('endpoint');
    const channelId = context.req.param('channelId') ?? '';
    const request = parseModeration(name, await readRequestBody(context));
    let moderation: Moderation & AuthorizedModerations[Name];
    try {
      const { caller } = await authenticateCaller(context);
      const authorized = await authorizeModeration<Name>(caller, channelId, request, endpoint);
      moderation = { ...authorized, channelId, caller, endpoint };
    } finally {
      request.dispose();
    }
    return context.json({ success: true, ...(await apply(moderation)) }, status);
  };
}

/** Converts the query parameter into a request body. A repeated parameter becomes an array, which is invalid. */
function queryAsBody(context: LivekitContext): Uint8Array {
  const [participantIdentity, ...others] = context.req.queries('participantIdentity') ?? [];
  const field = others.length === 0 ? participantIdentity : [participantIdentity, ...others];
  return new TextEncoder().encode(JSON.stringify({ participantIdentity: field }));
}

/** Calls a store with kicks and locks. Throws 503. */
async function askModeration<T>(
  endpoint: Endpoint,
  ask: (store: Moderating & ModerationStore) => Promise<T>,
): Promise<T> {
  return askStoreOrThrow(endpoint, async (store) => {
    if (!moderates(store)) throw new StoreFault('moderation is not supported');
    return ask(store);
  });
}

/** Checks the end of a kick, which may come from the application's own store. */
function checkedTime(until: unknown): number {
  if (!isTime(until, 1000)) throw new StoreFault('moderation is malformed');
  return Number(until);
}

function logModeration(message: string, { caller, channelId, endpoint }: Moderation, details: object = {}): void {
  const { userId, tokenId } = caller;
  endpoint.log.info(message, { userId, userTokenId: tokenId, roomId: channelId, ...details });
}
