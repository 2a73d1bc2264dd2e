/** Options of the endpoint: rate limits that do what a request's header says. */
import { env } from 'hono/adapter';
import { HTTPException } from 'hono/http-exception';
import type { LivekitOptions, RateLimiter, RateLimits } from 'livekit-edge/server';
import { ADDRESS_HEADER, changedSettings, fromHeader, LIMITS_HEADER, type Limit, type Limits } from './headers.ts';

const counts = new Map<string, number>();

const fail = (): never => {
  throw new Error('the limiter says: password=hunter2');
};
const refusal = (retryAfter?: unknown) => () => ({ success: false, retryAfter });

/** What a limiter may say. */
const SAYINGS: Record<string, () => unknown> = {
  no: refusal(),
  'no, 0 s': refusal(0),
  'no, 0.2 s': refusal(0.2),
  'no, 7 s': refusal(7),
  'no, 7.2 s': refusal(7.2),
  'no, -5 s': refusal(-5),
  'no, 1e12 s': refusal(1e12),
  'no, NaN s': refusal(Number.NaN),
  'no, Infinity s': refusal(Number.POSITIVE_INFINITY),
  'no, a text': refusal('7\r\nSet-Cookie: a=b'),
  'no, null': refusal(null),
  'no, a BigInt': refusal(7n),
  exception: fail,
  rejection: () => Promise.reject(new Error('the limiter says: password=hunter2')),
  'rejection of nothing': () => Promise.reject(undefined),
  'an exception that is no error': () => {
    throw 'password=hunter2';
  },
  undefined: () => undefined,
  null: () => null,
  'a text': () => 'password=hunter2',
  'an empty object': () => ({}),
  'a success that is a number': () => ({ success: 0 }),
  'a success that is a text': () => ({ success: 'false' }),
  'a getter that throws': () => ({
    get success() {
      return fail();
    },
  }),
  never: () => new Promise(() => {}),
  'too late': () => new Promise((resolve) => setTimeout(() => resolve({ success: false }), 1500)),
  'a rejection too late': () => new Promise((_, reject) => setTimeout(() => reject(new Error('hunter2')), 1200)),
  'in time': () => new Promise((resolve) => setTimeout(() => resolve({ success: false }), 20)),
};

const limiterOf = (limit: Limit | undefined): RateLimiter | undefined =>
  limit && {
    async limit(key) {
      if ('says' in limit) return (SAYINGS[limit.says] ?? fail)() as Awaited<ReturnType<RateLimiter['limit']>>;
      const name = `${limit.name} ${key}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return { success: count <= limit.lets };
    },
  };

function limitsOf({ user, address, unbound }: Limits): RateLimits {
  if (unbound === true) return fail();
  return { user: limiterOf(user), address: limiterOf(address) };
}

/** A room for which the application chooses a LiveKit server that there is not. */
export const ROOM_OF_NO_SERVER = 'channel-of-no-server';

/** Settings of a request. */
interface LimitedEnv {
  LIMITS: Limits;
  /** `refuse`: the function that chooses a server throws a status of its own. */
  CHOICE?: string;
}

/** The limits, the address, and the settings of a request, all from its headers. */
export const limited = {
  settings: (context) => {
    const settings = changedSettings(context.req.raw, env<Record<string, unknown>>(context));
    return { ...settings, LIMITS: fromHeader<Limits>(context.req.raw, LIMITS_HEADER) };
  },
  rateLimit: ({ LIMITS }: LimitedEnv) => limitsOf(LIMITS),
  chooseServer: (room, { CHOICE }) => {
    if (CHOICE === 'refuse') throw new HTTPException(418, { message: 'No server' });
    return room === ROOM_OF_NO_SERVER ? 'nowhere' : undefined;
  },
  clientAddress: (context) => {
    const address = context.req.header(ADDRESS_HEADER);
    return address === 'throws' ? fail() : address;
  },
} satisfies Omit<LivekitOptions<LimitedEnv>, 'store'>;
