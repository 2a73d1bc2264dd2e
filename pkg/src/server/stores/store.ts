/** Where users, channels and roles are kept, as far as the endpoint cares. */

/** What the store is asked, in one round trip. */
export interface FactsQuestion {
  /** The caller's id. */
  readonly userId: string;
  /** Id of the caller's token, to look up a revocation by; `null` if it has none. */
  readonly tokenId: string | null;
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
  /** The channel's id, `null` if there is none. */
  channelId: unknown;
  /** Whether only members may enter; `null` without a channel. */
  isPrivate: unknown;
  /** Whether the user is a member of the channel. */
  isMember: unknown;
  /** The id of the group asked for, `null` if there is none or the user is no member. */
  groupId: unknown;
  /** Names of the actions that the user's roles in the channel's community allow. */
  actions: unknown;
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
  /** Applies a webhook's change, all of it or nothing. Without it, webhooks and presence are answered 503. */
  applyPresence?(change: PresenceChange): Promise<void>;
  /** Who is in a room now, an identity once, in the order of joining. */
  presence?(room: string): Promise<PresenceRow[]>;
  /** Notes that a moderator has muted or unmuted a participant who is in a room now. */
  setServerMuted?(room: string, identity: string, isServerMuted: boolean): Promise<void>;
}
