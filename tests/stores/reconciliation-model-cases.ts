/** However many events are lost, late or repeated: after one comparison exactly the participants in the room are present. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog } from '../../pkg/dist/server/log.js';
import { reconcileRoom } from '../../pkg/dist/server/presence/reconcile-room.js';
import { type Fate, LossyWorld, type Step } from '../support/lossy-world.ts';
import { newRoom } from '../support/presence-room.ts';
import type { Engine } from '../support/store-engines.ts';

const BEGIN = Math.floor(Date.now() / 1000) - 60 * 60;

const anyFate: fc.Arbitrary<Fate> = fc.constantFrom('delivered', 'delivered', 'delivered', 'lost', 'late', 'repeated');
const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('joins', 'joins', 'joins', 'leaves', 'leaves', 'takes over', 'all leave', 'room ends'),
  who: fc.constantFrom('a', 'b', 'c', 'd'),
  seconds: fc.constantFrom(0, 0, 1, 2, 70),
  fates: fc.array(anyFate, { minLength: 1, maxLength: 4 }),
});
const fewSteps = fc.array(anyStep, { maxLength: 2 });
/** A step, a late event, or a comparison during which other steps happen. */
const anyDoing = fc.oneof(
  { weight: 6, arbitrary: anyStep.map((step) => ({ step })) },
  { weight: 2, arbitrary: fc.nat(9).map((arrive) => ({ arrive })) },
  { weight: 1, arbitrary: fc.record({ before: fewSteps, between: fewSteps, after: fewSteps }) },
);
type Doing = { step: Step } | { arrive: number } | Record<'before' | 'between' | 'after', Step[]>;

export function reconciliationModelCases(engine: () => Engine): void {
  /** Returns the number of events. */
  async function holds(doings: readonly Doing[]): Promise<number> {
    const { store } = engine();
    const room = newRoom(store);
    // A store without kicks: joins are not checked.
    const { kick: _, ...withoutKicks } = store;
    const world = new LossyWorld(room.name, BEGIN, (event) => store.applyPresence(event));
    /** Compares. The steps happen before, between and after LiveKit's responses, and are then applied. */
    const reconcile = async ({ before = [], between = [], after = [] }: Partial<Record<string, Step[]>> = {}) => {
      const play = async (steps: readonly Step[]) => {
        for (const step of steps) await world.step(step);
      };
      const rooms = {
        async findRoom() {
          await play(before);
          const found = await world.findRoom();
          await play(between);
          return found;
        },
        async listParticipants() {
          const listed = await world.listParticipants();
          await play(after);
          return listed;
        },
      };
      const outcome = await reconcileRoom(
        {
          store: () => ({ ...withoutKicks, claimReconciliation: async () => true }),
          service: undefined as never,
          rooms: rooms as never,
          log: createLog('error'),
        },
        room.name,
      );
      assert.notEqual(outcome, 'failed');
    };
    const present = async () => (await room.present()).map(({ identity }) => identity).sort();
    for (const doing of doings) {
      if ('step' in doing) await world.step(doing.step);
      else if ('arrive' in doing) await world.arrive(doing.arrive);
      else await reconcile(doing);
    }
    await reconcile();
    assert.deepEqual(await present(), world.identities, 'after a comparison');
    await reconcile();
    assert.deepEqual(await present(), world.identities, 'after another');
    while (world.late.length > 0) await world.arrive(0);
    await reconcile();
    assert.deepEqual(await present(), world.identities, 'after all late events');
    return world.events;
  }

  test('after a comparison presence equals the room, whatever happens to events', async () => {
    const property = fc.asyncProperty(
      fc.array(anyDoing, { minLength: 1, maxLength: 25 }),
      async (doings) => void (await holds(doings)),
    );
    await fc.assert(property, { numRuns: Math.ceil(engine().runs / 3) });
  });

  test('presence equals the room after 1,000 events of which a tenth is lost', async () => {
    // On D1 fewer, as for orders: the SQL is that of SQLite, but each call takes long.
    const count = Math.ceil(850 / engine().everyOrder);
    const fates: Fate[] = ['delivered', 'delivered', 'repeated', 'late', 'delivered'];
    let seed = 20_26;
    const random = (below: number) => {
      // Park and Miller's generator: the same events each time.
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const steps = Array.from(
      { length: count },
      (_, at): Doing => ({
        step: {
          what: at % 150 === 149 ? 'room ends' : random(3) === 0 ? 'leaves' : 'joins',
          who: `user-${random(40)}`,
          seconds: random(3),
          fates: [0, 1].map(() => (random(10) === 0 ? 'lost' : (fates[random(fates.length)] ?? 'delivered'))),
        },
      }),
    );
    const comparison: Doing = { before: [], between: [], after: [] };
    const events = await holds(
      steps.flatMap((step, at): Doing[] => [step, { arrive: random(9) }, ...(at % 50 === 0 ? [comparison] : [])]),
    );
    if (engine().everyOrder === 1) assert.ok(events >= 1000, `${events} events`);
  });
}
