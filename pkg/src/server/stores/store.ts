/** The interface of a store with users, channels, roles and presence. */

import type { ModerationStore } from './moderation.js';
import type { ReconciledStore } from './reconciliation.js';
import type { RecordingStore } from './recordings.js';
import type { RoomsStore } from './rooms.js';

/** Query for facts, which the store answers in one round trip. */
export interface FactsQuestion {
  /** Id of the caller. */
  readonly userId: string;
  /** Id of the caller's token (`jti`), for revocation; `null` if it has none. */
  readonly tokenId: string | null;
  /** Id of the token's session (`sid`), for revocation; `null` or unset if it has none. */
  readonly sessionId?: string | null;
  /** The requested channel; `null` for none. */
  readonly channelId: string | null;
  /** The requested group of direct messages; `null` for none. */
  readonly groupId: string | null;
  /** The requested identity; `null` for none. */
  readonly identity: string | null;
}

/** A query without a user, to check whether a store answers. */
export const PROBE: FactsQuestion = { userId: '', tokenId: null, channelId: null, groupId: null, identity: null };

/**
 * Facts from the store. Flags are `true`, `false`, `1` or `0`; times are integers of Unix seconds. Rust parses the row
 * (`src/rbac/facts.rs`): a malformed row is an error; no field has a default.
 */
export interface FactsRow {
  /** Id of the user; `null` for an unknown user. */
  userId: unknown;
  /** `OWNER` or `USER`; `null` without a user. */
  role: unknown;
  /** Whether the user is banned from the instance; `null` without a user. */
  banned: unknown;
  /** Whether the caller's token was revoked. */
  tokenRevoked: unknown;
  /** Whether the session of the caller's token was revoked; unset in a store without sessions. */
  sessionRevoked?: unknown;
  /**
   * Unix second at which all tokens of the user were revoked, including those issued in that second and those without
   * `iat`. `null` or unset for never.
   */
  revokedUntil?: unknown;
  /** Id of the channel; `null` for an unknown channel. */
  channelId: unknown;
  /** Whether only members may enter; `null` without a channel. */
  isPrivate: unknown;
  /** Whether the user is a member of the channel. */
  isMember: unknown;
  /** Id of the requested group; `null` if it is unknown, or the user is not a member. */
  groupId: unknown;
  /**
   * Whether a channel has the same id as the requested group. The request is then rejected, because both would share a
   * room. Unset in a store where that is impossible.
   */
  groupIsChannel?: unknown;
  /** Names of the actions that the user's roles in the channel's community allow. */
  actions: unknown;
  /**
   * Whether the user has a role in the channel's community. If it is false or unset, overwrites can only deny.
   */
  hasRole?: unknown;
  /**
   * Whether roles in this database can have `SPEAK`, `VIDEO` and `SCREEN_SHARE`. If it is false or unset,
   * `JOIN_CHANNEL` implies them for a user whose roles have none of them.
   */
  voiceByRole?: unknown;
  /**
   * The channel's permission overwrites that apply to the user: objects `{targetType, allow, deny}` with `EVERYONE`,
   * `ROLE` or `MEMBER`, and arrays of names of actions. Unset in a store without overwrites.
   */
  overwrites?: unknown;
  /** Whether the user's ban from the channel's community is active; `null` without one. */
  banActive: unknown;
  /** End of that ban; `null` for never. */
  banEnds: unknown;
  /** End of the user's timeout in the channel's community; `null` without one. */
  timeoutEnds: unknown;
  /** Whether the requested identity is the id of a user. */
  identityIsUser: unknown;
  /** End of the user's last kick from the channel; `null` or unset without one. */
  kickedUntil?: unknown;
  /** End of the last kick of the requested identity from the channel; `null` or unset without one. */
  identityKickedUntil?: unknown;
  /** Time at which the channel was locked; `null` or unset if it is not locked. */
  lockedAt?: unknown;
}

/**
 * A change of presence from a webhook. LiveKit may send webhooks repeatedly and out of order: a store applies each
 * event id once. Of two events about one participant the later `createdAt` applies, and in the same second the leave.
 * An ended room has no participants. Every session of a room has its own `roomSid`, and one session runs at a time: an
 * event of a later session ends the others, in case their end was lost.
 */
export interface PresenceChange {
  /** Id of the event. */
  readonly eventId: string;
  /** Time of the event in Unix seconds, by LiveKit's clock. */
  readonly createdAt: number;
  /** Kind of the change. */
  readonly change: 'joined' | 'left' | 'ended';
  /** Name of the room, which is the channel's id. */
  readonly room: string;
  /** Id of the room session. */
  readonly roomSid: string;
  /** Participant who joined or left; `null` if the room ended. */
  readonly participant: {
    /** Id of the connection. */
    readonly sid: string;
    /** Identity of the participant. */
    readonly identity: string;
    /** Display name of the participant. */
    readonly name: string;
    /** Whether the participant is an agent; the default is false. */
    readonly isAgent?: boolean;
    /**
     * Whether the participant is a person, to whom kicks and locks apply; the default is true. A store need not save
     * it.
     */
    readonly isPerson?: boolean;
  } | null;
}

/** A page of the participants of a room, in the order of joining, then of identity. */
export interface PresencePage {
  /** The page starts after this participant; the default is the first page. */
  readonly after?: {
    /** Unix second at which that participant joined. */
    readonly joinedAt: number;
    /** Identity of that participant. */
    readonly identity: string;
  } | null;
  /** Maximum number of participants; the default is 1,000. */
  readonly limit?: number;
}

/** A mute or unmute that LiveKit has executed. */
export interface MuteChange {
  /** The room. */
  readonly room: string;
  /** Identity of the participant. */
  readonly identity: string;
  /** Id of the muted connection. A later connection with the same identity starts unmuted. */
  readonly participantSid: string;
  /** True if the participant is now muted. */
  readonly isServerMuted: boolean;
  /** Time of the request in Unix milliseconds, by the endpoint's clock. Of two changes the later request applies. */
  readonly askedAt: number;
}

/** A row of a participant in a room. Flags are `true`, `false`, `1` or `0`; times are integers of Unix seconds. */
export interface PresenceRow {
  /** The identity. */
  identity: unknown;
  /** The display name. */
  name: unknown;
  /** Time of joining. */
  joinedAt: unknown;
  /** Whether a moderator has muted the participant. */
  isServerMuted: unknown;
  /** Whether the participant is an agent; unset if the store does not know. */
  isAgent?: unknown;
}

/** Causes of a {@link StoreFault}. */
export type StoreFaultCause =
  | 'no database is bound'
  | 'tables are missing'
  | 'presence is not supported'
  | 'moderation is not supported'
  | 'moderation is malformed'
  | 'recordings are not supported'
  | 'recordings are malformed'
  | 'presence is malformed'
  | 'rooms are unknown'
  | 'the database file cannot be used'
  | 'the database file is gone'
  | 'the URL of the database is invalid'
  | 'the database cannot be reached'
  | 'the database did not answer in time'
  | 'the store is closed'
  | `SQLSTATE ${string}`;

/** An error of a store, for the operator's log. It does not contain the driver's message. */
export class StoreFault extends Error {
  /** The default message is the cause. Neither may quote a query or its values. */
  constructor(cause: StoreFaultCause, message: string = cause) {
    super(message);
    this.name = cause;
  }
}

/** A store: a database, or any other service that provides `facts`. */
export interface Store extends ModerationStore, ReconciledStore, RecordingStore, RoomsStore {
  /** Returns facts in one round trip. If it rejects, the response is 503 without a token. */
  facts(question: FactsQuestion): Promise<FactsRow>;
  /**
   * Returns names of tables, columns and values that seem to concern permissions but are not read for facts. A process
   * logs them as a warning at startup. Only names are compared, so that the operator must decide.
   */
  unread?(): Promise<string[]>;
  /** Applies a webhook's change in one transaction. Without this method, webhooks and presence are 503. */
  applyPresence?(change: PresenceChange): Promise<void>;
  /** Returns a page of the participants in a room, each identity once, in the order of joining, then of identity. */
  presence?(room: string, page?: PresencePage): Promise<PresenceRow[]>;
  /** Stores that a moderator has muted or unmuted a participant, if that connection is in the room. */
  setServerMuted?(change: MuteChange): Promise<void>;
}
