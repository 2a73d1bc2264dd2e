/** Synchronizes the participants of a room, or one user in all rooms, with the current rules. */
import { createException, internalError, type LivekitErrorCode, LivekitException } from '../../exception.js';
import { snapshot } from '../../snapshot.js';
import type { LivekitParticipant } from '../livekit/room-messages.js';
import { mapAtATime } from '../map-at-a-time.js';
import type { Rules } from '../rules.js';
import { askStoreOrThrow } from '../stores/ask.js';
import type { RoomKind } from '../stores/rooms.js';
import { type Store, StoreFault } from '../stores/store.js';
import { createFlights, type Join, type SyncScope } from './flights.js';
import type { Grants } from './grants.js';
import { type SyncEndpoint, syncParticipant } from './participant-sync.js';
import {
  type ParticipantOutcome,
  type RoomOutcome,
  type SyncResult,
  type SyncTarget,
  toSyncResult,
} from './sync-result.js';

/** Maximum number of rooms of a user, and of identities in them. */
const MAX_ROOMS = 64;
const MAX_IDENTITIES = 1000;
/** Maximum number of rooms, and of participants in each, that are synchronized concurrently. */
const AT_A_TIME = 16;
/**
 * Milliseconds after which no other room or participant is started. A call of LiveKit in progress may take ten more
 * seconds.
 */
const TIMEOUT_MS = 25_000;

/** Error codes of invalid settings. */
const SETTINGS_CODES: readonly LivekitErrorCode[] = ['not_configured', 'unknown_server'];

/** Synchronizes a room or a user. */
export type SyncRooms = (target: SyncTarget, endpoint: SyncEndpoint) => Promise<SyncResult>;

/**
 * Creates the sync by Kraken's rules. The application's `grants` function replaces `LIVEKIT_GRANTS`. The sync rejects
 * with `room_not_found` for a room that is neither a channel nor a group, and with `store_unavailable` if the store
 * cannot look up the rooms. Other errors are counted.
 */
export function createRoomSync(grants: Grants | undefined): SyncRooms {
  // Separate for each set of settings, because another LiveKit server may have another room with the same name.
  const joins = new WeakMap<Rules, Join<RoomOutcome | null>>();
  return async (target, endpoint) => {
    const join = joins.get(endpoint.service) ?? createFlights();
    joins.set(endpoint.service, join);
    const deadline = Date.now() + TIMEOUT_MS;
    const syncIn = (room: string, scope: SyncScope) =>
      join(room, scope, deadline, (merged) => syncRoom(room, merged, deadline, endpoint, grants));
    if (target.room !== undefined) {
      const outcome = await syncIn(target.room, 'all');
      if (outcome === null) throw createException('room_not_found', 'Room not found');
      return toSyncResult([outcome], true);
    }
    const { rooms, areAll } = await findRooms(target.user, endpoint);
    const outcomes = await mapAtATime(rooms, AT_A_TIME, async ([room, identities]) => {
      const outcome = await syncIn(room, identities).catch((error: unknown) => notListed(room, error, endpoint));
      if (identities === 'all') return outcome;
      const isOfUser = ([identity]: readonly [string, ParticipantOutcome]) => identities.has(identity);
      return outcome && { ...outcome, participants: outcome.participants.filter(isOfUser) };
    });
    return toSyncResult(outcomes, areAll);
  };
}

/** Logs that the sync of a room failed, and returns its outcome. */
function notListed(room: string, error: unknown, { log }: SyncEndpoint): RoomOutcome {
  const { code, reason } = error instanceof LivekitException ? error : internalError(error);
  log.warn('Sync of a room failed', { roomId: room, code, reason });
  return { isListed: false, participants: [] };
}

/**
 * Synchronizes the participants of a room; `null` if it is neither a channel nor a group. Rejects if the store cannot
 * tell.
 */
async function syncRoom(
  room: string,
  scope: SyncScope,
  deadline: number,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<RoomOutcome | null> {
  const kind = await askStoreOrThrow(endpoint, (store) => kindIn(store, room));
  if (kind === null) return null;
  let listed: LivekitParticipant[];
  try {
    listed = await participantsIn(room, scope, endpoint);
  } catch (error) {
    // An error of the settings concerns every room, so that it is not counted but thrown.
    if (error instanceof LivekitException && SETTINGS_CODES.includes(error.code)) throw error;
    return notListed(room, error, endpoint);
  }
  const participants = listed.filter(({ identity }) => scope === 'all' || scope.has(identity));
  const outcomes = await mapAtATime(participants, AT_A_TIME, async (participant) => {
    const isLate = Date.now() >= deadline;
    const outcome = isLate ? 'late' : await syncParticipant(participant, { room, kind }, endpoint, grants);
    return [participant.identity, outcome] as const;
  });
  return { isListed: true, participants: outcomes };
}

/**
 * Lists the participants of a room. If the list is too large, the requested participants are fetched one by one:
 * participants choose their metadata, and must not be able to prevent a sync with it.
 */
async function participantsIn(room: string, scope: SyncScope, { rooms }: SyncEndpoint): Promise<LivekitParticipant[]> {
  try {
    return await rooms.listParticipants(room);
  } catch (error) {
    const isTooLarge = error instanceof LivekitException && error.reason === 'livekit_too_large';
    if (!isTooLarge || scope === 'all') throw error;
    const found = await mapAtATime([...scope], AT_A_TIME, (identity) => rooms.findParticipant(room, identity));
    return found.filter((participant) => participant !== undefined);
  }
}

async function kindIn(store: Store, room: string): Promise<RoomKind | null> {
  const kind: unknown = await store.roomKind?.(room);
  if (kind === 'channel' || kind === 'group' || kind === null) return kind;
  throw new StoreFault('rooms are unknown');
}

/**
 * Finds the rooms that a user may be in and the identities there; `areAll` is false if there are more. If the user got
 * tokens with more identities than are looked up, every participant of these rooms is synchronized, so that the user
 * cannot hide under an older identity.
 */
async function findRooms(
  userId: string,
  endpoint: SyncEndpoint,
): Promise<{ rooms: [string, SyncScope][]; areAll: boolean }> {
  const rows = await askStoreOrThrow(endpoint, async (store) => {
    const rows = snapshot(await store.roomsOfUser?.(userId, MAX_IDENTITIES + 1));
    if (!Array.isArray(rows)) throw new StoreFault('rooms are unknown');
    return rows.map(parseRow);
  });
  const rooms = new Map<string, Set<string>>();
  for (const { room, identity } of rows.slice(0, MAX_IDENTITIES)) {
    rooms.set(room, (rooms.get(room) ?? new Set()).add(identity));
  }
  const areIdentities = rows.length <= MAX_IDENTITIES;
  const toScope = ([room, identities]: [string, Set<string>]): [string, SyncScope] => [
    room,
    areIdentities ? identities : 'all',
  ];
  return { rooms: [...rooms].slice(0, MAX_ROOMS).map(toScope), areAll: areIdentities && rooms.size <= MAX_ROOMS };
}

function parseRow(row: unknown): { room: string; identity: string } {
  const { room, identity } = Object(row);
  if (typeof room !== 'string' || typeof identity !== 'string') throw new StoreFault('rooms are unknown');
  return { room, identity };
}
