/** Where users, channels and roles are kept, as far as the endpoint cares. */

/** What the store is asked, in one round trip. */
export interface FactsQuestion {
  /** The caller's id. */
  readonly userId: string;
  /** Id of the caller's token, to look up a revocation by; `null` if it has none. */
  readonly tokenId: string | null;
  /** The channel to join; `null` for none. */
  readonly channelId: string | null;
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

/** Why a store cannot answer, in words for the operator's log: without anything that a driver said. */
export class StoreFault extends Error {
  constructor(cause: 'no database is bound' | 'tables are missing') {
    super(cause);
    this.name = cause;
  }
}

/** A store of facts. Any will do: another database, another service. */
export interface Store {
  /** Answers in one round trip, or rejects: the endpoint then answers 503 and no token. */
  facts(question: FactsQuestion): Promise<FactsRow>;
}
