/** Values, callers and headers at random, many of them nearly right. */
import fc from 'fast-check';
import { UNAUTHORIZED, UNSUPPORTED } from './answers.ts';
import { now, userToken } from './user-token.ts';

/** Channels that user-456 may join. */
export const OPEN_CHANNELS = ['channel-abc123', 'channel-voice-123', 'channel-meeting-456', 'channel-text-1'];
export const OTHER_USERS = ['user-789', 'user-owner', 'user-banned'];

const SURROGATES = { first: 0xd800, count: 0x800 };
/** Any character of Unicode. fast-check's own, `binary`, takes a second to prepare. */
export const character = fc
  .nat(0x10ffff - SURROGATES.count)
  .map((code) => String.fromCodePoint(code < SURROGATES.first ? code : code + SURROGATES.count));

export const text = fc.oneof(
  fc.constantFrom(
    ...OPEN_CHANNELS,
    ...OPEN_CHANNELS,
    ...OTHER_USERS,
    'user-456',
    'channel-private-1',
    '',
    ' ',
    '\u0000',
  ),
  fc.string({ unit: character, maxLength: 70 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('a', '雪', '🎤', '\u200d', '\u2028', '\u202e', '\ufe0f', '\u00ad', ' ', '\u3000', '\u2800'),
    maxLength: 4,
  }),
  fc.integer({ min: 250, max: 260 }).map((length) => 'x'.repeat(length)),
);
export const number = fc.oneof(
  fc.integer({ min: -2, max: 4000 }),
  fc.integer({ min: 86_399, max: 86_402 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
export const value = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 3, arbitrary: number },
  fc.constantFrom(null, null, true, false, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Callers, and the error that each causes by itself. */
export const CREDENTIALS: Record<string, { headers: () => Record<string, string>; error?: string }> = {
  good: { headers: () => ({ Authorization: `Bearer ${userToken('user-456')}` }) },
  cookie: {
    headers: () => ({ Cookie: `access_token=${userToken('user-456')}`, 'Content-Type': 'application/json' }),
  },
  'cookie on a form': { headers: () => ({ Cookie: `access_token=${userToken('user-456')}` }), error: UNSUPPORTED },
  none: { headers: () => ({}), error: UNAUTHORIZED },
  garbage: { headers: () => ({ Authorization: 'Bearer x.y.z' }), error: UNAUTHORIZED },
  expired: {
    headers: () => ({ Authorization: `Bearer ${userToken('user-456', { exp: now() - 60 })}` }),
    error: UNAUTHORIZED,
  },
};
export const credential = fc.oneof(
  { weight: 5, arbitrary: fc.constant('good') },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(CREDENTIALS)) },
);
export const noise = fc.constantFrom<Record<string, string>>(
  {},
  { Accept: 'text/html' },
  { 'X-Forwarded-For': '127.0.0.1', 'X-HTTP-Method-Override': 'GET' },
  { Origin: 'https://evil.example', Referer: 'https://evil.example/' },
  { 'User-Agent': '' },
);
