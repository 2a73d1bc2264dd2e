/** The part of a store for recordings. */

/** A file of a recording. */
export interface RecordingFile {
  /** Path of the file. */
  readonly name: string;
  /** URL or path of the uploaded file, without credentials. */
  readonly location?: string;
  /** Size in bytes. */
  readonly size: number;
  /** Duration in milliseconds. */
  readonly duration: number;
}

/**
 * The state of a recording, from a webhook or a response of LiveKit. States may arrive repeatedly and out of order: of
 * two states the later stage applies and, in one stage, the later `changedAt`.
 */
export interface RecordingChange {
  /** Id of the egress. */
  readonly recordingId: string;
  /** Name of the room, which is the channel's id. */
  readonly room: string;
  /** `starting`, `active`, `ending`, `complete`, `failed`, `aborted` or `limit_reached`. */
  readonly status: string;
  /** Stage: 0 starting, 1 active, 2 ending, 3 ended. */
  readonly stage: number;
  /** Unix second at which the recording started. */
  readonly startedAt: number | null;
  /** Unix second at which the recording ended. */
  readonly endedAt: number | null;
  /** Time of this state in Unix milliseconds, by LiveKit's clock. */
  readonly changedAt: number;
  /** Files of the recording. */
  readonly files: readonly RecordingFile[];
  /** True if the recording matches the settings, so that it may belong to a claim whose start got no response. */
  readonly isAsRequested: boolean;
}

/** The claim of a room by a request that starts a recording. A room has at most one claim. */
export interface RecordingClaim {
  /** Unique id. */
  readonly id: string;
  /** The room. */
  readonly room: string;
  /** Id of the user who started the recording. */
  readonly userId: string;
  /** Time of the request in Unix milliseconds, by the endpoint's clock. */
  readonly claimedAt: number;
}

/** A claim that must be compared with LiveKit. */
export interface StaleClaim extends RecordingClaim {
  /** The recording of the claim; `null` if its start got no response. */
  readonly recordingId: string | null;
}

/** A row of a recording. Times are integers: `askedAt` is in Unix milliseconds, the others are in Unix seconds. */
export interface RecordingRow {
  /** Id of the egress. */
  recordingId: unknown;
  /** Id of the user who started the recording. */
  startedBy: unknown;
  /** Time of the request. */
  askedAt: unknown;
  /** As in {@link RecordingChange}. */
  status: unknown;
  /** As in {@link RecordingChange}. */
  stage: unknown;
  /** As in {@link RecordingChange}. */
  startedAt: unknown;
  /** As in {@link RecordingChange}. */
  endedAt: unknown;
  /** JSON text of an array of {@link RecordingFile}. */
  files: unknown;
}

/** The recordings that the routes have started. */
export interface Recordings {
  /** Claims a room; false if it already has a claim. Only one of two concurrent requests gets it. */
  claim(claim: RecordingClaim): Promise<boolean>;
  /** Ends a claim, unless its recording is running. */
  release(claimId: string): Promise<void>;
  /**
   * Returns the claim of a room if it was last compared with LiveKit before `before`. Only one of several callers gets
   * it. Times are in Unix milliseconds.
   */
  takeStale(room: string, now: number, before: number): Promise<StaleClaim | null>;
  /**
   * Applies a state, and ends a claim if all its recordings have ended (a start that was sent twice has two). A
   * recording belongs to `claim`, if set. Otherwise a running, unknown recording that matches the settings belongs to
   * the claim of its room, if that has no recording yet.
   */
  apply(change: RecordingChange, claim: RecordingClaim | null, now: number): Promise<void>;
  /** Lists the recordings of a room, the last one first. */
  list(room: string, limit: number): Promise<RecordingRow[]>;
  /** Finds a recording of a room. */
  find(room: string, recordingId: string): Promise<RecordingRow | null>;
}

/** A store that may have recordings. */
export interface RecordingStore {
  /** Recordings. Without them, the routes for recordings are 503. */
  readonly recordings?: Recordings;
}
