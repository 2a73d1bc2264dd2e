/** The interface of a store of users, channels, roles and presence. */

import type { ModerationStore } from './moderation.js';
import type { ReconciledStore } from './reconciliation.js';
import type { RecordingStore } from './recordings.js';
import type { RoomsStore } from './rooms.js';

/** A question to the store, to be answered in one round trip. */
export interface FactsQuestion {
  /** The caller's id. */
  readonly userId: string;
  /** Id of the caller's token (`jti`), to look up a revocation; `null` if it has none. */
  readonly tokenId: string | null;
  /** Id of the session of the caller's token (`sid`), to look up a revocation; `null` or unset if it has none. */
  readonly sessionId?: string | null;
  /** The channel that the request is about; `null` for none. */
  readonly channelId: string | null;
  /** The group of direct messages that the request is about; `null` for none. */
  readonly groupId: string | null;
  /** The requested identity; `null` for none. */
  readonly identity: string | null;
}

/** A question about no user, to find out whether a store answers. */
export const PROBE: FactsQuestion = { userId: '', tokenId: null, channelId: null, groupId: null, identity: null };

/**
 * The answer of the store. Flags are `true`, `false`, `1` or `0`; times are integers of Unix seconds. Rust parses it
 * (`src/rbac/facts.rs`): a row of any other shape is an error, never a default.
 */
export interface FactsRow {
  /** The user's id, `null` for an unknown one. */
  userId: unknown;
  /** `OWNER` or `USER`; `null` without a user. */
  role: unknown;
  /** Whether the user is banned from the instance; `null` without a user. */
  banned: unknown;
  /** Whether the caller's token was revoked. */
  tokenRevoked: unknown;
  /** Whether the session of the caller's token was revoked; a store without sessions leaves it out. */
  sessionRevoked?: unknown;
  /**
   * When all tokens of the user were revoked: those issued in that second or before. `null`, or left out, for never. A token
   * without `iat` is then revoked too.
   */
  revokedUntil?: unknown;
  /** The channel's id, `null` for an unknown one. */
  channelId: unknown;
  /** Whether only members may enter; `null` without a channel. */
  isPrivate: unknown;
  /** Whether the user is a member of the channel. */
  isMember: unknown;
  /** The id of the requested group, `null` for an unknown one, or where the user is not a member. */
  groupId: unknown;
  /**
   * Whether a channel has the id of the requested group, which is then refused: they would share a room. A store in which that
   * is impossible leaves it out.
   */
  groupIsChannel?: unknown;
  /** Names of the actions that the user's roles in the channel's community allow. */
  actions: unknown;
  /**
   * Whether the user has a role in the channel's community. Where it is left out or false, overwrites allow nothing, and only
   * deny.
   */
  hasRole?: unknown;
  /**
   * Whether roles name `SPEAK`, `VIDEO` and `SCREEN_SHARE` in this database. Where it is left out or false, `JOIN_CHANNEL`
   * implies them for a user none of whose roles names one of them.
   */
  voiceByRole?: unknown;
  /**
   * The channel's permission overwrites that apply to the user, as objects `{targetType, allow, deny}`: `EVERYONE`, `ROLE` or
   * `MEMBER`, and arrays of names of actions. A store without overwrites leaves it out.
   */
  overwrites?: unknown;
  /** Whether the user's ban from the channel's community is active; `null` without one. */
  banActive: unknown;
  /** When that ban ends; `null` for never. */
  banEnds: unknown;
  /** When the user's timeout in the channel's community ends; `null` without one. */
  timeoutEnds: unknown;
  /** Whether the requested identity is the id of a user. */
  identityIsUser: unknown;
  /** When the user's last kick from the channel ends; `null`, or left out, without one. */
  kickedUntil?: unknown;
  /** When the last kick of the requested identity from the channel ends; `null`, or left out, without one. */
  identityKickedUntil?: unknown;
  /** When the channel was locked; `null`, or left out, if it is not. */
  lockedAt?: unknown;
}

/**
 * A change of presence by a webhook. LiveKit repeats webhooks, and sends them out of order: a store applies each event id
 * once, and of two events about one participant the later (`createdAt`) counts, of the same second the leave. A room that
 * has ended has no participants. Every start of a room has a `roomSid` of its own, and one runs at a time: an event of a
 * later start ends the others, should their end be lost.
 */
export interface PresenceChange {
  /** Id of the event. */
  readonly eventId: string;
  /** When it happened, Unix seconds by LiveKit's clock. */
  readonly createdAt: number;
  /** What happened. */
  readonly change: 'joined' | 'left' | 'ended';
  /** The room's name: the channel's id. */
  readonly room: string;
  /** This start of the room. */
  readonly roomSid: string;
  /** Who joined or left; `null` where the whole room ended. */
  readonly participant: {
    /** Id of this connection. */
    readonly sid: string;
    /** Identity of the participant. */
    readonly identity: string;
    /** Display name of the participant. */
    readonly name: string;
    /** Whether it is an agent; the default is no. */
    readonly isAgent?: boolean;
    /** Whether it is a person, whom kicks and locks are about; the default is yes. A store need not keep it. */
    readonly isPerson?: boolean;
  } | null;
}

/** A page of the participants of a room, in the order of joining, then of identity. */
export interface PresencePage {
  /** Only those after this one; the default is all. */
  readonly after?: {
    /** When that participant joined, Unix seconds. */
    readonly joinedAt: number;
    /** The identity of that participant. */
    readonly identity: string;
  } | null;
  /** Maximum number of participants; the default is 1,000. */
  readonly limit?: number;
}

/** A mute or unmute that LiveKit's server has executed. */
export interface MuteChange {
  /** The room. */
  readonly room: string;
  /** The identity of the participant. */
  readonly identity: string;
  /** The connection that was muted: a later one of the same identity starts unmuted. */
  readonly participantSid: string;
  /** Whether the participant is muted now. */
  readonly isServerMuted: boolean;
  /** When it was requested, Unix milliseconds by our clock: of two changes the one that was requested later counts. */
  readonly askedAt: number;
}

/** A participant in a room. Flags are `true`, `false`, `1` or `0`; times are integers of Unix seconds. */
export interface PresenceRow {
  /** The identity. */
  identity: unknown;
  /** The display name. */
  name: unknown;
  /** When the participant joined. */
  joinedAt: unknown;
  /** Whether a moderator has muted the participant. */
  isServerMuted: unknown;
  /** Whether it is an agent; a store that does not know leaves it out. */
  isAgent?: unknown;
}

/** Causes of a {@link StoreFault}. */
export type StoreFaultCause =
  | 'no database is bound'
  | 'tables are missing'
  | 'no presence is kept'
  | 'no moderation is kept'
  | 'moderation is of another shape'
  | 'no recordings are kept'
  | 'recordings are of another shape'
  | 'presence is of another shape'
  | 'rooms are not known'
  | 'the database file cannot be used'
  | 'the database file is gone'
  | 'the address of the database is invalid'
  | 'the database cannot be reached'
  | 'the database did not answer in time'
  | 'the store is closed'
  | `SQLSTATE ${string}`;

/** An error of a store, for the operator's log: without the message of a driver. */
export class StoreFault extends Error {
  /** The message is the cause, unless another says more; neither may quote a query or its values. */
  constructor(cause: StoreFaultCause, message: string = cause) {
    super(message);
    this.name = cause;
  }
}

/** A store: a database, or any other service that answers `facts`. */
export interface Store extends ModerationStore, ReconciledStore, RecordingStore, RoomsStore {
  /** Answers in one round trip, or rejects: the endpoint then answers 503 and no token. */
  facts(question: FactsQuestion): Promise<FactsRow>;
  /**
   * Names of tables, columns and values that seem to be about permissions and are not part of the facts, for a warning when a
   * process starts. It compares names only: an operator has to decide.
   */
  unread?(): Promise<string[]>;
  /** Applies a webhook's change, all of it or nothing. Without it, webhooks and presence are answered 503. */
  applyPresence?(change: PresenceChange): Promise<void>;
  /** A page of the participants in a room, each identity once, in the order of joining, then of identity. */
  presence?(room: string, page?: PresencePage): Promise<PresenceRow[]>;
  /** Stores that a moderator has muted or unmuted a participant, if that connection is in the room. */
  setServerMuted?(change: MuteChange): Promise<void>;
}
