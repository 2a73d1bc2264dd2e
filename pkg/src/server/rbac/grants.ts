/** An application's own table of grants. */
import type { VideoGrant } from '../../grants.js';

/** Facts about an authorized request. */
export interface GrantFacts {
  /** What the room is: a channel, or a group of direct messages. */
  readonly kind: 'channel' | 'group';
  /** The room: the id of the channel or group. */
  readonly roomId: string;
  /** The identity that the participant will have. */
  readonly identity: string;
  /** The caller's id, which need not be the identity. */
  readonly userId: string;
  /** Whether the caller owns the instance. */
  readonly isOwner: boolean;
  /** Whether the channel is private. */
  readonly isPrivate: boolean;
  /** Whether the caller is a member of the channel or group. */
  readonly isMember: boolean;
  /** Whether the caller is timed out in the channel's community; never true under `LIVEKIT_GRANTS=full`. */
  readonly isTimedOut: boolean;
  /** Names of the actions that the caller may do in the channel, by roles and overwrites. */
  readonly actions: readonly string[];
}

/**
 * An application's own table: the grants of a caller who may join. `null` and `undefined` are 403. `room` and `roomJoin` are
 * added; a privileged grant (`PrivilegedGrant`) is 500 unless the option `allowGrants` names it. Its timeout is two seconds.
 */
export type Grants = (facts: GrantFacts) => Grant | Promise<Grant>;

/** What the caller may do in the room, or a refusal. */
export type Grant = VideoGrant | null | undefined;
