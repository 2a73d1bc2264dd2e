/** Repeated and reordered events: in every order, the same participants are present. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PresenceChange } from 'livekit-edge/server';
import { presentIn } from '../support/presence-model.ts';
import { newRoom, type Told } from '../support/presence-room.ts';
import type { Engine } from '../support/store-engines.ts';

/** Sequences of at most five events: all orders of each are tried. */
const SCENARIOS: Record<string, Told[]> = {
  'join, leave, rejoin with a new sid': [
    { change: 'joined', at: 10, sid: 'a1' },
    { change: 'left', at: 20, sid: 'a1' },
    { change: 'joined', at: 20, sid: 'a2' },
    { change: 'joined', at: 21, sid: 'b1' },
  ],
  'the same events sent again': [
    { change: 'joined', at: 10, sid: 'a1', id: 'j' },
    { change: 'joined', at: 10, sid: 'a1', id: 'j' },
    { change: 'left', at: 11, sid: 'a1', id: 'l' },
    { change: 'left', at: 11, sid: 'a1', id: 'l' },
    { change: 'joined', at: 12, sid: 'b1' },
  ],
  'the room ends, a join of it is reported, and it starts again': [
    { change: 'joined', at: 10, sid: 'a1' },
    { change: 'ended', at: 30 },
    { change: 'joined', at: 31, sid: 'b1' },
    { change: 'joined', at: 40, sid: 'a2', start: '2' },
    { change: 'joined', at: 41, sid: 'c1', start: '2' },
  ],
  'the end of a start is lost, and one of its events is late': [
    { change: 'joined', at: 10, sid: 'a1' },
    { change: 'joined', at: 20, sid: 'b1' },
    { change: 'joined', at: 75, sid: 'c1', start: '2' },
    { change: 'left', at: 76, sid: 'c1', start: '2' },
    { change: 'joined', at: 79, sid: 'd1', start: '2' },
  ],
  'joins and leaves with one sid, all in two seconds': [
    { change: 'joined', at: 10, sid: 'a1', name: 'first' },
    { change: 'left', at: 10, sid: 'a1' },
    { change: 'joined', at: 11, sid: 'a1', name: 'second' },
    { change: 'joined', at: 11, sid: 'a1', name: 'third' },
    { change: 'joined', at: 11, sid: 'b1' },
  ],
};
/** All kinds of events together. */
const ALL: Told[] = [
  { change: 'joined', at: 10, sid: 'a1', id: 'x' },
  { change: 'joined', at: 10, sid: 'a1', id: 'x' },
  { change: 'left', at: 20, sid: 'a1' },
  { change: 'joined', at: 20, sid: 'a2' },
  { change: 'joined', at: 25, sid: 'b1' },
  { change: 'ended', at: 30 },
  { change: 'joined', at: 31, sid: 'c1' },
  { change: 'joined', at: 40, sid: 'b2', start: '2' },
];
/** Rooms that get events at the same time. */
const AT_ONCE = 20;

const anyEvent: fc.Arbitrary<Told> = fc.record(
  {
    change: fc.constantFrom('joined', 'joined', 'left', 'ended'),
    at: fc.constantFrom(1, 2, 3, 4, 5, 62, 63, 64, 130),
    start: fc.constantFrom('1', '2'),
    sid: fc.constantFrom('a1', 'a2', 'b1', 'é1'),
    name: fc.constantFrom('Z', 'a', 'é'),
    id: fc.constantFrom('x', 'y'),
  },
  { requiredKeys: ['change', 'at', 'start', 'sid', 'name'] },
);

export function presenceOrderCases(engine: () => Engine): void {
  /** Sends these events to a new room in this order, and compares with the model. */
  async function holds(told: readonly Told[], all: readonly Told[] = told): Promise<void> {
    const { store } = engine();
    const room = newRoom(store);
    const events = asEvents(room.event, told);
    for (const event of events) await store.applyPresence(event);
    const expected = presentIn(room.name, asEvents(room.event, all));
    const present = (await room.present()).map(({ identity, name, joinedAt }) => ({ identity, name, joinedAt }));
    assert.deepEqual(present, expected, JSON.stringify(told));
  }

  for (const [what, events] of Object.entries(SCENARIOS)) {
    test(`all orders: ${what}`, async () => {
      const orders = [...permutations(events)].filter((_, index) => index % engine().everyOrder === 0);
      for (let from = 0; from < orders.length; from += AT_ONCE) {
        await Promise.all(orders.slice(from, from + AT_ONCE).map((order) => holds(order)));
      }
    });
  }

  test('many orders of all kinds of events have the same result', async () => {
    const order = fc.shuffledSubarray(ALL, { minLength: ALL.length });
    await fc.assert(
      fc.asyncProperty(order, (told) => holds(told)),
      { numRuns: engine().runs },
    );
  });

  test('random events have the same result in their order and in another', async () => {
    const anyEvents = fc.array(anyEvent, { maxLength: 12 }).map(distinct);
    const property = fc.asyncProperty(
      anyEvents.chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
      ),
      async ([events, shuffled]) => {
        await holds(events);
        await holds([...shuffled, ...shuffled.slice(0, 3)], events);
      },
    );
    await fc.assert(property, { numRuns: engine().runs });
  });

  test('concurrent events have the same result', async () => {
    const { store } = engine();
    const rooms = Array.from({ length: 10 }, () => newRoom(store));
    const told = rooms.map((room) => asEvents(room.event, ALL));
    const [first = []] = told;
    // Every event of every room, and those of one room three times.
    await Promise.all([...told.flat(), ...first, ...first].map((event) => store.applyPresence(event)));
    for (const room of rooms) assert.equal(await room.listed(), 'b@40');
  });

  test('a room that ends during joins has the same result', async () => {
    const { store } = engine();
    for (let count = 0; count < 10; count++) {
      const room = newRoom(store);
      const joining = Array.from({ length: 6 }, (_, at) => room.event({ change: 'joined', at, sid: `${at}` }));
      const ends = [room.event({ change: 'ended', at: 50 }), room.event({ change: 'ended', at: 51 })];
      await Promise.all([...joining, ...ends].map((event) => store.applyPresence(event)));
      assert.equal(await room.listed(), '');
    }
  });
}

/** Events with their own ids, so that a repeated one has the same id. */
const asEvents = (event: (told: Told) => PresenceChange, told: readonly Told[]): PresenceChange[] =>
  told.map((one) => {
    const { id = JSON.stringify(one), sid, ...rest } = one;
    return event({ ...rest, id, ...(rest.change === 'ended' || sid === undefined ? {} : { sid }) });
  });

/** Events; two with the same id are the same event. */
function distinct(events: Told[]): Told[] {
  const first = new Map<string, Told>();
  return events.map((event) => {
    if (event.id === undefined) return event;
    if (!first.has(event.id)) first.set(event.id, event);
    return first.get(event.id) ?? event;
  });
}

function* permutations<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length <= 1) yield [...items];
  for (const [index, item] of items.entries()) {
    const others = items.filter((_, other) => other !== index);
    for (const rest of permutations(others)) yield [item, ...rest];
  }
}
