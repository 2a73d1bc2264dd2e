/** The application's `grants` function. */
import type { VideoGrant } from '../../grants.js';

/** Facts about an authorized request. */
export interface GrantFacts {
  /** Kind of the room: a channel, or a group of direct messages. */
  readonly kind: 'channel' | 'group';
  /** The room, which is the id of the channel or group. */
  readonly roomId: string;
  /** Identity of the participant. */
  readonly identity: string;
  /** The caller's id, which may differ from the identity. */
  readonly userId: string;
  /** Whether the caller owns the instance. */
  readonly isOwner: boolean;
  /** Whether the channel is private. */
  readonly isPrivate: boolean;
  /** Whether the caller is a member of the channel or group. */
  readonly isMember: boolean;
  /** Whether the caller is timed out in the channel's community; never true under `LIVEKIT_GRANTS=full`. */
  readonly isTimedOut: boolean;
  /** Names of the actions that roles and overwrites allow the caller in the channel. */
  readonly actions: readonly string[];
}

/**
 * Returns the grants of a caller who may join; `null` and `undefined` are answered with 403. `room` and `roomJoin` are
 * added. A privileged grant (`PrivilegedGrant`) is answered with 500, unless the option `allowGrants` contains it. The
 * timeout is two seconds.
 */
export type Grants = (facts: GrantFacts) => Grant | Promise<Grant>;

/** The grants of a caller, or a refusal. */
export type Grant = VideoGrant | null | undefined;
