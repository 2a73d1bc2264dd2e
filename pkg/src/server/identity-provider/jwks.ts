/** A user token of an identity provider → its payload, once its signature was checked (RFC 7515, RFC 7517). */
import { compactVerify, decodeProtectedHeader } from 'jose';
import { createException, type LivekitException } from '../../exception.js';
import { readJwks } from './jwks-answer.js';
import { type Algorithm, canonicalName, type Header, type KeySet, keySet } from './jwks-set.js';

/** Checks signatures by the keys of one identity provider. */
export interface Jwks {
  /**
   * The payload of a token whose signature is right: a text that is no claim set yet. Throws 401 for any other token,
   * 503 where the provider's keys are needed and cannot be had.
   */
  verify(token: string): Promise<string>;
}

/** Which tokens count, and what the outside world is, for tests. */
export interface JwksOptions {
  /** The only algorithms, whatever a token or a key says. Each has one kind of key, and none of them a shared secret. */
  readonly algorithms: readonly Algorithm[];
  /** Asks the provider; the runtime's `fetch` unless set. */
  readonly fetch?: typeof fetch;
  /** Unix milliseconds; `Date.now` unless set. */
  readonly now?: () => number;
}

const MINUTE = 60_000;
/** Keys this old are asked for again. */
const FRESH_MS = 10 * MINUTE;
/** Keys older than this are dropped, even while the provider is down: a key that it withdrew lives no longer. */
const MAX_AGE_MS = 60 * MINUTE;
/** The provider is asked once in this time, whoever asks for which key and whatever it answered. */
const COOLDOWN_MS = MINUTE;
/** The same where no keys are held, and so nobody gets in. */
const RETRY_MS = 5000;
/** An attempt that has run this long will not end: a Worker is stopped when its client goes away. */
const ABANDONED_MS = 2500;
const POLL_MS = 10;
const MAX_TOKEN_LENGTH = 16 * 1024;

/** Canonical base64url of at least one byte. */
const PART = String.raw`(?=[\w-])(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?`;
const COMPACT = new RegExp(String.raw`^${PART}\.${PART}\.${PART}$`);
/** JWTs and access tokens (RFC 9068); what says it is another thing, as a logout token does, is no user token. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i;

/** One question to the provider. */
interface Attempt {
  readonly startedAt: number;
  /** `undefined` while it runs. */
  result?: 'done' | 'jwks_unreachable' | 'jwks_invalid';
}

/** Checks tokens by the keys at `url` (`JWT_JWKS_URL`). Throws 500 for a URL that is not safe to ask. Asks nothing yet. */
export function createJwks(url: string, { algorithms, fetch: ask, now = () => Date.now() }: JwksOptions): Jwks {
  const address = safeUrl(url);
  const names = algorithms.map(({ name }) => name);
  let held: { keys: KeySet; readAt: number } | undefined;
  let last: Attempt | undefined;

  /**
   * Of several requests one asks, and the others look whether it has been answered, each by a timer of its own: on
   * Workers no request may await another one's promise.
   */
  async function keyFor(header: Header): Promise<CryptoKey> {
    for (;;) {
      const time = now();
      if (held !== undefined && !isWithin(held.readAt, MAX_AGE_MS, time)) held = undefined;
      const known = held;
      const key = await known?.keys(header);
      if (known !== held) continue;
      if (key !== undefined && known !== undefined && isWithin(known.readAt, FRESH_MS, time)) return key;
      if (last?.result !== undefined && isWithin(last.startedAt, known === undefined ? RETRY_MS : COOLDOWN_MS, time)) {
        if (key !== undefined) return key;
        throw last.result === 'done' ? unauthorized('unknown_key') : unavailable(last.result);
      }
      if (last !== undefined && last.result === undefined && isWithin(last.startedAt, ABANDONED_MS, time)) await poll();
      else await refresh(time);
    }
  }

  async function refresh(startedAt: number): Promise<void> {
    const attempt: Attempt = { startedAt };
    last = attempt;
    const text = await readJwks(address, ask);
    const keys = text === undefined ? undefined : keySet(text, algorithms);
    attempt.result = text === undefined ? 'jwks_unreachable' : keys === undefined ? 'jwks_invalid' : 'done';
    // A later attempt knows better. The age counts from the question, when the keys were surely listed.
    if (last === attempt && keys !== undefined) held = { keys, readAt: startedAt };
  }

  return {
    async verify(token) {
      const header = headerOf(token, names);
      const key = await keyFor(header);
      try {
        const { payload } = await compactVerify(token, key, { algorithms: [header.alg] });
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
      } catch {
        throw unauthorized('signature');
      }
    },
  };
}

/** The header of a token that is worth asking for its key. Nothing of it is believed before the signature was checked. */
function headerOf(token: string, algorithms: readonly string[]): Header {
  if (token === '') throw unauthorized('missing');
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) throw unauthorized('malformed');
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw unauthorized('malformed');
  }
  const { alg, kid, typ, crit, b64 } = header;
  if (typeof alg === 'string' && !algorithms.includes(canonicalName(alg))) throw unauthorized('algorithm');
  const isPlain =
    typeof alg === 'string' &&
    (kid === undefined || typeof kid === 'string') &&
    (typ === undefined || (typeof typ === 'string' && TYPE.test(typ))) &&
    // Extensions that must be understood (RFC 7515 section 4.1.11), and a payload that is not encoded (RFC 7797).
    crit === undefined &&
    b64 === undefined;
  if (!isPlain) throw unauthorized('header');
  return kid === undefined ? { alg } : { alg, kid };
}

/** Plain http only to this machine. Credentials would end up in logs. */
function safeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || isLocal) || url.username !== '' || url.password !== '') {
    throw createException('not_configured', 'JWT_JWKS_URL is not an https URL without credentials');
  }
  return url.href;
}

/** Whether `time` is in the span from `start`; a clock that was set back is not. */
const isWithin = (start: number, span: number, time: number): boolean => time >= start && time < start + span;

const poll = (): Promise<void> => new Promise((wake) => setTimeout(wake, POLL_MS));

const unauthorized = (reason: string): LivekitException => createException('unauthorized', 'Unauthorized', { reason });

const unavailable = (reason: string): LivekitException =>
  createException('identity_provider_unavailable', 'Service Unavailable', { reason });
