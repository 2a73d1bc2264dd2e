/** What is synced, and what a sync has done. */

/** Every participant of a room, or one user in every room. */
export type SyncTarget =
  | {
      /** The room: the id of a channel or of a group of direct messages. */
      readonly room: string;
      /** Not beside a room. */
      readonly user?: undefined;
    }
  | {
      /** Not beside a user. */
      readonly room?: undefined;
      /** The id of the user. */
      readonly user: string;
    };

/** What a sync has done. */
export interface SyncResult {
  /** Rooms whose participants LiveKit has listed. */
  rooms: number;
  /** Participants who were compared with the rules, including those of the next three. */
  checked: number;
  /** Participants whose permissions were changed. */
  updated: number;
  /** Participants who were removed. */
  removed: number;
  /** Participants of an identity that is no user's id, and for which no user got a token: they are left alone. */
  unknown: number;
  /** Rooms that were not listed, and participants who were not compared or changed, since the store or LiveKit failed. */
  failed: number;
  /** Whether everything is as the rules say. If not, something failed or a limit was reached: repeat the call. */
  isComplete: boolean;
}

/**
 * What became of a participant. `other`: no person, or hidden; `unknown`: no user is known for that identity; `late`: there was no
 * time left.
 */
export type ParticipantOutcome = 'other' | 'same' | 'updated' | 'removed' | 'unknown' | 'failed' | 'late';

/** What became of the participants of a room, by identity. */
export interface RoomOutcome {
  /** Whether LiveKit has listed them. */
  readonly isListed: boolean;
  readonly participants: readonly (readonly [identity: string, outcome: ParticipantOutcome])[];
}

/** Counts what became of rooms: `null` is one that is neither a channel nor a group, `undefined` one that there was no time for. */
export function resultOf(outcomes: readonly (RoomOutcome | null | undefined)[], areAll: boolean): SyncResult {
  const rooms = outcomes.filter((outcome) => outcome !== null);
  const listed = rooms.filter((outcome) => outcome?.isListed === true);
  const participants = listed.flatMap((outcome) => outcome?.participants ?? []);
  const count = (...names: readonly ParticipantOutcome[]) =>
    participants.filter(([, outcome]) => names.includes(outcome)).length;
  const failed = count('failed') + rooms.filter((outcome) => outcome?.isListed === false).length;
  return {
    rooms: listed.length,
    checked: count('same', 'updated', 'removed', 'unknown'),
    updated: count('updated'),
    removed: count('removed'),
    unknown: count('unknown'),
    failed,
    isComplete: areAll && failed === 0 && count('late') === 0 && !rooms.includes(undefined),
  };
}
