/** The part of a store for moderation: kicks, locks, and holders of identities. Times are Unix seconds. */

/** A kick of a participant from a channel. */
export interface KickChange {
  /** The channel. */
  readonly channelId: string;
  /** The identity of the participant. */
  readonly identity: string;
  /** End of the kick. Of two kicks the later end applies. */
  readonly until: number;
  /** The moderator's id. */
  readonly byUserId: string;
  /** Current time. */
  readonly createdAt: number;
  /** Users who got a token with the identity since this time are its holders: see {@link HoldersQuestion}. */
  readonly heldSince: number;
}

/** Ends a kick early. */
export interface LiftedKick {
  /** The channel. */
  readonly channelId: string;
  /** Identity of the participant. */
  readonly identity: string;
}

/** Locks or unlocks a channel. */
export interface LockChange {
  /** The channel. */
  readonly channelId: string;
  /** True to lock the channel. The time of an existing lock does not change. */
  readonly isLocked: boolean;
  /** The moderator's id. */
  readonly byUserId: string;
  /** Current time. */
  readonly changedAt: number;
}

/** An issued token with an identity that is not the user's id. */
export interface IssuedIdentity {
  /** Room of the token. */
  readonly room: string;
  /** Identity of the token. */
  readonly identity: string;
  /** Id of the user who got the token. */
  readonly userId: string;
  /** Current time. */
  readonly issuedAt: number;
  /** As in {@link HoldersQuestion}. Rows that are more than thirty days older may be deleted. */
  readonly heldSince: number;
}

/**
 * Query for the holders of an identity in a room: the users who got a token with it since a time, and always the last
 * such user.
 */
export interface HoldersQuestion {
  /** The room. */
  readonly room: string;
  /** The identity. */
  readonly identity: string;
  /** Start of the period. */
  readonly heldSince: number;
}

/**
 * Seconds for which holders are stored after their tokens have expired: the longest kick, so that the end of a kick of
 * the identity also ends the kicks of its holders.
 */
export const KEEP_HELD_SECONDS = 30 * 24 * 60 * 60;

/** Maximum number of holders that are returned, the last first. */
export const MAX_HOLDERS = 16;

/** Kicks, locks and holders. Without these methods there are no routes for kicks and locks. */
export interface ModerationStore {
  /**
   * Stores a kick of an identity and of each of its holders, in one transaction. Resolves with the end of the
   * identity's kick, which may come from an earlier kick.
   */
  kick?(change: KickChange): Promise<number>;
  /**
   * Ends the kick of an identity, and the kicks of users who were kicked together with it. A user whose own kick ends
   * later than the identity's stays kicked; an own kick that ends earlier was replaced by the identity's, and ends with
   * it. An identity that is not kicked is no error.
   */
  liftKick?(lifted: LiftedKick): Promise<void>;
  /** Locks or unlocks a channel. */
  setLocked?(change: LockChange): Promise<void>;
  /** Stores a holder of an identity. */
  addHolder?(issued: IssuedIdentity): Promise<void>;
  /** Returns the ids of the holders of an identity, at most 16. */
  holders?(question: HoldersQuestion): Promise<string[]>;
}

/** A store with kicks and locks. */
export type Moderating = Required<Pick<ModerationStore, 'kick' | 'setLocked'>>;

/** True if a store has kicks and locks. */
export const moderates = <S extends ModerationStore>(store: S): store is S & Moderating =>
  store.kick !== undefined && store.setLocked !== undefined;
