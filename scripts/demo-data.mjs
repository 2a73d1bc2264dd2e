// Turns demo-data.json into SQL, for `npm start` and for the tests, on any engine that takes `?` parameters.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';

/** @typedef {{ sql: string, values: (string | number | null)[] }} Statement */

/** The file as it is; its ids are those of the specification's examples. */
export const demoData = JSON.parse(readFileSync(join(root, 'demo-data.json'), 'utf8'));

/** The settings that a Worker with the demo data runs with. @type {Record<string, string>} */
export const demoSettings = demoData.settings;

/**
 * Loading twice changes nothing: every statement replaces the row with the same key. The default roles must be there
 * already (migration 0002): users' roles refer to them by name.
 * @returns {Statement[]}
 */
export function demoStatements(data = demoData) {
  return [
    ...rows('User', data.users, ({ id, username, displayName, role, banned }) => ({
      id,
      username,
      displayName,
      role,
      banned: Number(banned),
    })),
    ...rows('Channel', data.channels, ({ id, communityId, name, type, isPrivate }) => ({
      id,
      communityId,
      name,
      type,
      isPrivate: Number(isPrivate),
    })),
    ...rows('ChannelMembership', data.channelMemberships, ({ userId, channelId }) => ({ userId, channelId })),
    ...data.userRoles.map(userRole),
    ...rows('CommunityTimeout', data.communityTimeouts, ({ userId, communityId, expiresAt }) => ({
      userId,
      communityId,
      expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
    })),
    ...data.directMessageGroups.flatMap((/** @type {{ id: string, members: string[] }} */ group) =>
      rows('DirectMessageGroupMember', group.members, (userId) => ({ groupId: group.id, userId })),
    ),
  ];
}

/**
 * @param {string} table
 * @param {any[]} items
 * @param {(item: any) => Record<string, string | number | null>} toRow
 * @returns {Statement[]}
 */
function rows(table, items, toRow) {
  return items.map((item) => {
    const row = toRow(item);
    const columns = Object.keys(row);
    const marks = columns.map(() => '?');
    return {
      sql: `INSERT OR REPLACE INTO "${table}"(${columns.join(', ')}) VALUES (${marks.join(', ')})`,
      values: Object.values(row),
    };
  });
}

/**
 * @param {{ userId: string, communityId: string, role: string }} link
 * @returns {Statement}
 */
function userRole({ userId, communityId, role }) {
  return {
    sql: `INSERT OR REPLACE INTO "UserRoles"(id, userId, communityId, roleId, isInstanceRole)
      VALUES (?, ?, ?, (SELECT id FROM "Role" WHERE name = ? AND communityId IS NULL), 0)`,
    values: [`demo-${userId}-${communityId}-${role}`, userId, communityId, role],
  };
}
