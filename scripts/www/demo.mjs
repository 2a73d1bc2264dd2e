// What the playground offers to choose from: the demo data's users, channels and groups of direct messages, each with a word about it.
import { demoData } from '../demo-data.mjs';
import { userToken } from '../serve/user-token.mjs';

/**
 * The tokens are made anew for each answer: a page must not contain JWT_SECRET, and a dev server may run for days.
 * @param {Record<string, string | undefined>} settings
 */
export function demoChoices(settings) {
  return {
    users: demoData.users.map((/** @type {any} */ user) => ({
      id: user.id,
      name: user.displayName,
      about: aboutUser(user),
      token: userToken(user, settings),
    })),
    channels: demoData.channels.map((/** @type {any} */ channel) => ({
      id: channel.id,
      name: channel.name,
      about: [channel.isPrivate ? 'private' : '', channel.type === 'TEXT' ? 'text' : ''].filter(Boolean).join(', '),
    })),
    groups: demoData.directMessageGroups.map((/** @type {{ id: string, members: string[] }} */ { id, members }) => ({
      id,
      name: members.map(nameOf).join(' and '),
      about: '',
    })),
  };
}

/** @param {string} userId */
const nameOf = (userId) =>
  demoData.users.find((/** @type {{ id: string }} */ { id }) => id === userId)?.displayName ?? userId;

/** @param {{ id: string, role: string, banned: boolean }} user */
function aboutUser({ id, role, banned }) {
  /** @param {{ userId: string }} row */
  const theirs = ({ userId }) => userId === id;
  if (banned) return 'banned';
  if (demoData.communityTimeouts.some(theirs)) return 'timed out';
  if (role === 'OWNER') return 'owner';
  return demoData.userRoles.find(theirs)?.role.toLowerCase() ?? 'no role';
}
