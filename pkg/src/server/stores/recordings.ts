/** The interface of a store of recordings. */

/** A file of a recording. */
export interface RecordingFile {
  /** Its path. */
  readonly name: string;
  /** Its URL or path, without credentials. */
  readonly location?: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * The state of a recording, by a webhook or an answer of LiveKit. States are repeated and out of order: of two the one of the
 * later stage counts, in one stage the later (`changedAt`).
 */
export interface RecordingChange {
  /** Id of the egress. */
  readonly recordingId: string;
  /** The room's name: the channel's id. */
  readonly room: string;
  /** `starting`, `active`, `ending`, `complete`, `failed`, `aborted` or `limit_reached`. */
  readonly status: string;
  /** How far it is: 0 starting, 1 active, 2 ending, 3 over. */
  readonly stage: number;
  /** When it began to record, Unix seconds. */
  readonly startedAt: number | null;
  /** When it was over, Unix seconds. */
  readonly endedAt: number | null;
  /** When it was in this state, Unix milliseconds by LiveKit's clock. */
  readonly changedAt: number;
  /** Its files. */
  readonly files: readonly RecordingFile[];
  /** Whether it is what the settings ask for, so that it may be the one of a claim whose start was not answered. */
  readonly isAsRequested: boolean;
}

/** The claim of a room by the request that records it: a room has at most one. */
export interface RecordingClaim {
  /** Its id, which no other claim has. */
  readonly id: string;
  /** The room. */
  readonly room: string;
  /** The user who asked. */
  readonly userId: string;
  /** When that was, Unix milliseconds by our clock. */
  readonly claimedAt: number;
}

/** A claim that has to be compared with LiveKit. */
export interface StaleClaim extends RecordingClaim {
  /** The recording of the claim; `null` if its start was not answered. */
  readonly recordingId: string | null;
}

/** A recording. Times are integers; `askedAt` is Unix milliseconds, the others are Unix seconds. */
export interface RecordingRow {
  /** Id of the egress. */
  recordingId: unknown;
  /** The user who asked for it. */
  startedBy: unknown;
  /** When that was. */
  askedAt: unknown;
  /** As of {@link RecordingChange}. */
  status: unknown;
  /** As of {@link RecordingChange}. */
  stage: unknown;
  /** As of {@link RecordingChange}. */
  startedAt: unknown;
  /** As of {@link RecordingChange}. */
  endedAt: unknown;
  /** JSON text of an array of {@link RecordingFile}. */
  files: unknown;
}

/** Recordings of a store: those that were asked for by the routes. */
export interface Recordings {
  /** Claims a room; false if it has a claim. Of two requests at the same time one gets it. */
  claim(claim: RecordingClaim): Promise<boolean>;
  /** Ends a claim, unless its recording runs. */
  release(claimId: string): Promise<void>;
  /**
   * The claim of a room if LiveKit was last asked about it before `before`; of several callers one gets it. Unix milliseconds.
   */
  takeStale(room: string, now: number, before: number): Promise<StaleClaim | null>;
  /**
   * Applies a state, and ends a claim all of whose recordings are over: a start that was sent twice has two. A recording belongs to `claim`, if given; else, if it is
   * as requested, not over and not known yet, to the claim of its room that has no recording.
   */
  apply(change: RecordingChange, claim: RecordingClaim | null, now: number): Promise<void>;
  /** The recordings of a room, the last one first. */
  list(room: string, limit: number): Promise<RecordingRow[]>;
  /** A recording of a room. */
  find(room: string, recordingId: string): Promise<RecordingRow | null>;
}

/** A store that may have recordings. */
export interface RecordingStore {
  /** Recordings. Without them, the routes about recordings are answered 503. */
  readonly recordings?: Recordings;
}
