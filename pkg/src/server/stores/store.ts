/** Where users, channels and roles are kept, as far as the endpoint cares. */

/** What the store is asked, in one round trip. */
export interface FactsQuestion {
  /** The caller's id. */
  readonly userId: string;
  /** Id of the caller's token, to look up a revocation by; `null` if it has none. */
  readonly tokenId: string | null;
  /** Id of the session that the caller's token is from, likewise; `null` or unset if it names none. */
  readonly sessionId?: string | null;
  /** The channel that the request is about; `null` for none. */
  readonly channelId: string | null;
  /** The group of direct messages that the request is about; `null` for none. */
  readonly groupId: string | null;
  /** The identity asked for; `null` for none. */
  readonly identity: string | null;
}

/**
 * What the store answers. Flags are `true`, `false`, `1` or `0`; times are whole Unix seconds. Rust reads it
 * (`src/rbac/facts.rs`): a row of any other shape is an error, never a default.
 */
export interface FactsRow {
  /** The user's id, `null` if there is none. */
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
   * that does not say when it was issued is then revoked, too.
   */
  revokedUntil?: unknown;
  /** The channel's id, `null` if there is none. */
  channelId: unknown;
  /** Whether only members may enter; `null` without a channel. */
  isPrivate: unknown;
  /** Whether the user is a member of the channel. */
  isMember: unknown;
  /** The id of the group asked for, `null` if there is none or the user is no member. */
  groupId: unknown;
  /**
   * Whether a channel has the id of the group asked for, which is then refused: they would share a room. A store in which that
   * cannot be leaves it out.
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
  /** Whether the identity asked for is the id of a user. */
  identityIsUser: unknown;
}

/**
 * What a webhook changes in who is in which room. LiveKit sends webhooks again and out of order; a store applies each
 * event id once, and of two events about one participant the later (`createdAt`) counts, a leaving before a joining of
 * the same second. Nobody is present in a room that has ended, and every start of a room has a `roomSid` of its own: one
 * runs at a time, so what happens in a later one ends the others, should their end be lost.
 */
export interface PresenceChange {
  /** Id of the event. */
  readonly eventId: string;
  /** When it happened, Unix seconds by LiveKit's clock. */
  readonly createdAt: number;
  readonly change: 'joined' | 'left' | 'ended';
  /** The room's name: the channel's id. */
  readonly room: string;
  /** This start of the room. */
  readonly roomSid: string;
  /** Who joined or left; `null` where the whole room ended. */
  readonly participant: { readonly sid: string; readonly identity: string; readonly name: string } | null;
}

/** Which participants of a room are asked for, in the order of joining, then of identity. */
export interface PresencePage {
  /** Only those after this one; all unless set. */
  readonly after?: { readonly joinedAt: number; readonly identity: string } | null;
  /** Maximum of participants; 1,000 unless set. */
  readonly limit?: number;
}

/** A mute or unmute that LiveKit's server has carried out. */
export interface MuteChange {
  readonly room: string;
  readonly identity: string;
  /** The connection that was muted: a later one of the same identity starts unmuted. */
  readonly participantSid: string;
  readonly isServerMuted: boolean;
  /** When the moderator asked, Unix milliseconds by our clock: of two changes the one that was asked for later counts. */
  readonly askedAt: number;
}

/** Who is in a room. Flags are `true`, `false`, `1` or `0`; times are whole Unix seconds. */
export interface PresenceRow {
  identity: unknown;
  name: unknown;
  joinedAt: unknown;
  /** Whether a moderator has muted the participant. */
  isServerMuted: unknown;
}

/** What can be wrong with a store. */
export type StoreFaultCause =
  | 'no database is bound'
  | 'tables are missing'
  | 'no presence is kept'
  | 'presence is of another shape'
  | 'the database file cannot be used'
  | 'the database file is gone'
  | 'the address of the database is invalid'
  | 'the database cannot be reached'
  | 'the database did not answer in time'
  | 'the store is closed'
  | `SQLSTATE ${string}`;

/** Why a store cannot answer, in words for the operator's log: without anything that a driver said. */
export class StoreFault extends Error {
  constructor(cause: StoreFaultCause, message: string = cause) {
    super(message);
    this.name = cause;
  }
}

/** A store of facts. Any will do: another database, another service. */
export interface Store {
  /** Answers in one round trip, or rejects: the endpoint then answers 503 and no token. */
  facts(question: FactsQuestion): Promise<FactsRow>;
  /**
   * Names of what the database has about permissions that the facts leave out, for a warning when a process starts. It is a
   * guess by names: an operator has to look.
   */
  unread?(): Promise<string[]>;
  /** Applies a webhook's change, all of it or nothing. Without it, webhooks and presence are answered 503. */
  applyPresence?(change: PresenceChange): Promise<void>;
  /** Who is in a room now, an identity once, in the order of joining, then of identity: a page of them. */
  presence?(room: string, page?: PresencePage): Promise<PresenceRow[]>;
  /** Notes that a moderator has muted or unmuted a participant, if that connection is in the room now. */
  setServerMuted?(change: MuteChange): Promise<void>;
}
