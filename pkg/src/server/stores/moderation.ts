/** The part of a store that moderation needs: kicks, locks, and who holds which identity. Times are Unix seconds. */

/** A kick of a participant from a channel. */
export interface KickChange {
  /** The channel. */
  readonly channelId: string;
  /** The identity of the participant. */
  readonly identity: string;
  /** When the kick ends. Of two kicks the later end counts. */
  readonly until: number;
  /** The moderator's id. */
  readonly byUserId: string;
  /** Now. */
  readonly createdAt: number;
  /** Users who got a token for the identity since then hold it: see {@link HoldersQuestion}. */
  readonly heldSince: number;
}

/** The end of a kick before its time. */
export interface LiftedKick {
  /** The channel. */
  readonly channelId: string;
  /** The identity of the participant. */
  readonly identity: string;
}

/** A lock of a channel, or its end. */
export interface LockChange {
  /** The channel. */
  readonly channelId: string;
  /** Whether the channel is locked from now on. A channel that is locked already keeps its time. */
  readonly isLocked: boolean;
  /** The moderator's id. */
  readonly byUserId: string;
  /** Now. */
  readonly changedAt: number;
}

/** A token that was issued for an identity that is not the user's id. */
export interface IssuedIdentity {
  /** The room of the token. */
  readonly room: string;
  /** The identity of the token. */
  readonly identity: string;
  /** The id of the user who got it. */
  readonly userId: string;
  /** Now. */
  readonly issuedAt: number;
  /** As in {@link HoldersQuestion}; rows of more than seven days before may be deleted. */
  readonly heldSince: number;
}

/** Who holds an identity in a room: those who got a token for it since a time, and in any case the last of all. */
export interface HoldersQuestion {
  /** The room. */
  readonly room: string;
  /** The identity. */
  readonly identity: string;
  /** The time. */
  readonly heldSince: number;
}

/** Seconds for which identities are kept after their tokens have expired: a participant may stay in the room for longer. */
export const KEEP_HELD_SECONDS = 7 * 24 * 60 * 60;

/** Maximum number of holders that a question finds, beginning with the last. */
export const MAX_HOLDERS = 16;

/** Kicks, locks and held identities. Without these methods there are no routes to kick and to lock. */
export interface ModerationStore {
  /**
   * Stores a kick of an identity and of every user who holds it, all of it or nothing. Resolves to the end of the identity's kick,
   * which may be that of an earlier one.
   */
  kick?(change: KickChange): Promise<number>;
  /**
   * Ends the kick of an identity, with those of the users who were kicked with it; a user who was kicked otherwise too stays
   * kicked. An identity that is not kicked is no error.
   */
  liftKick?(lifted: LiftedKick): Promise<void>;
  /** Locks or unlocks a channel. */
  setLocked?(change: LockChange): Promise<void>;
  /** Stores for which identity a user got a token. */
  addHolder?(issued: IssuedIdentity): Promise<void>;
  /** The ids of the users who hold an identity, at most 16. */
  holders?(question: HoldersQuestion): Promise<string[]>;
}

/** A store that keeps kicks and locks. */
export type Moderating = Required<Pick<ModerationStore, 'kick' | 'setLocked'>>;

/** Whether a store keeps kicks and locks. */
export const moderates = <S extends ModerationStore>(store: S): store is S & Moderating =>
  store.kick !== undefined && store.setLocked !== undefined;
