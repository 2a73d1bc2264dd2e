/** A user token of an identity provider → its payload, after its signature was verified (RFC 7515, RFC 7517). */
import { createException, type LivekitException } from '../../exception.js';
import { readJwks } from './jwks-answer.js';
import { type Algorithm, canonicalName, type Header, type Jose, type KeySet, keySet } from './jwks-set.js';

/** Verifies signatures with the keys of one identity provider. */
export interface Jwks {
  /**
   * The payload of a token whose signature is valid; its claims are not checked. Throws 401 for any other token, 503 if the
   * provider's keys are needed and unavailable.
   */
  verify(token: string): Promise<string>;
}

/** Options of {@link createJwks}; `fetch` and `now` are for tests. */
export interface JwksOptions {
  /** The only algorithms that are accepted. Each has one kind of key, and none a shared secret. */
  readonly algorithms: readonly Algorithm[];
  /** Fetches the keys; the default is the runtime's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Unix milliseconds; the default is `Date.now`. */
  readonly now?: () => number;
}

const MINUTE = 60_000;
/** Age after which keys are fetched again. */
const FRESH_MS = 10 * MINUTE;
/** Maximum age of keys, even while the provider is down: it may have withdrawn one. */
const MAX_AGE_MS = 60 * MINUTE;
/** Minimum time between two fetches, whatever key is needed and whatever the result was. */
const COOLDOWN_MS = MINUTE;
/** The same while no keys are cached, so that every token is refused. */
const RETRY_MS = 5000;
/** Time after which an attempt counts as abandoned: a Worker is stopped when its client disconnects. */
const ABANDONED_MS = 2500;
const POLL_MS = 10;
const MAX_TOKEN_LENGTH = 16 * 1024;

/** Canonical base64url of at least one byte. */
const PART = String.raw`(?=[\w-])(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?`;
const COMPACT = new RegExp(String.raw`^${PART}\.${PART}\.${PART}$`);
/** `typ` of JWTs and access tokens (RFC 9068). A token of another type, such as a logout token, is refused. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i;

/** One fetch of the keys. */
interface Attempt {
  readonly startedAt: number;
  /** `undefined` while it runs. */
  result?: 'done' | 'jwks_unreachable' | 'jwks_invalid';
}

/** Verifies tokens with the keys at `url` (`JWT_JWKS_URL`), which the first token fetches. Throws 500 for an unsafe URL. */
export function createJwks(url: string, { algorithms, fetch: ask, now = () => Date.now() }: JwksOptions): Jwks {
  const address = safeUrl(url);
  const names = algorithms.map(({ name }) => name);
  let held: { keys: KeySet; readAt: number } | undefined;
  let last: Attempt | undefined;

  /**
   * One of several requests fetches the keys, and the others poll, each with its own timer: on Workers no request may await
   * another one's promise.
   */
  async function keyFor(header: Header, jose: Jose): Promise<CryptoKey> {
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
      else await refresh(time, jose);
    }
  }

  async function refresh(startedAt: number, jose: Jose): Promise<void> {
    const attempt: Attempt = { startedAt };
    last = attempt;
    const text = await readJwks(address, ask);
    const keys = text === undefined ? undefined : keySet(text, algorithms, jose);
    attempt.result = text === undefined ? 'jwks_unreachable' : keys === undefined ? 'jwks_invalid' : 'done';
    // The result of a later attempt is kept. The age counts from the start, when the keys were certainly listed.
    if (last === attempt && keys !== undefined) held = { keys, readAt: startedAt };
  }

  return {
    async verify(token) {
      // jose is an ES module, which a CommonJS program cannot load in any other way.
      const jose = await import('./jose.js');
      const header = headerOf(token, names, jose);
      const key = await keyFor(header, jose);
      try {
        const { payload } = await jose.compactVerify(token, key, { algorithms: [header.alg] });
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
      } catch {
        throw unauthorized('signature');
      }
    },
  };
}

/** The header of a well-formed token. It is unverified, and only chooses the key. */
function headerOf(token: string, algorithms: readonly string[], { decodeProtectedHeader }: Jose): Header {
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

/** Accepts https, and http to this machine. Credentials would get into logs. */
function safeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || isLocal) || url.username !== '' || url.password !== '') {
    throw createException('not_configured', 'JWT_JWKS_URL is not an https URL without credentials');
  }
  return url.href;
}

/** Whether `time` is in the span from `start`; false if the clock was set back. */
const isWithin = (start: number, span: number, time: number): boolean => time >= start && time < start + span;

const poll = (): Promise<void> => new Promise((wake) => setTimeout(wake, POLL_MS));

const unauthorized = (reason: string): LivekitException => createException('unauthorized', 'Unauthorized', { reason });

const unavailable = (reason: string): LivekitException =>
  createException('identity_provider_unavailable', 'Service Unavailable', { reason });
