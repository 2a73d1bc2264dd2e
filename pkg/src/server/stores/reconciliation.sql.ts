/** The statements for comparing presence with LiveKit, for SQLite and D1. */
import { KEEP_SECONDS, OVERTAKEN_SECONDS, PRUNE_ROWS, roomTimes, type Statement } from './presence.sql.js';
import type { PresenceCorrection } from './reconciliation.js';

/**
 * Seconds after which a room is due again. It is less than the timers' interval of one minute, so that a timer that
 * fires early still finds the rooms due.
 */
export const FRESH_SECONDS = 50;

/** Seconds after which a failed comparison may be retried. */
export const RETRY_SECONDS = 10;

/** Maximum number of compared connections of a room. */
export const MAX_CONNECTIONS = 10_000;

/** Maximum number of rooms with presence that are searched for due ones. */
export const MAX_ROOMS = 20_000;

/**
 * Claims a room. It is due again after `RETRY_SECONDS`, unless the comparison succeeds. A stored time in the future
 * comes from a wrong clock, and also counts as due.
 *
 * Parameters: 1 room, 2 new time, 3 latest time that is due, 4 latest possible time.
 */
export const CLAIM_SQL = `
INSERT INTO "VoiceReconciliation"(room, reconciledAt) VALUES (?1, ?2)
ON CONFLICT (room) DO UPDATE SET reconciledAt = excluded.reconciledAt
WHERE reconciledAt <= ?3 OR reconciledAt > ?4
RETURNING room`;

/** Returns the values of {@link CLAIM_SQL}, and of `CLAIM` for PostgreSQL. */
export const claimValues = (room: string, now: number): [string, number, number, number] => [
  room,
  now - FRESH_SECONDS + RETRY_SECONDS,
  now - FRESH_SECONDS,
  now + FRESH_SECONDS,
];

/** Parameter: 1 room. */
export const CONNECTIONS_SQL = `
SELECT roomSid, participantSid, changedAt FROM "VoicePresence"
WHERE room = ?1 AND isPresent = 1
ORDER BY joinedAt, identity
LIMIT ${MAX_CONNECTIONS}`;

/**
 * Selects the rooms that are due. Rooms with presence are found one by one, by seeks in an index.
 *
 * Parameters: 1 latest time that is due, 2 limit, 3 names of other rooms as JSON.
 */
export const DUE_SQL = `
WITH RECURSIVE present(room) AS (
  SELECT min(room) FROM "VoicePresence" WHERE isPresent = 1
  UNION ALL
  SELECT (SELECT min(p.room) FROM "VoicePresence" p WHERE p.isPresent = 1 AND p.room > present.room)
  FROM present WHERE present.room IS NOT NULL
  LIMIT ${MAX_ROOMS}
)
SELECT every.room AS room
FROM (SELECT room FROM present WHERE room IS NOT NULL UNION SELECT value FROM json_each(?3)) AS every
LEFT JOIN "VoiceReconciliation" r ON r.room = every.room
WHERE coalesce(r.reconciledAt, 0) <= ?1
ORDER BY coalesce(r.reconciledAt, 0), every.room
LIMIT ?2`;

/** Returns the values of {@link DUE_SQL}, and of `DUE` for PostgreSQL. */
export const dueValues = (running: readonly string[], now: number, limit: number): [number, number, string] => [
  now - FRESH_SECONDS,
  limit,
  JSON.stringify(running),
];

/** Parameter: 1 `[[roomSid, participantSid, changedAt], …]` as JSON. */
const MISSING = `
UPDATE "VoicePresence" SET isPresent = 0, isMissing = 1
FROM json_each(?1) AS m
WHERE roomSid = m.value ->> 0 AND participantSid = m.value ->> 1 AND changedAt = m.value ->> 2 AND isPresent = 1`;

/**
 * Stores participants who joined. As in `MOVE`, they are not present in a session that was overtaken.
 *
 * Parameters: 1 room, 2 roomSid, 3 `[[sid, identity, name, isAgent, joinedAt], …]` as JSON.
 */
const JOINED = `
INSERT INTO "VoicePresence"(roomSid, participantSid, room, identity, name, isAgent, isPresent, joinedAt, changedAt)
SELECT ?2, value ->> 0, ?1, value ->> 1, value ->> 2, value ->> 3, NOT EXISTS (
  SELECT 1 FROM "VoiceRoom" v
  WHERE v.room = ?1 AND CASE v.roomSid WHEN ?2 THEN v.othersChangedAt ELSE v.changedAt END > value ->> 4 + ${OVERTAKEN_SECONDS}
), value ->> 4, value ->> 4
FROM json_each(?3) WHERE NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e.roomSid = ?2)
ON CONFLICT (roomSid, participantSid) DO UPDATE SET isPresent = excluded.isPresent, isMissing = NOT excluded.isPresent
WHERE isMissing = 1`;

/** Parameters: 1 room, 2 now. */
const COMPARED = `
INSERT INTO "VoiceReconciliation"(room, reconciledAt) VALUES (?1, ?2)
ON CONFLICT (room) DO UPDATE SET reconciledAt = excluded.reconciledAt`;

/** Removes old rows. Parameter: 1 Unix second before which a row is old. */
const FORGET = `
DELETE FROM "VoiceReconciliation" WHERE rowid IN (
  SELECT rowid FROM "VoiceReconciliation" WHERE reconciledAt < ?1 ORDER BY reconciledAt LIMIT ${PRUNE_ROWS}
)`;

/** Returns the statements of a correction, for one transaction. */
export function correctionStatements(correction: PresenceCorrection, now: number): Statement[] {
  const { room, roomSid } = correction;
  const { missing, joined, latest } = correctionParameters(correction);
  return [
    ...(missing === undefined ? [] : [{ sql: MISSING, values: [missing] }]),
    ...(joined === undefined || roomSid === null
      ? []
      : [roomTimes(room, roomSid, latest), { sql: JOINED, values: [room, roomSid, joined] }]),
    { sql: COMPARED, values: [room, now] },
    { sql: FORGET, values: [now - KEEP_SECONDS] },
  ];
}

/** Serializes the lists of a correction as JSON, `undefined` for empty ones, and returns the latest time of joining. */
export function correctionParameters({ missing, joined }: PresenceCorrection) {
  const missed = missing.map(({ roomSid, participantSid, changedAt }) => [roomSid, participantSid, changedAt]);
  const came = joined.map(({ sid, identity, name, isAgent, joinedAt }) => [sid, identity, name, isAgent, joinedAt]);
  return {
    missing: missed.length === 0 ? undefined : JSON.stringify(missed),
    joined: came.length === 0 ? undefined : JSON.stringify(came),
    latest: joined.reduce((latest, { joinedAt }) => Math.max(latest, joinedAt), 0),
  };
}
