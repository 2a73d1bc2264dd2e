// The demo data fits the migrations: loaded twice into an empty database, nothing is missing and nothing is doubled.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { demoData, demoStatements } from '../../scripts/demo-data.mjs';
import { migrations } from '../../scripts/serve/migrations.mjs';

function loaded(times: number) {
  const db = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) db.exec(sql);
  for (let time = 0; time < times; time += 1) {
    for (const { sql, values } of demoStatements()) db.prepare(sql).run(...values);
  }
  return db;
}

test('loading again changes nothing', () => {
  const db = loaded(2);
  const count = (table: string) => db.prepare(`SELECT count(*) AS n FROM "${table}"`).get()?.n;
  assert.equal(count('User'), demoData.users.length);
  assert.equal(count('Channel'), demoData.channels.length);
  assert.equal(count('ChannelMembership'), demoData.channelMemberships.length);
  assert.equal(count('UserRoles'), demoData.userRoles.length);
  assert.equal(count('CommunityTimeout'), demoData.communityTimeouts.length);
  assert.equal(count('DirectMessageGroupMember'), 2);
});

test('flags are 0 or 1, times are whole seconds, roles are found by name', () => {
  const db = loaded(1);
  assert.equal(db.prepare(`SELECT banned FROM "User" WHERE id = 'user-banned'`).get()?.banned, 1);
  assert.equal(db.prepare(`SELECT banned FROM "User" WHERE id = 'user-456'`).get()?.banned, 0);
  assert.equal(db.prepare('SELECT expiresAt FROM CommunityTimeout').get()?.expiresAt, 4_070_908_800);
  const role = db.prepare(`SELECT roleId FROM UserRoles WHERE userId = 'user-mod'`).get();
  assert.equal(role?.roleId, 'role-moderator');
});
