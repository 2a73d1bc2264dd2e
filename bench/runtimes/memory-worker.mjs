// The endpoint with a store in memory, to measure a request without a database.
import { deployable } from '../../pkg/dist/server/deployable.js';

const MEMBER = { role: 'USER', tokenRevoked: false, isPrivate: false, isMember: false, groupId: null };
const NOTHING = { banActive: null, banEnds: null, timeoutEnds: null, identityIsUser: false };

export default deployable({
  store: {
    facts: async ({ userId, channelId }) => ({
      ...MEMBER,
      ...NOTHING,
      userId,
      channelId,
      banned: userId === 'user-banned',
      actions: userId === 'user-456' ? ['READ_CHANNEL', 'JOIN_CHANNEL'] : [],
    }),
  },
});
