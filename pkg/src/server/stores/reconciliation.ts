/** The part of a store for comparing presence with LiveKit's lists of participants. */

/** A connection that the store has as present. */
export interface StoredConnection {
  /** Id of the room session. */
  readonly roomSid: string;
  /** Id of the connection. */
  readonly participantSid: string;
  /** Unix second of its latest event. */
  readonly changedAt: number;
}

/** A participant that LiveKit lists and the store does not have as present. */
export interface ListedParticipant {
  /** Id of the connection. */
  readonly sid: string;
  /** Identity of the participant. */
  readonly identity: string;
  /** Display name of the participant. */
  readonly name: string;
  /** True for an agent. */
  readonly isAgent: boolean;
  /**
   * Whether the participant is a person, to whom kicks and locks apply; the default is true. A store need not save it.
   */
  readonly isPerson?: boolean;
  /** Unix second at which the participant joined, by LiveKit's clock. */
  readonly joinedAt: number;
}

/** The changes that lost or delayed events would have made to a room. */
export interface PresenceCorrection {
  /** Name of the room. */
  readonly room: string;
  /** Id of the running room session; `null` if the room is not running. */
  readonly roomSid: string | null;
  /**
   * Connections that LiveKit does not list. They are no longer present until LiveKit lists them again; a delayed join
   * event does not restore them. A row that has changed since it was read is not changed.
   */
  readonly missing: readonly StoredConnection[];
  /**
   * Participants who joined the running session. They are not added if the store knows that the session has ended, or
   * that they have left, because ids of connections are not reused.
   */
  readonly joined: readonly ListedParticipant[];
}

/**
 * The methods of a store for correcting presence after lost events. If one of them is missing, presence is not
 * corrected. Times are Unix seconds by the endpoint's clock.
 */
export interface ReconciledStore {
  /**
   * Reserves the comparison of a room for ten seconds, so that no other process compares it. False if it is reserved,
   * or was compared in the last fifty seconds.
   */
  claimReconciliation?(room: string, now: number): Promise<boolean>;
  /** Returns the connections of a room that the store has as present, at most 10,000. */
  connections?(room: string): Promise<StoredConnection[]>;
  /** Applies a correction, and stores that the room was compared. */
  correctPresence?(correction: PresenceCorrection, now: number): Promise<void>;
  /**
   * Returns the rooms that were not compared in the last fifty seconds, the oldest first: of the rooms with presence
   * and of the running ones.
   */
  roomsToReconcile?(running: readonly string[], now: number, limit: number): Promise<string[]>;
}
