/**
 * The statements of presence, for SQLite and D1. LiveKit may send events repeatedly and out of order, so that nothing
 * depends on their order: a row contains the greatest event about a participant, the end of a session is a separate
 * row, and queries combine the two.
 *
 * The cost of an event does not depend on the size of its room: `VoiceRoom` contains the two times that an event is
 * compared with, and each statement finds its rows by an index (`tests/stores/scale.test.ts`).
 */
import type { MuteChange, PresenceChange, PresencePage } from './store.js';

/** A statement with its values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

/**
 * Seconds for which old rows are stored, to recognize delayed events. LiveKit stops repeating an event within minutes.
 */
export const KEEP_SECONDS = 24 * 60 * 60;

/**
 * Seconds after which an event of another session of a room ends this session, in case the event of its end was lost.
 * LiveKit runs one session of a room at a time. The clocks of its servers differ by less.
 */
export const OVERTAKEN_SECONDS = 60;

/**
 * Maximum number of rows of a table that one event removes. An event adds at most two rows, so that the number of old
 * rows decreases.
 */
export const PRUNE_ROWS = 100;

/** Default number of participants of a page. */
const PAGE_ROWS = 1000;

/**
 * Updates the latest times of the room's sessions.
 *
 * Parameters: 1 event id, 2 room, 3 roomSid, 4 createdAt.
 */
const ROOM = `
INSERT INTO "VoiceRoom"(room, roomSid, changedAt)
SELECT ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (room) DO UPDATE SET
  roomSid = CASE WHEN excluded.changedAt > changedAt THEN excluded.roomSid ELSE roomSid END,
  changedAt = max(changedAt, excluded.changedAt),
  othersChangedAt = CASE
    WHEN excluded.roomSid = roomSid THEN othersChangedAt
    WHEN excluded.changedAt > changedAt THEN changedAt
    ELSE max(coalesce(othersChangedAt, excluded.changedAt), excluded.changedAt)
  END
WHERE excluded.changedAt > CASE WHEN excluded.roomSid = roomSid THEN changedAt ELSE coalesce(othersChangedAt, -1) END`;

/**
 * Stores a join or leave if it is greater than the row: later, or a leave in the same second. The rest of the
 * comparison only makes the order total. No event changes a moderator's mute. A join does not restore a connection that
 * was missing in a later list of LiveKit.
 *
 * Parameters: 1 event id, 2 roomSid, 3 participantSid, 4 room, 5 identity, 6 name, 7 isPresent, 8 createdAt, 9 isAgent.
 */
const MOVE = `
INSERT INTO "VoicePresence"(roomSid, participantSid, room, identity, name, isAgent, isPresent, joinedAt, changedAt)
SELECT ?2, ?3, ?4, ?5, ?6, ?9, ?7 AND NOT EXISTS (
  SELECT 1 FROM "VoiceRoom" v
  WHERE v.room = ?4 AND CASE v.roomSid WHEN ?2 THEN v.othersChangedAt ELSE v.changedAt END > ?8 + ${OVERTAKEN_SECONDS}
), CASE ?7 WHEN 1 THEN ?8 END, ?8
WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (roomSid, participantSid) DO UPDATE SET
  room = excluded.room, identity = excluded.identity, name = excluded.name, isAgent = excluded.isAgent,
  isPresent = excluded.isPresent AND NOT isMissing, isMissing = isMissing AND ?7,
  joinedAt = coalesce(excluded.joinedAt, joinedAt), changedAt = excluded.changedAt
WHERE (excluded.changedAt, NOT excluded.isPresent, excluded.identity, excluded.name)
    > (changedAt, NOT (isPresent OR isMissing), identity, name)`;

/**
 * Ends the room's other sessions after a join or leave, except those with events in the last minute. Sessions with
 * participants are found one by one, by seeks in the index.
 *
 * Parameters: 1 room, 2 roomSid, 3 createdAt.
 */
const LEAVE_OVERTAKEN = `
WITH RECURSIVE start(roomSid) AS (
  SELECT min(roomSid) FROM "VoicePresence" WHERE room = ?1 AND isPresent = 1
  UNION ALL
  SELECT (SELECT min(p.roomSid) FROM "VoicePresence" p WHERE p.room = ?1 AND p.isPresent = 1 AND p.roomSid > start.roomSid)
  FROM start WHERE start.roomSid IS NOT NULL
)
UPDATE "VoicePresence" SET isPresent = 0
WHERE room = ?1 AND isPresent = 1 AND changedAt < ?3 - ${OVERTAKEN_SECONDS}
  AND roomSid IN (SELECT start.roomSid FROM start WHERE start.roomSid <> ?2)`;

/** Parameters: 1 event id, 2 roomSid, 3 createdAt. */
const END = `
INSERT INTO "VoiceRoomEnd"(roomSid, endedAt)
SELECT ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (roomSid) DO UPDATE SET endedAt = max(endedAt, excluded.endedAt)`;

/** Marks the participants of an ended session, so that queries do not read them. Parameters: 1 roomSid, 2 room. */
const LEAVE_ENDED = `
UPDATE "VoicePresence" SET isPresent = 0
WHERE room = ?2 AND roomSid = ?1 AND isPresent = 1 AND EXISTS (SELECT 1 FROM "VoiceRoomEnd" WHERE roomSid = ?1)`;

/** Parameters: 1 event id, 2 now. */
const REMEMBER = `INSERT INTO "WebhookEvent"(id, receivedAt) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING`;

/** Removes old rows of participants who left, and of events. Parameter: 1 Unix second before which a row is old. */
const PRUNE_GONE = `
DELETE FROM "VoicePresence" WHERE rowid IN (
  SELECT rowid FROM "VoicePresence" WHERE isPresent = 0 AND changedAt < ?1 ORDER BY changedAt LIMIT ${PRUNE_ROWS}
)`;
const FORGET = `
DELETE FROM "WebhookEvent" WHERE rowid IN (
  SELECT rowid FROM "WebhookEvent" WHERE receivedAt < ?1 ORDER BY receivedAt LIMIT ${PRUNE_ROWS}
)`;

/**
 * Removes old rows of rooms when a room ends. Rows of a session that has not ended stay, and the row of an end stays as
 * long as other rows of its session.
 *
 * Parameter: 1 Unix second before which a row is old.
 */
const PRUNE_ROOMS = [
  `DELETE FROM "VoicePresence" WHERE rowid IN (
    SELECT p.rowid FROM (SELECT roomSid FROM "VoiceRoomEnd" WHERE endedAt < ?1 ORDER BY endedAt LIMIT ${PRUNE_ROWS}) AS e
    CROSS JOIN "VoicePresence" p ON p.roomSid = e.roomSid LIMIT ${PRUNE_ROWS}
  )`,
  `DELETE FROM "VoiceRoomEnd" WHERE rowid IN (
    SELECT e.rowid FROM "VoiceRoomEnd" e WHERE e.endedAt < ?1 ORDER BY e.endedAt LIMIT ${PRUNE_ROWS}
  ) AND NOT EXISTS (SELECT 1 FROM "VoicePresence" p WHERE p.roomSid = "VoiceRoomEnd".roomSid)`,
  `DELETE FROM "VoiceRoom" WHERE rowid IN (
    SELECT rowid FROM "VoiceRoom" WHERE changedAt < ?1 ORDER BY changedAt LIMIT ${PRUNE_ROWS}
  )`,
];

/**
 * Selects a page of the room's participants; of several joins of one identity the latest. The plus sign makes SQLite
 * look up the other joins by identity, instead of among all later ones of the room.
 *
 * Parameters: 1 room, 2 and 3 joinedAt and identity of the participant before the page, 4 limit.
 */
export const PRESENCE_SQL = `
SELECT identity, name, joinedAt, isServerMuted, isAgent
FROM "VoicePresence" p
WHERE room = ?1 AND isPresent = 1 AND (joinedAt, identity) > (?2, ?3)
  AND NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e.roomSid = p.roomSid)
  AND NOT EXISTS (
    SELECT 1 FROM "VoicePresence" q
    WHERE q.room = p.room AND q.identity = p.identity AND q.isPresent = 1
      AND (+q.joinedAt, q.roomSid, q.participantSid) > (p.joinedAt, p.roomSid, p.participantSid)
      AND NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e.roomSid = q.roomSid)
  )
ORDER BY joinedAt, identity
LIMIT ?4`;

/** Parameters: 1 room, 2 identity, 3 participantSid, 4 isServerMuted, 5 askedAt. */
export const MUTE_SQL = `
UPDATE "VoicePresence" SET isServerMuted = ?4, muteAskedAt = ?5
WHERE room = ?1 AND identity = ?2 AND participantSid = ?3 AND isPresent = 1 AND coalesce(muteAskedAt, ?5) <= ?5`;

/**
 * Returns the statement that updates the room's times as a join or leave at the time `at` does. Events never have an
 * empty id.
 */
export const roomTimes = (room: string, roomSid: string, at: number): Statement => ({
  sql: ROOM,
  values: ['', room, roomSid, at],
});

/**
 * Returns the statements of a change, for one transaction.
 *
 * @param now - current time in Unix seconds, by the endpoint's clock
 */
export function presenceStatements(change: PresenceChange, now: number): Statement[] {
  const { eventId, createdAt, roomSid, room, participant } = change;
  const old = horizon(createdAt, now);
  const prune = [
    { sql: PRUNE_GONE, values: [old] },
    { sql: FORGET, values: [now - KEEP_SECONDS] },
    { sql: REMEMBER, values: [eventId, now] },
  ];
  if (change.change === 'ended') {
    return [
      { sql: END, values: [eventId, roomSid, createdAt] },
      { sql: LEAVE_ENDED, values: [roomSid, room] },
      ...PRUNE_ROOMS.map((sql) => ({ sql, values: [old] })),
      ...prune,
    ];
  }
  const { sid, identity, name, isAgent } = requireParticipant(participant);
  const isPresent = Number(change.change === 'joined');
  return [
    { sql: ROOM, values: [eventId, room, roomSid, createdAt] },
    {
      sql: MOVE,
      values: [eventId, roomSid, sid, room, identity, name, isPresent, createdAt, Number(isAgent ?? false)],
    },
    { sql: LEAVE_OVERTAKEN, values: [room, roomSid, createdAt] },
    ...prune,
  ];
}

/**
 * Returns the values of {@link PRESENCE_SQL}, and of `PRESENCE` for PostgreSQL. The first page starts after a time that
 * precedes every participant.
 */
export const pageValues = (room: string, page: PresencePage = {}): [string, number, string, number] => [
  room,
  page.after?.joinedAt ?? -1,
  page.after?.identity ?? '',
  page.limit ?? PAGE_ROWS,
];

/** Returns the values of {@link MUTE_SQL}. */
export const muteValues = ({ room, identity, participantSid, isServerMuted, askedAt }: MuteChange) =>
  [room, identity, participantSid, Number(isServerMuted), askedAt] as const;

/**
 * Returns the Unix second before which rows are old, by the slower one of LiveKit's clock and the endpoint's, so that a
 * fast clock does not remove rows that are still needed.
 */
export const horizon = (createdAt: number, now: number): number => Math.min(createdAt, now) - KEEP_SECONDS;

/** Returns the participant of a join or leave. Throws if it is `null`. */
export function requireParticipant(
  participant: PresenceChange['participant'],
): NonNullable<PresenceChange['participant']> {
  if (participant === null) throw new TypeError('A change of one participant names none');
  return participant;
}
