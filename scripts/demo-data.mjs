// Turns demo-data.json into rows and SQL, for `npm start` and for the tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';

/**
 * @typedef {Record<string, string | number | null>} Row flags are 0 or 1, times are Unix seconds
 * @typedef {{ table: string, row: Row }} TableRow
 * @typedef {{ sql: string, values: (string | number | null)[] }} Statement
 */

/** The file as it is; its ids are those of the specification's examples. */
export const demoData = JSON.parse(readFileSync(join(root, 'demo-data.json'), 'utf8'));

/** The settings that a Worker with the demo data runs with. @type {Record<string, string>} */
export const demoSettings = demoData.settings;

/**
 * The rows of all tables. The default roles are not among them: the tables come with those.
 * @returns {TableRow[]}
 */
export function demoRows(data = demoData) {
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
    ...rows('UserRoles', data.userRoles, ({ userId, communityId, role }) => ({
      id: `demo-${userId}-${communityId}-${role}`,
      userId,
      communityId,
      roleId: defaultRoleId(role),
      isInstanceRole: 0,
    })),
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
 * For SQLite and D1. Loading twice changes nothing: every statement replaces the row with the same key.
 * @returns {Statement[]}
 */
export function demoStatements(data = demoData) {
  return demoRows(data).map(({ table, row }) => {
    const columns = Object.keys(row);
    const marks = columns.map(() => '?');
    return {
      sql: `INSERT OR REPLACE INTO "${table}"(${columns.join(', ')}) VALUES (${marks.join(', ')})`,
      values: Object.values(row),
    };
  });
}

/**
 * @param {string} table
 * @param {any[]} items
 * @param {(item: any) => Row} toRow
 * @returns {TableRow[]}
 */
function rows(table, items, toRow) {
  return items.map((item) => ({ table, row: toRow(item) }));
}

/**
 * As migrations/0002 and postgres/0001 name the default roles.
 * @param {string} name
 */
const defaultRoleId = (name) => `role-${name.toLowerCase().replaceAll(' ', '-')}`;
