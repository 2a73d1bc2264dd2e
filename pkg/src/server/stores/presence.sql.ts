/**
 * Who is in a room, for SQLite and D1. Events come twice and out of order, so nothing here depends on their order: a
 * row is the greatest event about a participant, an end is an end, and the two meet only when they are read.
 */
import type { PresenceChange } from './store.js';

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

/**
 * A joining or leaving is kept if it is greater than what is known: later, or a leaving of the same second; the rest of
 * the comparison only makes it total. A moderator's mute is no event's business. Parameters: 1 event id, 2 roomSid,
 * 3 participantSid, 4 room, 5 identity, 6 name, 7 isPresent, 8 createdAt.
 */
const MOVE = `
INSERT INTO "VoicePresence"(roomSid, participantSid, room, identity, name, isPresent, joinedAt, changedAt)
SELECT ?2, ?3, ?4, ?5, ?6, ?7, CASE ?7 WHEN 1 THEN ?8 END, ?8
WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (roomSid, participantSid) DO UPDATE SET
  room = excluded.room, identity = excluded.identity, name = excluded.name, isPresent = excluded.isPresent,
  joinedAt = coalesce(excluded.joinedAt, joinedAt), changedAt = excluded.changedAt
WHERE (excluded.changedAt, NOT excluded.isPresent, excluded.identity, excluded.name)
    > (changedAt, NOT isPresent, identity, name)`;

/** After a joining or leaving, of its room's starts. Parameter: 1 room. */
const LEAVE_OVERTAKEN = `
UPDATE "VoicePresence" AS p SET isPresent = 0
WHERE room = ?1 AND isPresent = 1 AND EXISTS (
  SELECT 1 FROM "VoicePresence" q
  WHERE q.room = ?1 AND q.roomSid <> p.roomSid AND q.changedAt > p.changedAt + ${OVERTAKEN_SECONDS}
)`;

/** Parameters: 1 event id, 2 roomSid, 3 createdAt. */
const END = `
INSERT INTO "VoiceRoomEnd"(roomSid, endedAt)
SELECT ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM "WebhookEvent" WHERE id = ?1)
ON CONFLICT (roomSid) DO UPDATE SET endedAt = max(endedAt, excluded.endedAt)`;

/** Saves readers of the room's name from its former starts. Parameter: 1 roomSid. */
const LEAVE_ENDED = `
UPDATE "VoicePresence" SET isPresent = 0
WHERE roomSid = ?1 AND isPresent = 1 AND EXISTS (SELECT 1 FROM "VoiceRoomEnd" WHERE roomSid = ?1)`;

/** Parameters: 1 event id, 2 now. */
const REMEMBER = `INSERT INTO "WebhookEvent"(id, receivedAt) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING`;

/** Parameter of each: 1 the second before which everything is old. Those who are in no ended room stay. */
const PRUNE = [
  `DELETE FROM "VoicePresence" WHERE isPresent = 0 AND changedAt < ?1`,
  `DELETE FROM "VoicePresence" WHERE roomSid IN (SELECT roomSid FROM "VoiceRoomEnd" WHERE endedAt < ?1)`,
  `DELETE FROM "VoiceRoomEnd" WHERE endedAt < ?1`,
];
const FORGET = `DELETE FROM "WebhookEvent" WHERE receivedAt < ?1`;

/** The room's participants, of a person's several joinings the latest. Parameter: 1 room. */
export const PRESENCE_SQL = `
SELECT identity, name, joinedAt, isServerMuted
FROM (
  SELECT p.*, row_number() OVER (PARTITION BY identity ORDER BY joinedAt DESC, roomSid DESC, participantSid DESC) AS nth
  FROM "VoicePresence" p
  WHERE p.room = ?1 AND p.isPresent = 1 AND NOT EXISTS (SELECT 1 FROM "VoiceRoomEnd" e WHERE e.roomSid = p.roomSid)
)
WHERE nth = 1
ORDER BY joinedAt, identity`;

/** Parameters: 1 room, 2 identity, 3 isServerMuted. */
export const MUTE_SQL = `
UPDATE "VoicePresence" SET isServerMuted = ?3 WHERE room = ?1 AND identity = ?2 AND isPresent = 1`;

/**
 * What a change does, to be run as one transaction.
 * @param now Unix seconds by our clock
 */
export function presenceStatements(change: PresenceChange, now: number): Statement[] {
  const { eventId, createdAt, roomSid, room, participant } = change;
  const remember = { sql: REMEMBER, values: [eventId, now] };
  if (change.change === 'ended') {
    const old = horizon(createdAt, now);
    return [
      { sql: END, values: [eventId, roomSid, createdAt] },
      { sql: LEAVE_ENDED, values: [roomSid] },
      ...PRUNE.map((sql) => ({ sql, values: [old] })),
      { sql: FORGET, values: [now - KEEP_SECONDS] },
      remember,
    ];
  }
  const { sid, identity, name } = participantOf(participant);
  const isPresent = Number(change.change === 'joined');
  return [
    { sql: MOVE, values: [eventId, roomSid, sid, room, identity, name, isPresent, createdAt] },
    { sql: LEAVE_OVERTAKEN, values: [room] },
    remember,
  ];
}

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
