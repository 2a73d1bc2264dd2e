// Rows as SQLite has them (flags 0 or 1, times in Unix seconds, actions as JSON text), written as PostgreSQL wants them.

/**
 * @typedef {Record<string, string | number | null>} Row
 * @typedef {string | boolean | number | null} Value
 * @typedef {{ sql: string, values: Value[] }} Statement
 */

const FLAGS = [
  'banned',
  'isPrivate',
  'isDefault',
  'isInstanceRole',
  'active',
  'isPresent',
  'isServerMuted',
  'isAgent',
  'isMissing',
];
/** Arrays of actions. */
const LISTS = ['actions', 'allow', 'deny'];
/** Of these tables `expiresAt` is a time of Prisma's; elsewhere times are Unix seconds here, too. */
const WITH_TIMES = ['CommunityBan', 'CommunityTimeout'];

/** What makes two rows the same one. @type {Record<string, string[][]>} */
const KEYS = {
  User: [['id'], ['username']],
  Channel: [['id'], ['communityId', 'name']],
  ChannelMembership: [['userId', 'channelId']],
  Role: [['id']],
  UserRoles: [['id'], ['userId', 'communityId', 'roleId']],
  DirectMessageGroupMember: [['groupId', 'userId']],
  ChannelPermissionOverwrite: [['id']],
  RevokedToken: [['jti']],
  RevokedSession: [['sid']],
  UserTokenCutoff: [['userId']],
  CommunityBan: [['communityId', 'userId']],
  CommunityTimeout: [['communityId', 'userId']],
  VoicePresence: [['roomSid', 'participantSid']],
  VoiceRoom: [['room']],
  VoiceRoomEnd: [['roomSid']],
  VoiceReconciliation: [['room']],
  WebhookEvent: [['id']],
  VoiceKick: [['channelId', 'subject']],
  VoiceLock: [['channelId']],
  VoiceIdentity: [['room', 'identity', 'userId']],
  VoiceRecording: [['egressId']],
  VoiceRecordingClaim: [['room'], ['id']],
};

/**
 * What SQLite's INSERT OR REPLACE does: whatever has one of the row's keys goes. To be run in one transaction.
 * @param {string} table
 * @param {Row} row
 * @returns {Statement[]}
 */
export function replaceRow(table, row) {
  const keys = (KEYS[table] ?? []).filter((key) => key.every((column) => row[column] != null));
  const columns = Object.keys(row);
  const marks = columns.map((_, index) => `$${index + 1}`);
  return [
    ...keys.map((key) => deleteRows(table, Object.fromEntries(key.map((column) => [column, row[column] ?? null])))),
    {
      sql: `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${marks.join(', ')})`,
      values: columns.map((column) => convert(table, column, row[column] ?? null)),
    },
  ];
}

/**
 * @param {string} table
 * @param {Row} set
 * @param {Row} where
 * @returns {Statement}
 */
export function updateRows(table, set, where) {
  const columns = Object.keys(set);
  const changes = columns.map((column, index) => `"${column}" = $${index + 1}`);
  const condition = conditionOf(where, columns.length);
  return {
    sql: `UPDATE "${table}" SET ${changes.join(', ')}${condition}`,
    values: [...valuesOf(table, set), ...valuesOf(table, where)],
  };
}

/**
 * @param {string} table
 * @param {Row} [where] all if not given
 * @returns {Statement}
 */
export function deleteRows(table, where = {}) {
  return { sql: `DELETE FROM "${table}"${conditionOf(where, 0)}`, values: valuesOf(table, where) };
}

/**
 * @param {Row} where
 * @param {number} before how many parameters there are already
 */
function conditionOf(where, before) {
  const tests = Object.keys(where).map((column, index) => `"${column}" IS NOT DISTINCT FROM $${before + index + 1}`);
  return tests.length > 0 ? ` WHERE ${tests.join(' AND ')}` : '';
}

/** @param {string} table @param {Row} row */
const valuesOf = (table, row) => Object.entries(row).map(([column, value]) => convert(table, column, value));

/**
 * @param {string} table
 * @param {string} column
 * @param {string | number | null} value
 * @returns {Value}
 */
function convert(table, column, value) {
  if (value === null) return null;
  if (FLAGS.includes(column)) return Boolean(value);
  if (LISTS.includes(column)) return `{${JSON.parse(String(value)).join(',')}}`;
  if (column === 'expiresAt' && WITH_TIMES.includes(table)) return new Date(Number(value) * 1000).toISOString();
  return value;
}
