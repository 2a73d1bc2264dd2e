/** The part of a store that lets presence be compared with LiveKit's own list of who is in a room. */

/** A connection that is stored as present. */
export interface StoredConnection {
  /** The start of the room. */
  readonly roomSid: string;
  /** The connection. */
  readonly participantSid: string;
  /** When its latest event happened, Unix seconds. */
  readonly changedAt: number;
}

/** A participant whom LiveKit lists, and who is not stored as present. */
export interface ListedParticipant {
  /** Id of this connection. */
  readonly sid: string;
  /** Identity of the participant. */
  readonly identity: string;
  /** Display name of the participant. */
  readonly name: string;
  /** Whether it is an agent. */
  readonly isAgent: boolean;
  /** Whether it is a person, whom kicks and locks are about; the default is yes. A store need not keep it. */
  readonly isPerson?: boolean;
  /** When it joined, Unix seconds by LiveKit's clock. */
  readonly joinedAt: number;
}

/** What events that were lost or are late would have changed in a room. */
export interface PresenceCorrection {
  /** The room's name. */
  readonly room: string;
  /** The start of the room that runs; `null` if it is not running. */
  readonly roomSid: string | null;
  /**
   * Connections that LiveKit does not list. A row that has changed since it was read stays as it is. The others are not present
   * any more, until LiveKit lists them again: a join that is reported late does not bring them back.
   */
  readonly missing: readonly StoredConnection[];
  /**
   * Participants who have joined that start, unless it has ended. A leave that is stored has precedence: the id of a connection is not used
   * again.
   */
  readonly joined: readonly ListedParticipant[];
}

/**
 * The methods with which a store's presence heals after lost events. A store that lacks one of them is left as events have it.
 * Times are Unix seconds by our clock.
 */
export interface ReconciledStore {
  /**
   * Reserves the comparison of a room for ten seconds, in which no other process does it. False if it is reserved, or was
   * compared less than fifty seconds ago.
   */
  claimReconciliation?(room: string, now: number): Promise<boolean>;
  /** The connections in a room that are stored as present, at most 10,000. */
  connections?(room: string): Promise<StoredConnection[]>;
  /** Applies a correction, and stores that the room was compared. */
  correctPresence?(correction: PresenceCorrection, now: number): Promise<void>;
  /** Of the rooms with presence and those that run, the ones that were not compared for fifty seconds, the oldest first. */
  roomsToReconcile?(running: readonly string[], now: number, limit: number): Promise<string[]>;
}
