/** An application's own table of grants, which gives what a request's header says, on every platform. */
import type { GrantFacts, Grants } from 'livekit-edge/server';
import type { Table } from './headers.ts';

const fail = (): never => {
  throw new Error('the table says: password=hunter2');
};
const circular: Record<string, unknown> = { canPublish: true };
circular.canSubscribe = circular;
let readings = 0;

class Muted {
  get canPublish() {
    return false;
  }
}

/** Answers that JSON has no way to say. */
const SAYINGS: Record<string, (facts: GrantFacts) => unknown> = {
  undefined: () => undefined,
  exception: fail,
  rejection: () => Promise.reject(new Error('the table says: password=hunter2')),
  'an exception that is no error': () => {
    throw 'password=hunter2';
  },
  'a promise': () => new Promise((resolve) => setTimeout(() => resolve({ canPublish: false }), 20)),
  'nothing, for ever': () => new Promise(() => {}),
  'a function': () => fail,
  'a symbol': () => Symbol('hunter2'),
  'a BigInt': () => 1n,
  'a map': () => new Map([['canPublish', true]]),
  'a circle': () => circular,
  NaN: () => ({ canPublish: Number.NaN }),
  'a hole': () => ({ canPublishSources: Array(1) }),
  'a getter that throws': () => ({
    get canPublish() {
      return fail();
    },
  }),
  'a getter that throws no error': () => ({
    get canPublish() {
      throw 'password=hunter2';
    },
  }),
  'a getter that changes its mind': () => ({
    get roomAdmin() {
      readings += 1;
      return readings % 2 === 0;
    },
  }),
  'a toJson that throws': () => ({ toJson: fail }),
  'a toJson that asks for more': () => ({ toJson: () => ({ roomCreate: true }) }),
  'a then that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: what await meets
    get then() {
      return fail();
    },
  }),
  'a proxy that throws': () => new Proxy({}, { ownKeys: fail, get: fail, has: fail }),
  'a hidden member': () => Object.defineProperty({ canPublish: false }, 'roomCreate', { value: true }),
  'a hidden denial': () => Object.defineProperty({}, 'canPublish', { value: false }),
  'an inherited member': () => Object.create({ roomCreate: true }),
  'an inherited denial': () => new Muted(),
  'changed facts': (facts) => {
    Object.assign(facts, { userId: 'user-owner', isOwner: true, kind: 'x' });
    return { canPublish: false };
  },
};

/** The table that a request asks for; `seen` gets what it is asked with. */
export const tableOf =
  ({ grant, says }: Partial<Table>, seen: (facts: unknown) => void): Grants =>
  (facts) => {
    seen(structuredClone(facts));
    return (says === undefined ? grant : (SAYINGS[says] ?? fail)(facts)) as ReturnType<Grants>;
  };
