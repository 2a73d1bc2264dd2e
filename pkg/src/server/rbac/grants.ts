/** An application's own table of grants. */
import type { VideoGrant } from '../../grants.js';

/** What is known about an authorized request. */
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
  /** Names of the actions that the caller's roles in the channel's community allow. */
  readonly actions: readonly string[];
}

/**
 * An application's own table: what a caller who may join may do there. Nothing is 403. Room and joining are added; a
 * grant that reaches beyond the room or hides the participant (`roomCreate`, `roomList`, `roomRecord`, `ingressAdmin`,
 * `hidden`, `recorder`, `agent`, `destinationRoom`) is refused with 500.
 */
export type Grants = (facts: GrantFacts) => Grant | Promise<Grant>;

type Grant = VideoGrant | null | undefined;
