/** The events of a room: what all clients get, and what a client that reconnects gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventLog, newLogId } from '../../pkg/dist/server/presence/event-log.js';
import type { Participant, Present } from '../../pkg/dist/server/presence/participant.js';

const person = (identity: string, changes: Partial<Participant> = {}): Participant => ({
  identity,
  name: identity,
  joinedAt: '2025-10-09T08:53:20.000Z',
  isServerMuted: false,
  isAgent: false,
  ...changes,
});
const room = (...participants: Participant[]): Present => ({ participants, isTruncated: false });

/** The fields of an event. */
function parsed(text: string) {
  const [, event, id, data] = /^event: (\w+)\nid: (\S+)\ndata: ([^\n]*)\n\n$/.exec(text) ?? [];
  return { event, id, data: JSON.parse(data ?? 'null') };
}

/** A client: the participants that it knows after the events. */
function applied(before: Map<string, Participant>, texts: readonly string[]): Map<string, Participant> {
  let known = new Map(before);
  for (const { event, data } of texts.map(parsed)) {
    if (event === 'snapshot') known = new Map(data.participants.map((one: Participant) => [one.identity, one]));
    else if (event === 'left') known.delete(data.identity);
    else known.set(data.identity, data);
  }
  return known;
}

test('a difference is joined, left and updated events; without a difference there is no event', () => {
  const log = new EventLog('r', { id: newLogId(), ...room(person('a'), person('b')) });
  const texts = log.apply(room(person('b', { isServerMuted: true }), person('c')));
  assert.deepEqual(
    texts.map(parsed).map(({ event, data }) => [event, data.identity]),
    [
      ['left', 'a'],
      ['updated', 'b'],
      ['joined', 'c'],
    ],
  );
  assert.deepEqual(log.apply(room(person('b', { isServerMuted: true }), person('c'))), []);
});

test('an event is one line of data, with any name', () => {
  const log = new EventLog('r', { id: newLogId(), ...room() });
  const [text = ''] = log.apply(room(person('a', { name: 'a\n\nevent: end\r\u2028data: {}' })));
  assert.equal(text.split('\n').length, 5);
  assert.equal(parsed(text).data.name, 'a\n\nevent: end\r\u2028data: {}');
});

const people = fc.uniqueArray(fc.record({ identity: fc.constantFrom(...'abcdefgh'), isServerMuted: fc.boolean() }), {
  selector: ({ identity }) => identity,
});
const steps = fc.array(fc.record({ people, isTruncated: fc.boolean(), restarts: fc.boolean() }), { maxLength: 30 });

test('a client that reconnects after any event, to the log or to a saved one, knows the same as one that stayed connected', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (all, pick) => {
      let log = new EventLog('r', { id: newLogId(), ...room() });
      let stays = applied(new Map(), log.since(undefined));
      const leaves: { id: string | undefined; known: Map<string, Participant> }[] = [];
      for (const { people, isTruncated, restarts } of all) {
        const texts = log.apply({ participants: people.map((one) => person(one.identity, one)), isTruncated });
        for (const text of texts) {
          stays = applied(stays, [text]);
          leaves.push({ id: parsed(text).id, known: stays });
        }
        if (restarts) log = new EventLog('r', JSON.parse(JSON.stringify(log.save())));
      }
      assert.deepEqual(applied(new Map(), log.since(undefined)), stays);
      const away = leaves[pick % (leaves.length || 1)];
      if (away !== undefined) assert.deepEqual(sorted(applied(away.known, log.since(away.id))), sorted(stays));
    }),
  );
});

const sorted = (known: Map<string, Participant>) =>
  [...known.values()].sort((a, b) => (a.identity < b.identity ? -1 : 1));

test('256 changes are kept, and an id of another log gets a snapshot', () => {
  const log = new EventLog('r', { id: newLogId(), ...room() });
  const [first = ''] = log.since(undefined);
  for (let n = 1; n <= 256; n += 1) log.apply(room(person('a', { name: `${n}` })));
  const { id } = parsed(first);
  assert.equal(log.since(id).length, 256);
  log.apply(room());
  assert.deepEqual(
    log
      .since(id)
      .map(parsed)
      .map(({ event }) => event),
    ['snapshot'],
  );
  const other = new EventLog('r', { id: newLogId(), ...room() });
  for (const text of [...log.since(undefined), ...other.since(undefined)]) {
    const mine = text === other.since(undefined)[0];
    assert.equal(other.since(parsed(text).id).length, mine ? 0 : 1);
  }
});
