/** Target and result of a sync. */

/** Target of a sync: every participant of a room, or one user in every room. */
export type SyncTarget =
  | {
      /** The room, which is the id of a channel or of a group of direct messages. */
      readonly room: string;
      /** Must be unset if `room` is set. */
      readonly user?: undefined;
    }
  | {
      /** Must be unset if `user` is set. */
      readonly room?: undefined;
      /** The id of the user. */
      readonly user: string;
    };

/** Result of a sync. */
export interface SyncResult {
  /** Number of rooms whose participants LiveKit has listed. */
  rooms: number;
  /** Number of compared participants, including `updated`, `removed` and `unknown`. */
  checked: number;
  /** Number of participants whose permissions were changed. */
  updated: number;
  /** Number of removed participants. */
  removed: number;
  /**
   * Number of participants whose identity is not the id of a user, and for which no user got a token. They are not
   * changed.
   */
  unknown: number;
  /** Number of rooms and participants for which the store or LiveKit failed. */
  failed: number;
  /**
   * True if every participant now matches the rules. Otherwise there was an error, or a limit was reached: repeat the
   * call.
   */
  isComplete: boolean;
}

/**
 * Outcome for a participant. `other`: not a person, or hidden; `unknown`: no user is known for the identity; `late`:
 * the deadline had passed.
 */
export type ParticipantOutcome = 'other' | 'same' | 'updated' | 'removed' | 'unknown' | 'failed' | 'late';

/** Outcome for a room: the outcomes of its participants by identity. */
export interface RoomOutcome {
  /** True if LiveKit has listed the participants. */
  readonly isListed: boolean;
  readonly participants: readonly (readonly [identity: string, outcome: ParticipantOutcome])[];
}

/**
 * Counts the outcomes of rooms. `null` means that the room is neither a channel nor a group, `undefined` that the
 * deadline had passed.
 */
export function toSyncResult(outcomes: readonly (RoomOutcome | null | undefined)[], areAll: boolean): SyncResult {
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
