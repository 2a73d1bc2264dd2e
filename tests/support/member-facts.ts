/** The facts of a user with a role in the community of a public channel, as a store returns them. */
import type { FactsRow } from 'livekit-edge/server';

export const memberFacts: FactsRow = {
  userId: 'user-456',
  role: 'USER',
  banned: false,
  tokenRevoked: false,
  channelId: 'channel-123',
  isPrivate: false,
  isMember: false,
  groupId: null,
  actions: ['JOIN_CHANNEL'],
  banActive: null,
  banEnds: null,
  timeoutEnds: null,
  identityIsUser: false,
};
