/** Routes of moderators: kick or remove a participant, lock a channel, end a room. */
import type { AuthorizedModerations, ModerationName } from '../../../wasm/generated/livekit_edge.js';
import { readBody } from '../../body.js';
import { authenticateCaller } from '../../caller.js';
import type { LivekitHandler } from '../../context.js';
import type { Endpoint } from '../../endpoint.js';
import { ignoreError } from '../../errors.js';
import type { Caller } from '../../hooks.js';
import { nowSeconds } from '../../now.js';
import { parseModeration } from '../../requests.js';
import { askStoreOrThrow } from '../../stores/ask.js';
import { isTime } from '../../stores/is-time.js';
import { type Moderating, moderates } from '../../stores/moderation.js';
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
export const kickParticipant = moderating('kick', async (moderation) => {
  const { identity, until, channelId, caller, endpoint } = moderation;
  const createdAt = nowSeconds();
  const heldSince = endpoint.service.call((rules) => rules.heldSince());
  const change = { channelId, identity, until, byUserId: caller.userId, createdAt, heldSince };
  const kickedUntil = await askModeration(endpoint, async (store) => checkedTime(await store.kick(change)));
  logged('Kicked a participant', moderation, { identity, until: kickedUntil });
  // One second later, so that tokens of the current second are revoked too.
  await ignoreError('participant_not_found', endpoint.rooms.removeParticipant(channelId, identity, createdAt + 1));
  return { until: new Date(kickedUntil * 1000).toISOString() };
});

/** POST /channels/:channelId/remove-participant: the participant may join again. */
export const removeParticipant = moderating('remove', async (moderation) => {
  const { identity, channelId, endpoint } = moderation;
  await endpoint.rooms.removeParticipant(channelId, identity);
  logged('Removed a participant', moderation, { identity });
});

/** POST /channels/:channelId/lock: participants who are in the room stay. */
export const lockChannel = moderating('lock', async (moderation) => {
  const { locked: isLocked, channelId, caller, endpoint } = moderation;
  const change = { channelId, isLocked, byUserId: caller.userId, changedAt: nowSeconds() };
  await askModeration(endpoint, (store) => store.setLocked(change));
  logged(isLocked ? 'Locked a channel' : 'Unlocked a channel', moderation);
});

/** POST /channels/:channelId/end: succeeds also if the room is not running. */
export const endRoom = moderating('end', async (moderation) => {
  const { channelId, endpoint } = moderation;
  await ignoreError('room_not_found', endpoint.rooms.deleteRoom(channelId));
  logged('Ended a room', moderation);
});

/**
 * Creates a route that parses, authenticates, authorizes and calls `act`, which may return more fields of the response.
 */
function moderating<Name extends ModerationName>(
  name: Name,
  act: (moderation: Moderation & AuthorizedModerations[Name]) => Promise<{ until: string } | undefined>,
): LivekitHandler {
  return async (context) => {
    const endpoint = context.get('endpoint');
    const channelId = context.req.param('channelId') ?? '';
    const request = parseModeration(name, await readBody(context));
    let moderation: Moderation & AuthorizedModerations[Name];
    try {
      const { caller } = await authenticateCaller(context);
      const authorized = await authorizeModeration<Name>(caller, channelId, request, endpoint);
      moderation = { ...authorized, channelId, caller, endpoint };
    } finally {
      request.dispose();
    }
    return context.json({ success: true, ...(await act(moderation)) }, 201);
  };
}

/** Calls a store with kicks and locks. Throws 503. */
async function askModeration<T>(endpoint: Endpoint, ask: (store: Moderating) => Promise<T>): Promise<T> {
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

function logged(message: string, { caller, channelId, endpoint }: Moderation, details: object = {}): void {
  const { userId, tokenId } = caller;
  endpoint.log.info(message, { userId, userTokenId: tokenId, roomId: channelId, ...details });
}
