// What the playground offers to choose from: the demo data's users, channels and groups of direct messages, each with a word about it.
import { demoData } from '../../scripts/demo-data.mjs';
import { userToken } from '../../scripts/serve/user-token.mjs';

/**
 * The tokens are signed anew for each response: a page must not contain JWT_SECRET, and a dev server may run for days.
 * @param {Record<string, string | undefined>} settings
 */
export async function demoChoices(settings) {
  const users = demoData.users.map(async (user) => ({
    id: user.id,
    name: user.displayName,
    about: aboutUser(user),
    token: await userToken(user, settings),
  }));
  const channels = demoData.channels.map(({ id, name, type, isPrivate }) => ({
    id,
    name,
    about: [isPrivate ? 'private' : '', type === 'TEXT' ? 'text' : ''].filter(Boolean).join(', '),
  }));
  const groups = demoData.directMessageGroups.map(({ id, members }) => ({
    id,
    name: members.map(nameOf).join(' and '),
    about: '',
  }));
  return { users: await Promise.all(users), channels, groups };
}

/** @param {string} userId */
const nameOf = (userId) => demoData.users.find(({ id }) => id === userId)?.displayName ?? userId;

/** @param {{ id: string, role: string, banned: boolean }} user */
function aboutUser({ id, role, banned }) {
  const isTheirs = (/** @type {{ userId: string }} */ { userId }) => userId === id;
  if (banned) return 'banned';
  if (demoData.communityTimeouts.some(isTheirs)) return 'timed out';
  if (role === 'OWNER') return 'owner';
  return demoData.userRoles.find(isTheirs)?.role.toLowerCase() ?? 'no role';
}
