/** A store that does what a request's header says, on every platform. */
import type { Context } from 'hono';
import { env } from 'hono/adapter';
import type { FactsQuestion, FactsRow, LivekitOptions, PresenceRow, Store } from 'livekit-edge/server';
import { changedSettings, FAULT_HEADER, type Fault, fromHeader } from './headers.ts';

type Env = { FAULT: Fault };

/** A member who may join any channel. */
const goodRow = ({ userId, channelId, groupId }: FactsQuestion): FactsRow => ({
  userId,
  role: 'USER',
  banned: 0,
  tokenRevoked: 0,
  channelId,
  isPrivate: channelId === null ? null : 0,
  isMember: 0,
  groupId,
  actions: ['JOIN_CHANNEL'],
  banActive: null,
  banEnds: null,
  timeoutEnds: null,
  identityIsUser: 0,
});

const sleep = (milliseconds: number) => new Promise<void>((wake) => setTimeout(wake, milliseconds));
const fail = (): never => {
  throw new Error('the store says: password=hunter2');
};
const circular: Record<string, unknown> = {};
circular.self = circular;

/** How a store may answer; each gets the row that would be right. */
const ANSWERS: Record<string, (row: object) => unknown> = {
  rightly: (row) => row,
  never: () => new Promise(() => {}),
  'too late': (row) => sleep(3500).then(() => row),
  'in time': (row) => sleep(20).then(() => row),
  'with an exception': fail,
  'with a rejection': () => Promise.reject(new Error('the store says: password=hunter2')),
  'with a rejection of nothing': () => Promise.reject(undefined),
  'with undefined': () => undefined,
  'with null': () => null,
  'with a number': () => 1,
  'with a text': (row) => JSON.stringify(row),
  'with a list': (row) => [row],
  'with a map': (row) => new Map(Object.entries(row)),
  'with an empty object': () => ({}),
  'with a function': () => goodRow,
  'with a BigInt': (row) => ({ ...row, timeoutEnds: 1n }),
  'with a time that is no number': (row) => ({ ...row, timeoutEnds: Number.NaN }),
  'with a row of ten megabytes': (row) => ({
    ...row,
    actions: ['JOIN_CHANNEL', ...Array(1000).fill('X'.repeat(10_000))],
  }),
  'with a circle': (row) => ({ ...row, actions: circular }),
  'with a getter that throws': (row) => ({
    ...row,
    get banned() {
      return fail();
    },
  }),
  'with a toJSON that throws': (row) => ({ ...row, toJSON: fail }),
  'with a proxy that throws': (row) => new Proxy(row, { ownKeys: fail, get: fail }),
};

/** Values that are no store. */
const OPENINGS: Record<string, () => Store> = {
  'an exception at opening': fail,
  'no store': () => undefined as unknown as Store,
  'a store without facts': () => ({}) as Store,
};

function storeFor({
  FAULT: { store = 'rightly', row: changes, without, presence, rows, moderation, moderated },
}: Env): Store {
  const opening = OPENINGS[store];
  if (opening !== undefined) return opening();
  return {
    facts(question) {
      const row: Record<string, unknown> = { ...goodRow(question), ...changes };
      if (without !== undefined) delete row[without];
      return answerOf(store, row) as Promise<FactsRow>;
    },
    ...(presence === undefined ? {} : keeping(presence, rows ?? [])),
    ...(moderation === undefined ? {} : moderating(moderation, moderated)),
  };
}

/** What a store that keeps presence does more. */
const keeping = (presence: string, rows: object) => ({
  applyPresence: async () => void (await answerOf(presence, rows)),
  presence: () => answerOf(presence, rows) as Promise<PresenceRow[]>,
});

/** What a store that keeps kicks, locks and identities does more. */
const moderating = (moderation: string, moderated: unknown) => ({
  kick: () => answerOf(moderation, moderated as object) as Promise<number>,
  setLocked: async () => void (await answerOf(moderation, {})),
  addHolder: async () => void (await answerOf(moderation, {})),
  holders: () => answerOf(moderation, moderated as object) as Promise<string[]>,
});

function answerOf(name: string, right: object): unknown {
  const answer = ANSWERS[name];
  if (answer === undefined) throw new Error(`No such fault: ${name}`);
  return answer(right);
}

/** Whether `crypto` has random bytes to give to the request that came last. */
let hasRandomness = true;
const getRandomValues = crypto.getRandomValues.bind(crypto);
crypto.getRandomValues = (array) => (hasRandomness ? getRandomValues(array) : fail());

/** The options of an endpoint on that store. */
export const faulty: LivekitOptions<Env> = {
  store: storeFor,
  settings(context: Context) {
    const fault = fromHeader<Fault>(context.req.raw, FAULT_HEADER);
    hasRandomness = fault.noRandomness !== true;
    return { ...changedSettings(context.req.raw, env(context)), FAULT: fault };
  },
};
