/** The statements of moderation, for SQLite and D1. */
import {
  type HoldersQuestion,
  type IssuedIdentity,
  KEEP_HELD_SECONDS,
  type KickChange,
  type LiftedKick,
  type LockChange,
  MAX_HOLDERS,
} from './moderation.js';
import { PRUNE_ROWS, type Statement } from './presence.sql.js';

/** SQL: the holders of the identity `identity` in the room `room`. */
const heldBy = (room: string, identity: string, since: string): string => `
  SELECT userId FROM "VoiceIdentity"
  WHERE room = ${room} AND identity = ${identity} AND issuedAt >= min(${since}, (
    SELECT max(issuedAt) FROM "VoiceIdentity" WHERE room = ${room} AND identity = ${identity}
  ))`;

/** Parameters: 1 channelId, 2 identity, 3 until, 4 byUserId, 5 createdAt, 6 heldSince. */
const KICK = `
INSERT INTO "VoiceKick"(channelId, subject, until, byUserId, createdAt)
SELECT ?1, subject, ?3, ?4, ?5 FROM (SELECT ?2 AS subject UNION ALL ${heldBy('?1', '?2', '?6')}) WHERE true
ON CONFLICT (channelId, subject) DO UPDATE SET
  until = excluded.until, byUserId = excluded.byUserId, createdAt = excluded.createdAt
WHERE excluded.until > until`;

/**
 * Deletes the kicks of users who were kicked together with the identity. They are stored as holders of the identity,
 * and their kick has the same end, moderator and time.
 *
 * Parameters: 1 channelId, 2 identity.
 */
const LIFT_OF_HOLDERS = `
DELETE FROM "VoiceKick" WHERE channelId = ?1 AND subject <> ?2
  AND subject IN (SELECT userId FROM "VoiceIdentity" WHERE room = ?1 AND identity = ?2)
  AND (until, byUserId, createdAt) = (
    SELECT until, byUserId, createdAt FROM "VoiceKick" WHERE channelId = ?1 AND subject = ?2
  )`;

/** Parameters: 1 channelId, 2 identity. */
const LIFT = 'DELETE FROM "VoiceKick" WHERE channelId = ?1 AND subject = ?2';

/** Parameters: 1 channelId, 2 identity. */
export const KICKED_UNTIL_SQL = 'SELECT until FROM "VoiceKick" WHERE channelId = ?1 AND subject = ?2';

/** Parameter: 1 now. */
const PRUNE_KICKS = `
DELETE FROM "VoiceKick" WHERE rowid IN (
  SELECT rowid FROM "VoiceKick" WHERE until < ?1 ORDER BY until LIMIT ${PRUNE_ROWS}
)`;

/** Parameters: 1 channelId, 2 lockedAt, 3 byUserId. */
const LOCK = `
INSERT INTO "VoiceLock"(channelId, lockedAt, byUserId) VALUES (?1, ?2, ?3) ON CONFLICT (channelId) DO NOTHING`;

/** Parameter: 1 channelId. */
const UNLOCK = 'DELETE FROM "VoiceLock" WHERE channelId = ?1';

/** Parameters: 1 room, 2 identity, 3 userId, 4 issuedAt. */
const HOLD = `
INSERT INTO "VoiceIdentity"(room, identity, userId, issuedAt) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (room, identity, userId) DO UPDATE SET issuedAt = max(issuedAt, excluded.issuedAt)`;

/** Removes old rows. Parameter: 1 Unix second before which rows are old. */
const PRUNE_HOLDERS = `
DELETE FROM "VoiceIdentity" WHERE rowid IN (
  SELECT rowid FROM "VoiceIdentity" WHERE issuedAt < ?1 ORDER BY issuedAt LIMIT ${PRUNE_ROWS}
)`;

/** Selects the ids of the holders, the last first. Parameters: 1 room, 2 identity, 3 heldSince. */
export const HOLDERS_SQL = `${heldBy('?1', '?2', '?3')} ORDER BY issuedAt DESC, userId LIMIT ${MAX_HOLDERS}`;

/** Returns the statements of a kick, for one transaction. */
export const kickStatements = (change: KickChange): Statement[] => [
  {
    sql: KICK,
    values: [change.channelId, change.identity, change.until, change.byUserId, change.createdAt, change.heldSince],
  },
  { sql: PRUNE_KICKS, values: [change.createdAt] },
];

/** Returns the statements that end a kick, for one transaction. */
export const liftStatements = ({ channelId, identity }: LiftedKick): Statement[] =>
  [LIFT_OF_HOLDERS, LIFT].map((sql) => ({ sql, values: [channelId, identity] }));

/** Returns the statement that locks or unlocks a channel. */
export const lockStatement = ({ channelId, isLocked, byUserId, changedAt }: LockChange): Statement =>
  isLocked ? { sql: LOCK, values: [channelId, changedAt, byUserId] } : { sql: UNLOCK, values: [channelId] };

/** Returns the statements that store a holder, for one transaction. */
export const holderStatements = ({ room, identity, userId, issuedAt, heldSince }: IssuedIdentity): Statement[] => [
  { sql: HOLD, values: [room, identity, userId, issuedAt] },
  { sql: PRUNE_HOLDERS, values: [heldSince - KEEP_HELD_SECONDS] },
];

/** Returns the values of {@link HOLDERS_SQL}. */
export const holdersValues = ({ room, identity, heldSince }: HoldersQuestion): [string, string, number] => [
  room,
  identity,
  heldSince,
];
