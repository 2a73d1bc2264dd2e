/** One participant → what the rules say now → the change in LiveKit. */

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
import { factsOf, ownGrants } from './authorize.js';
import type { Grants } from './grants.js';
import { holdersOf } from './holders.js';
import type { ParticipantOutcome } from './sync-result.js';

/** What sync needs of an endpoint. */
export type SyncEndpoint = Pick<Endpoint, 'service' | 'rooms' | 'store' | 'log' | 'allowGrants'>;

/** A room whose participants are compared. */
export interface SyncedRoom {
  readonly room: string;
  readonly kind: RoomKind;
}

/** What a user may do in the room: the reason of a refusal, or grants. */
type Standing = { readonly refusal: string } | { readonly grants: unknown };

/** Compares a participant with the rules, and updates or removes the participant. It does not reject: a failure changes nothing. */
export async function syncParticipant(
  participant: LivekitParticipant,
  { room, kind }: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<ParticipantOutcome> {
  const { identity, kind: kindOfParticipant, state, permission } = participant;
  // The part that the rules look at: its tracks may be thousands.
  const participantText = JSON.stringify({ identity, kind: kindOfParticipant, state, permission });
  try {
    const isFollowed = call((wasm) => wasm.isFollowed(participantText));
    if (isFollowed === false) return 'other';
    if (isFollowed === undefined) throw garbage();
    const standings = await standingsOf(identity, { room, kind }, endpoint, grants);
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
    // A participant who has left meanwhile has no permissions.
    if (code === 'participant_not_found') return 'same';
    endpoint.log.warn('A participant was not synced', { identity, roomId: room, code, reason });
    return 'failed';
  }
}

const garbage = () =>
  createException('livekit_unavailable', 'Failed to sync participant', { reason: 'livekit_garbage' });

/** What each user may do who may be the participant: the user of that id, else all who hold the identity. */
async function standingsOf(
  identity: string,
  room: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<Standing[]> {
  // No user has such an id, or got a token for it.
  if (!isRoomName(identity)) return [];
  const own = await standingOf(identity, identity, room, endpoint, grants);
  if (own !== undefined) return [own];
  const holders = await holdersOf({ room: room.room, identity }, endpoint);
  const standings = await Promise.all(holders.map((userId) => standingOf(userId, identity, room, endpoint, grants)));
  return standings.filter((standing) => standing !== undefined);
}

/** What a user may do in the room; `undefined` for an unknown user. */
async function standingOf(
  userId: string,
  identity: string,
  { room, kind }: SyncedRoom,
  endpoint: SyncEndpoint,
  grants: Grants | undefined,
): Promise<Standing | undefined> {
  const about = kind === 'channel' ? { channelId: room } : { groupId: room };
  const facts = await factsOf({ userId }, { ...about, identity }, endpoint);
  const standing = parseOwn(endpoint.service.call((rules) => rules.standing(kind, room, identity, userId, facts)));
  if (standing.unknown === 'user') return undefined;
  // The room was known when the sync began: that it is gone says nothing about its participants.
  if (standing.unknown !== undefined) throw new StoreFault('rooms are not known');
  if (standing.refusal !== undefined || grants === undefined) return standing;
  return ownStanding(() => grants(standing.facts));
}

/** The standing by an application's own table of grants. */
async function ownStanding(table: () => unknown): Promise<Standing> {
  try {
    return { grants: await ownGrants(table) };
  } catch (error) {
    if (error instanceof LivekitException && error.code === 'forbidden') return { refusal: 'no_grant' };
    throw error;
  }
}
