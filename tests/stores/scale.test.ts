/** The cost of an event and of a page of participants: the same in a room of 100 and of 3,000. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { D1PreparedStatement } from '@cloudflare/workers-types';
import type { PresenceChange } from 'livekit-edge/server';
import { type D1, d1Store } from 'livekit-edge/stores/d1';
import postgres from 'postgres';
import { factsSql } from '../../pkg/dist/server/stores/facts.sql.js';
import { WHOLE_LAYOUT } from '../../pkg/dist/server/stores/layouts.js';
import {
  HOLDERS_SQL,
  holderStatements,
  KICKED_UNTIL_SQL,
  kickStatements,
  lockStatement,
} from '../../pkg/dist/server/stores/moderation.sql.js';
import { END, MOVE, MUTE, PRESENCE } from '../../pkg/dist/server/stores/postgres.sql.js';
import { COMPARED, CONNECTIONS, DUE, JOINED } from '../../pkg/dist/server/stores/postgres-reconciliation.sql.js';
import { ROOM_KIND, ROOMS_OF_USER } from '../../pkg/dist/server/stores/postgres-rooms.sql.js';
import {
  MUTE_SQL,
  muteValues,
  PRESENCE_SQL,
  pageValues,
  presenceStatements,
} from '../../pkg/dist/server/stores/presence.sql.js';
import {
  CLAIM_SQL,
  CONNECTIONS_SQL,
  claimValues,
  correctionParameters,
  correctionStatements,
  DUE_SQL,
  dueValues,
} from '../../pkg/dist/server/stores/reconciliation.sql.js';
import { ROOM_KIND_SQL, ROOMS_OF_USER_SQL } from '../../pkg/dist/server/stores/rooms.sql.js';
import { migrations } from '../../scripts/serve/migrations.mjs';
import { startWorker } from '../support/d1.ts';
import { supportScript } from '../support/endpoint.ts';
import { createTables, startPostgres } from '../support/postgres/server.mjs';

const NOW = Math.floor(Date.now() / 1000);
const DAY = 24 * 60 * 60;
/** Maximum number of rows of tables and indexes that an event or a page of ten may read. */
const MOST = 120;
const ROOMS = { small: 100, large: 3000 } as const;
type Size = keyof typeof ROOMS;

/** The rows of a room: participants, as many who have left, some of a start whose end was lost, and some in a start that has ended. */
function* rowsOf(room: Size): Generator<(string | number | null)[]> {
  for (let at = 0; at < ROOMS[room]; at++) {
    const row = (start: string, isPresent: number, changedAt: number) =>
      [`RM_${room}_${start}`, `PA_${at}`, room, `i-${at}`, '', isPresent, changedAt - at, changedAt - at] as const;
    yield [...row('now', 1, NOW)];
    yield [...row('before', 0, NOW - DAY / 2)];
  }
}
const MUTED = { room: 'large', identity: 'i-5', participantSid: 'PA_5', isServerMuted: true, askedAt: 1 };
/** A place in the middle of a room's participants. */
const AFTER = { joinedAt: NOW - 1500, identity: 'i-1500' };
const COLUMNS = ['roomSid', 'participantSid', 'room', 'identity', 'name', 'isPresent', 'joinedAt', 'changedAt'];

const participant = (room: Size, count: number) => ({ sid: `PA_new_${count}`, identity: `new-${count}`, name: room });

/** Every kind of event, one after another. */
function* eventsIn(room: Size): Generator<[what: string, PresenceChange]> {
  let events = 0;
  const event = (
    change: PresenceChange['change'],
    createdAt: number,
    start = 'now',
    count = events,
  ): PresenceChange => {
    events += 1;
    const who = change === 'ended' ? null : participant(room, count);
    return {
      eventId: `EV_${room}_${events}`,
      createdAt,
      change,
      room,
      roomSid: `RM_${room}_${start}`,
      participant: who,
    };
  };
  yield ['a joining', event('joined', NOW + 1, 'now', 1)];
  yield ['a joining that comes late', event('joined', NOW - 3000)];
  yield ['a leaving', event('left', NOW + 2, 'now', 1)];
  yield ['a leaving that comes again', { ...event('left', NOW + 2, 'now', 1), eventId: `EV_${room}_3` }];
  yield ['a late event of a former start', event('joined', NOW - DAY / 3, 'before')];
  yield ['the end of a former start', event('ended', NOW, 'before')];
}

/** The difference that a comparison finds: two have left, and two have joined. */
const correctionIn = (room: Size, from = 0) => ({
  room,
  roomSid: `RM_${room}_now`,
  missing: [from, from + 1].map((at) => ({
    roomSid: `RM_${room}_now`,
    participantSid: `PA_${at}`,
    changedAt: NOW - at,
  })),
  joined: [1, 2].map((at) => ({ ...participant(room, 1000 + from + at), isAgent: false, joinedAt: NOW })),
});

describe('SQLite finds every row by an index', () => {
  const db = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) db.exec(sql);
  const [, change] = eventsIn('small').next().value as [string, PresenceChange];
  const statements = [
    ...presenceStatements(change, NOW),
    ...presenceStatements({ ...change, change: 'ended', participant: null }, NOW),
    { sql: PRESENCE_SQL, values: pageValues('small') },
    { sql: MUTE_SQL, values: muteValues({ ...MUTED, room: 'small' }) },
    { sql: CLAIM_SQL, values: claimValues('small', NOW) },
    { sql: CONNECTIONS_SQL, values: ['small'] },
    ...correctionStatements(correctionIn('small'), NOW),
    ...kickStatements({ channelId: 'c', identity: 'i', until: 2, byUserId: 'm', createdAt: 1, heldSince: 0 }),
    ...[true, false].map((isLocked) => lockStatement({ channelId: 'c', isLocked, byUserId: 'm', changedAt: 1 })),
    ...holderStatements({ room: 'c', identity: 'i', userId: 'u', issuedAt: 1, heldSince: 0 }),
    { sql: KICKED_UNTIL_SQL, values: [] },
    { sql: HOLDERS_SQL, values: [] },
    { sql: factsSql(WHOLE_LAYOUT), values: [] },
  ];

  for (const { sql } of statements) {
    test(sql.trim().split('\n')[0] ?? '', () => {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
      for (const { detail } of plan) {
        // A scan of a list in the statement itself, or of an index that order and limit bound.
        const isBounded = /^SCAN ((start|e|CONSTANT ROW|\d+|\(subquery-\d+\))$|(m|json_each) VIRTUAL TABLE)/.test(
          detail,
        );
        if (/^SCAN/.test(detail)) assert.ok(isBounded, `${detail}\n${sql}`);
        assert.doesNotMatch(detail, /TEMP B-TREE/, sql);
      }
    });
  }
});

test('SQLite finds a user’s rooms, and the kind of a room, by indexes', () => {
  const db = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) db.exec(sql);
  for (const sql of [ROOMS_OF_USER_SQL, ROOM_KIND_SQL]) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    for (const { detail } of plan)
      assert.doesNotMatch(detail, /^SCAN (VoicePresence|VoiceIdentity|p\b|Channel|Direct)/, sql);
  }
});

test('D1 reads as many rows in a large room as in a small one', async () => {
  const worker = await startWorker({ entry: supportScript('empty-worker.ts'), demo: false });
  let read = 0;
  const counted: D1 = {
    prepare: (sql) => worker.db.prepare(sql) as unknown as ReturnType<D1['prepare']>,
    async batch(statements) {
      const results = await worker.db.batch(statements as unknown as D1PreparedStatement[]);
      read = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
      return results;
    },
  };
  try {
    const store = d1Store(counted);
    for (const room of Object.keys(ROOMS) as Size[]) {
      const values = COLUMNS.map((_, at) => `value ->> ${at}`);
      await worker.db
        .prepare(`INSERT INTO "VoicePresence" (${COLUMNS.join(', ')}) SELECT ${values.join(', ')} FROM json_each(?)`)
        .bind(JSON.stringify([...rowsOf(room)]))
        .run();
      await worker.db.prepare(`INSERT INTO "VoiceRoom" VALUES ('${room}', 'RM_${room}_now', ${NOW}, NULL)`).run();
    }
    for (const [[what, small], [, large]] of zip(eventsIn('small'), eventsIn('large'))) {
      await store.applyPresence?.(small);
      const few = read;
      await store.applyPresence?.(large);
      assert.ok(few > 0 && read <= few + 20 && read <= MOST, `${what}: ${few}, ${read}`);
    }
    for (const after of [null, AFTER]) {
      const found = await worker.db
        .prepare(PRESENCE_SQL)
        .bind(...pageValues('large', { after, limit: 10 }))
        .all();
      assert.equal(found.results.length, 10);
      assert.ok(found.meta.rows_read <= MOST, `a page: ${found.meta.rows_read}`);
    }
    for (const room of Object.keys(ROOMS) as Size[]) {
      const { meta, results } = await worker.db.prepare(CONNECTIONS_SQL).bind(room).all();
      assert.ok(results.length >= ROOMS[room] - 1, `${results.length} connections`);
      // Each row of the index and of the table, and none of participants who have left.
      assert.ok(meta.rows_read <= 2 * results.length + 20, `connections: ${meta.rows_read}`);
    }
    await store.correctPresence?.(correctionIn('small', 10), NOW);
    const few = read;
    await store.correctPresence?.(correctionIn('large', 10), NOW);
    assert.ok(few > 0 && read <= few + 20 && read <= MOST, `a correction: ${few}, ${read}`);
    const due = await worker.db
      .prepare(DUE_SQL)
      .bind(...dueValues([], NOW + 100, 10))
      .all();
    assert.deepEqual([due.results.length, due.meta.rows_read <= MOST], [2, true], 'which rooms are due');
    const muted = await worker.db
      .prepare(MUTE_SQL)
      .bind(...muteValues(MUTED))
      .all();
    assert.deepEqual([muted.meta.changes > 0, muted.meta.rows_read <= MOST], [true, true], 'a mute');
    const rooms = await worker.db.prepare(ROOMS_OF_USER_SQL).bind('i-5', 10).all();
    assert.deepEqual([rooms.results.length, rooms.meta.rows_read <= MOST], [2, true], 'the rooms of a user');
  } finally {
    await worker.stop();
  }
});

test('PostgreSQL reads as many rows in a large room as in a small one', async () => {
  const server = await startPostgres();
  await createTables(server.url);
  const sql = postgres(server.url, { max: 1, fetch_types: false, onnotice: () => {} });
  /** Rows that the nodes of a plan have read. */
  async function rows(text: string, values: (string | number | boolean | null)[]): Promise<number> {
    const answers = await sql.unsafe(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values, { prepare: true });
    const [{ 'QUERY PLAN': plans }] = answers as unknown as [{ 'QUERY PLAN': [{ Plan: Plan }] }];
    return looked(plans[0].Plan);
  }
  try {
    for (const room of Object.keys(ROOMS) as Size[]) {
      const all = [...rowsOf(room)].map((row) => Object.fromEntries(COLUMNS.map((name, at) => [name, row[at]])));
      await sql.unsafe(
        `INSERT INTO "VoicePresence" (${COLUMNS.map((name) => `"${name}"`).join(', ')})
        SELECT "roomSid", "participantSid", room, identity, name, "isPresent" = 1, "joinedAt", "changedAt"
        FROM json_to_recordset($1::text::json) AS r("roomSid" text, "participantSid" text, room text, identity text, name text,
          "isPresent" int, "joinedAt" bigint, "changedAt" bigint)`,
        [JSON.stringify(all)],
      );
      await sql`INSERT INTO "VoiceRoom" VALUES (${room}, ${`RM_${room}_now`}, ${NOW}, NULL)`;
    }
    await sql`ANALYZE`;
    const asked = ({ eventId, roomSid, createdAt, room, participant: who, change }: PresenceChange) => {
      const shared = [eventId, NOW, NOW - DAY, NOW - DAY, roomSid, createdAt, room];
      return who === null
        ? rows(END, shared)
        : rows(MOVE, [...shared, who.sid, who.identity, who.name, change === 'joined', false]);
    };
    for (const [[what, small], [, large]] of zip(eventsIn('small'), eventsIn('large'))) {
      const few = await asked(small);
      const many = await asked(large);
      assert.ok(few > 0 && many <= few + 20 && many <= MOST, `${what}: ${few}, ${many}`);
    }
    for (const after of [null, AFTER]) {
      const page = await rows(PRESENCE, pageValues('large', { after, limit: 10 }));
      assert.ok(page <= MOST, `a page: ${page}`);
    }
    const corrected = async (room: Size) => {
      const { missing = '[]', joined = '[]', latest } = correctionParameters(correctionIn(room, 10));
      const came = await rows(JOINED, [room, latest, joined, NOW - DAY, `RM_${room}_now`]);
      return came + (await rows(COMPARED, [missing, room, NOW]));
    };
    const few = await corrected('small');
    const many = await corrected('large');
    assert.ok(few > 0 && many <= few + 20 && many <= MOST, `a correction: ${few}, ${many}`);
    // Each row once in each of the six nodes of the plan, and none of participants who have left.
    const connections = await rows(CONNECTIONS, ['small']);
    assert.ok(connections <= 6 * ROOMS.small + 20, `connections: ${connections}`);
    const due = await rows(DUE, dueValues([], NOW + 100, 10));
    assert.ok(due <= MOST, `which rooms are due: ${due}`);
    const { room, identity, participantSid, isServerMuted, askedAt } = MUTED;
    const muted = await rows(MUTE, [room, identity, participantSid, isServerMuted, askedAt]);
    assert.ok(muted > 0 && muted <= 10, `a mute: ${muted}`);
    const rooms = await rows(ROOMS_OF_USER, ['i-5', 10]);
    assert.ok(rooms > 0 && rooms <= MOST, `the rooms of a user: ${rooms}`);
    assert.ok((await rows(ROOM_KIND, ['large'])) <= 10, 'what a room is');
  } finally {
    await sql.end();
    await server.stop();
  }
});

/** A node of PostgreSQL's plan, with the counted fields. */
interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

function looked(plan: Plan): number {
  const removed = ['Filter', 'Join Filter', 'Index Recheck'] as const;
  const out = removed.reduce((sum, what) => sum + (plan[`Rows Removed by ${what}`] ?? 0), plan['Actual Rows']);
  const inner = (plan.Plans ?? []).reduce((sum, child) => sum + looked(child), 0);
  return out * plan['Actual Loops'] + inner;
}

function* zip<One, Other>(ones: Iterable<One>, others: Iterable<Other>): Generator<[One, Other]> {
  const rest = others[Symbol.iterator]();
  for (const one of ones) {
    const { value, done } = rest.next();
    assert.ok(!done);
    yield [one, value];
  }
}
