/**
 * Presence, for SQLite and D1. Events are repeated and out of order, so nothing depends on their order: a row is the greatest
 * event about a participant, an end is a row of its own, and a query combines the two.
 *
 * The cost of an event does not grow with its room: `VoiceRoom` has the two times that an event is compared with, and each
 * statement finds its rows by an index (`tests/stores/scale.test.ts`).
 */
import type { MuteChange, PresenceChange, PresencePage } from './store.js';

/** One statement of a transaction. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

/** Seconds for which old rows are kept to recognize late events. LiveKit stops repeating one within minutes. */
export const KEEP_SECONDS = 24 * 60 * 60;

/**
 * Seconds after which an event of another start of a room ends this one, should the event of its end be lost: LiveKit runs
 * one start of a room at a time. It is more than the clocks of its servers differ.
 */
export const OVERTAKEN_SECONDS = 60;

/** Maximum number of rows of a table that one event removes. An event adds one or two, so that old rows become fewer. */
export const PRUNE_ROWS = 100;

/** Default number of participants of a page. */
const PAGE_ROWS = 1000;

/**
 * The latest times of the room's starts. Parameters: 1 event id, 2 room, 3 roomSid, 4 createdAt.
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
 * A join or leave is stored if it is greater than the row: later, or a leave of the same second; the rest of the comparison
 * only makes the order total. No event changes a moderator's mute. A join does not bring back a connection that LiveKit did not
 * list after it. Parameters: 1 event id, 2 roomSid, 3 participantSid, 4 room, 5 identity, 6 name, 7 isPresent, 8 createdAt,
 * 9 isAgent.
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
 * After a join or leave, ends the room's other starts. Those with participants are found one after another, by seeks in the
 * index: only those that have had events within a minute are left. Parameters: 1 room, 2 roomSid, 3 createdAt.
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

/** Marks the participants of an ended start, so that queries do not read them. Parameters: 1 roomSid, 2 room. */
const LEAVE_ENDED = `
UPDATE "VoicePresence" SET isPresent = 0
WHERE room = ?2 AND roomSid = ?1 AND isPresent = 1 AND EXISTS (SELECT 1 FROM "VoiceRoomEnd" WHERE roomSid = ?1)`;

/** Parameters: 1 event id, 2 now. */
const REMEMBER = `INSERT INTO "WebhookEvent"(id, receivedAt) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING`;

/** Removes old rows of participants who left, and of events. Parameter: 1 the second before which a row is old. */
const PRUNE_GONE = `
DELETE FROM "VoicePresence" WHERE rowid IN (
  SELECT rowid FROM "VoicePresence" WHERE isPresent = 0 AND changedAt < ?1 ORDER BY changedAt LIMIT ${PRUNE_ROWS}
)`;
const FORGET = `
DELETE FROM "WebhookEvent" WHERE rowid IN (
  SELECT rowid FROM "WebhookEvent" WHERE receivedAt < ?1 ORDER BY receivedAt LIMIT ${PRUNE_ROWS}
)`;

/**
 * Removes old rows of rooms when one ends. Rows of a start that has not ended stay, and an end stays as long as a row of its
 * start. Parameter: 1 the second before which a row is old.
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
 * A page of the room's participants; of several joins of one identity the latest. Parameters: 1 room, 2 and 3 joinedAt and
 * identity of the participant before the first, 4 limit. The plus makes SQLite look up the other joins by identity, and not
 * among all later ones of the room.
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

/** As a join or leave at that time in a start of a room changes the room's times. No event has an empty id. */
export const timesOfRoom = (room: string, roomSid: string, at: number): Statement => ({
  sql: ROOM,
  values: ['', room, roomSid, at],
});

/**
 * The statements of a change, to be run as one transaction.
 *
 * @param now - Unix seconds by our clock
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
  const { sid, identity, name, isAgent } = participantOf(participant);
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

/** The values of {@link PRESENCE_SQL}, and of `PRESENCE` for PostgreSQL. No participant is before the first page. */
export const pageValues = (room: string, page: PresencePage = {}): [string, number, string, number] => [
  room,
  page.after?.joinedAt ?? -1,
  page.after?.identity ?? '',
  page.limit ?? PAGE_ROWS,
];

/** The values of {@link MUTE_SQL}. */
export const muteValues = ({ room, identity, participantSid, isServerMuted, askedAt }: MuteChange) =>
  [room, identity, participantSid, Number(isServerMuted), askedAt] as const;

/**
 * The second before which rows are old, by the slower of LiveKit's clock and ours: a fast clock must not remove rows that
 * are still needed.
 */
export const horizon = (createdAt: number, now: number): number => Math.min(createdAt, now) - KEEP_SECONDS;

/** The participant who joined or left. */
export function participantOf(participant: PresenceChange['participant']): NonNullable<PresenceChange['participant']> {
  if (participant === null) throw new TypeError('A change of one participant names none');
  return participant;
}
