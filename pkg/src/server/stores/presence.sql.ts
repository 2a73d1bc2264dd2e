/**
 * Who is in a room, for SQLite and D1. Events come twice and out of order, so nothing here depends on their order: a
 * row is the greatest event about a participant, an end is an end, and the two meet only when they are read.
 *
 * The cost of an event does not grow with its room: `VoiceRoom` has the two times that an event is compared with, and each
 * statement finds its rows by an index (`tests/stores/scale-cases.ts`).
 */
import type { MuteChange, PresenceChange, PresencePage } from './store.js';

/** One statement of a transaction. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

/** Seconds for which is kept what only tells late events apart. LiveKit gives up sending one within minutes. */
export const KEEP_SECONDS = 24 * 60 * 60;

/**
 * LiveKit runs one start of a room at a time. Whoever joined one is not there any more once something has happened in
 * another so many seconds later, even if the end was never told: more than its servers' clocks differ.
 */
export const OVERTAKEN_SECONDS = 60;

/** Maximum of rows of a table that one event removes. An event makes one or two: what has piled up goes in pieces. */
export const PRUNE_ROWS = 100;

/** Participants of a page unless a reader asks for fewer. */
export const PAGE_ROWS = 1000;

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
 * A joining or leaving is kept if it is greater than what is known: later, or a leaving of the same second; the rest of
 * the comparison only makes it total. A moderator's mute is no event's business. Parameters: 1 event id, 2 roomSid,
 * 3 participantSid, 4 room, 5 identity, 6 name, 7 isPresent, 8 createdAt.
 */
const MOVE = `
INSERT INTO "VoicePresence"(roomSid, participantSid, room, identity, name, isPresent, joinedAt, changedAt)
SELECT ?2, ?3, ?4, ?5, ?6, ?7 AND NOT EXISTS (
  SELECT 1 FROM "VoiceRoom" v
  WHERE v.room = ?4 AND CASE v.roomSid WHEN ?2 THEN v.othersChangedAt ELSE v.changedAt END > ?8 + ${OVERTAKEN_SECONDS}
), CASE ?7 WHEN 1 THEN ?8 END, ?8
WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (roomSid, participantSid) DO UPDATE SET
  room = excluded.room, identity = excluded.identity, name = excluded.name, isPresent = excluded.isPresent,
  joinedAt = coalesce(excluded.joinedAt, joinedAt), changedAt = excluded.changedAt
WHERE (excluded.changedAt, NOT excluded.isPresent, excluded.identity, excluded.name)
    > (changedAt, NOT isPresent, identity, name)`;

/**
 * After a joining or leaving, of the room's other starts. Those with somebody in them are found one after another, by
 * seeks in the index: there are as many as have had events within a minute. Parameters: 1 room, 2 roomSid, 3 createdAt.
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

/** Saves readers of the room's name from its former starts. Parameters: 1 roomSid, 2 room. */
const LEAVE_ENDED = `
UPDATE "VoicePresence" SET isPresent = 0
WHERE room = ?2 AND roomSid = ?1 AND isPresent = 1 AND EXISTS (SELECT 1 FROM "VoiceRoomEnd" WHERE roomSid = ?1)`;

/** Parameters: 1 event id, 2 now. */
const REMEMBER = `INSERT INTO "WebhookEvent"(id, receivedAt) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING`;

/** What joinings and leavings leave behind. Parameter: 1 the second before which it is old. */
const PRUNE_GONE = `
DELETE FROM "VoicePresence" WHERE rowid IN (
  SELECT rowid FROM "VoicePresence" WHERE isPresent = 0 AND changedAt < ?1 ORDER BY changedAt LIMIT ${PRUNE_ROWS}
)`;
const FORGET = `
DELETE FROM "WebhookEvent" WHERE rowid IN (
  SELECT rowid FROM "WebhookEvent" WHERE receivedAt < ?1 ORDER BY receivedAt LIMIT ${PRUNE_ROWS}
)`;

/**
 * What rooms leave behind, removed when one ends. Those who are in no ended room stay; an end stays as long as a row of its
 * start. Parameter: 1 the second before which it is old.
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
 * A page of the room's participants, of a person's several joinings the latest. Parameters: 1 room, 2 and 3 joinedAt and
 * identity of the participant before the first, 4 limit. The plus keeps SQLite from looking for a person's other joinings
 * among all later ones of the room.
 */
export const PRESENCE_SQL = `
SELECT identity, name, joinedAt, isServerMuted
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
 * What a change does, to be run as one transaction.
 * @param now Unix seconds by our clock
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
  const { sid, identity, name } = participantOf(participant);
  const isPresent = Number(change.change === 'joined');
  return [
    { sql: ROOM, values: [eventId, room, roomSid, createdAt] },
    { sql: MOVE, values: [eventId, roomSid, sid, room, identity, name, isPresent, createdAt] },
    { sql: LEAVE_OVERTAKEN, values: [room, roomSid, createdAt] },
    ...prune,
  ];
}

/** The values of {@link PRESENCE_SQL}, and of its like for PostgreSQL. Before the first page there is nobody. */
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
 * The second before which rows are old: by LiveKit's clock and by ours, so that one that is fast does not make us
 * forget what the other still needs.
 */
export const horizon = (createdAt: number, now: number): number => Math.min(createdAt, now) - KEEP_SECONDS;

/** Who joined or left. */
export function participantOf(participant: PresenceChange['participant']): NonNullable<PresenceChange['participant']> {
  if (participant === null) throw new TypeError('A change of one participant names none');
  return participant;
}
