/** Synchronizes one participant with the current rules. */

import { createException, internalError, LivekitException } from '../../exception.js';
import { jsonText } from '../../snapshot.js';
import { call } from '../../wasm/instance.js';
import type { Endpoint } from '../endpoint.js';
import { parseOwn } from '../issue.js';
import type { LivekitParticipant } from '../livekit/room-messages.js';
import { nowSeconds } from '../now.js';
import { isRoomName } from '../requests.js';
import type { RoomKind } from '../stores/rooms.js';
import { StoreFault } from '../stores/store.js';
import { ownGrants, readFacts } from './authorize.js';
import type { Grants } from './grants.js';
import { findHolders } from './holders.js';
import type { ParticipantOutcome } from './sync-result.js';

/** The part of an endpoint that sync needs. */
export type SyncEndpoint = Pick<Endpoint, 'service' | 'rooms' | 'store' | 'log' | 'allowGrants'>;

/** A room whose participants are synchronized. */
export interface SyncedRoom {
  readonly room: string;
  readonly kind: RoomKind;
}

/** The standing of a user in the room: the reason of a refusal, or grants. */
type Standing = { readonly refusal: string } | { readonly grants: unknown };

/**
 * Compares a participant with the rules, and updates or removes the participant. It never rejects; after an error
 * nothing is changed.
 */
export async function syncParticipant(
  participant: LivekitParticipant,
  { room, kind }: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<ParticipantOutcome> {
  const { identity, kind: kindOfParticipant, state, permission } = participant;
  // Only the fields that the rules use, because a participant may have thousands of tracks.
  const participantText = JSON.stringify({ identity, kind: kindOfParticipant, state, permission });
  try {
    const isSynced = call((wasm) => wasm.isSynced(participantText));
    if (isSynced === false) return 'other';
    if (isSynced === undefined) throw garbage();
    const standings = await findStandings(identity, { room, kind }, endpoint, grants);
    const text = jsonText(standings);
    const decision = call((wasm) => wasm.decideSync(participantText, text, room, [...endpoint.allowGrants]));
    switch (decision.action) {
      case 'none':
        return 'same';
      case 'unknown':
        return 'unknown';
      case 'update':
        await endpoint.rooms.updatePermission(room, identity, decision.permission);
        endpoint.log.info('Updated the permissions of a participant', { identity, roomId: room });
        return 'updated';
      case 'remove': {
        await endpoint.rooms.removeParticipant(room, identity, nowSeconds());
        const refused = standings.find((standing) => 'refusal' in standing);
        endpoint.log.info('Removed a participant', { identity, roomId: room, reason: refused?.refusal });
        return 'removed';
      }
      case 'invalid':
        throw garbage();
    }
  } catch (error) {
    const { code, reason } = error instanceof LivekitException ? error : internalError(error);
    // A participant who has left in the meantime needs no change.
    if (code === 'participant_not_found') return 'same';
    endpoint.log.warn('Sync of a participant failed', { identity, roomId: room, code, reason });
    return 'failed';
  }
}

const garbage = () =>
  createException('livekit_unavailable', 'Failed to sync participant', { reason: 'livekit_garbage' });

/**
 * Returns the standing of each user who may be the participant: the user with that id, else all holders of the
 * identity.
 */
async function findStandings(
  identity: string,
  room: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<Standing[]> {
  // No user has an invalid id, or got a token with it.
  if (!isRoomName(identity)) return [];
  const own = await findStanding(identity, identity, room, endpoint, grants);
  if (own !== undefined) return [own];
  const holders = await findHolders({ room: room.room, identity }, endpoint);
  const standings = await Promise.all(holders.map((userId) => findStanding(userId, identity, room, endpoint, grants)));
  return standings.filter((standing) => standing !== undefined);
}

/** Returns the standing of a user in the room; `undefined` for an unknown user. */
async function findStanding(
  userId: string,
  identity: string,
  { room, kind }: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<Standing | undefined> {
  const about = kind === 'channel' ? { channelId: room } : { groupId: room };
  const facts = await readFacts({ userId }, { ...about, identity }, endpoint);
  const standing = parseOwn(endpoint.service.call((rules) => rules.standing(kind, room, identity, userId, facts)));
  if (standing.unknown === 'user') return undefined;
  // The room existed when the sync started, so that nothing can be decided about its participants now.
  if (standing.unknown !== undefined) throw new StoreFault('rooms are unknown');
  if (standing.refusal !== undefined || grants === undefined) return standing;
  return ownStanding(() => grants(standing.facts));
}

/** Returns the standing by the application's `grants` function. */
async function ownStanding(table: () => unknown): Promise<Standing> {
  try {
    return { grants: await ownGrants(table) };
  } catch (error) {
    if (error instanceof LivekitException && error.code === 'forbidden') return { refusal: 'no_grant' };
    throw error;
  }
}
