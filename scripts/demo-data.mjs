// Turns demo-data.json into rows and SQL, for `npm start` and for the tests.
import demoData from '../demo-data.json' with { type: 'json' };
import { Problem } from './lib/problem.mjs';

/**
 * @typedef {string | number | null} Value flags are 0 or 1, times are Unix seconds
 * @typedef {Record<string, Value>} Row
 */

/** The file as it is; its ids are those of the specification's examples. */
export { demoData };

/** The settings that a Worker with the demo data runs with. @type {Record<string, string>} */
export const demoSettings = demoData.settings;

/** A user of the demo by id. @param {string | undefined} id */
export function demoUser(id) {
  const user = demoData.users.find((user) => user.id === id);
  if (user !== undefined) return user;
  throw new Problem(`Name one of the demo users: npm run -s token ${demoData.users.map(({ id }) => id).join(' | ')}`);
}

/**
 * The rows by table. The default roles are not among them: the migrations insert those.
 * @returns {Record<string, Row[]>}
 */
function demoTables() {
  const { users, channels, channelMemberships, userRoles, communityTimeouts, directMessageGroups } = demoData;
  return {
    User: users.map((user) => ({ ...user, banned: Number(user.banned) })),
    Channel: channels.map((channel) => ({ ...channel, isPrivate: Number(channel.isPrivate) })),
    ChannelMembership: channelMemberships,
    UserRoles: userRoles.map(({ userId, communityId, role }) => ({
      id: `demo-${userId}-${communityId}-${role}`,
      userId,
      communityId,
      // As migrations/0002 and postgres/0001 name the default roles.
      roleId: `role-${role.toLowerCase().replaceAll(' ', '-')}`,
      isInstanceRole: 0,
    })),
    CommunityTimeout: communityTimeouts.map((timeout) => ({
      ...timeout,
      expiresAt: Math.floor(Date.parse(timeout.expiresAt) / 1000),
    })),
    DirectMessageGroupMember: directMessageGroups.flatMap(({ id, members }) =>
      members.map((userId) => ({ groupId: id, userId })),
    ),
  };
}

/** The rows of all tables. */
export const demoRows = () =>
  Object.entries(demoTables()).flatMap(([table, rows]) => rows.map((row) => ({ table, row })));

/**
 * For SQLite and D1, one statement for each table. Loading twice changes nothing: a row replaces the row with the same key.
 * @returns {{ sql: string, values: Value[] }[]}
 */
export function demoStatements() {
  return Object.entries(demoTables()).map(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {});
    const marks = `(${columns.map(() => '?').join(', ')})`;
    return {
      sql: `INSERT OR REPLACE INTO "${table}"(${columns.join(', ')}) VALUES ${rows.map(() => marks).join(', ')}`,
      values: rows.flatMap((row) => Object.values(row)),
    };
  });
}
