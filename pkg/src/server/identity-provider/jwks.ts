/** Verifies user tokens of an identity provider with its JWK Set (RFC 7515, RFC 7517). */
import { createException, type LivekitException } from '../../exception.js';
import { readJwks } from './jwks-answer.js';
import { type Algorithm, canonicalName, type Header, type Jose, type KeySet, keySet } from './jwks-set.js';

/** Verifies signatures with the keys of one identity provider. */
export interface Jwks {
  /**
   * Verifies the signature of a token and returns its payload; the claims are not checked. Throws 401 for an invalid
   * token, and 503 if the provider's keys are needed but unavailable.
   */
  verify(token: string): Promise<string>;
}

/** Options of {@link createJwks}; `fetch` and `now` are for tests. */
export interface JwksOptions {
  /** The accepted algorithms. Each has one type of key; none is symmetric. */
  readonly algorithms: readonly Algorithm[];
  /** Fetches the keys; the default is the runtime's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Unix milliseconds; the default is `Date.now`. */
  readonly now?: () => number;
}

const MINUTE = 60_000;
/** Age in milliseconds after which keys are fetched again. */
const FRESH_MS = 10 * MINUTE;
/** Maximum age of keys in milliseconds, even while the provider is unavailable, because it may have withdrawn one. */
const MAX_AGE_MS = 60 * MINUTE;
/** Minimum time between two fetches in milliseconds, even for unknown keys or after an error. */
const COOLDOWN_MS = MINUTE;
/** Minimum time between two fetches in milliseconds while no keys are cached, and every token is rejected. */
const RETRY_MS = 5000;
/** Time in milliseconds after which a fetch counts as abandoned. A Worker is stopped when its client disconnects. */
const ABANDONED_MS = 2500;
const POLL_MS = 10;
const MAX_TOKEN_LENGTH = 16 * 1024;

/** Pattern of canonical base64url of at least one byte. */
const PART = String.raw`(?=[\w-])(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?`;
const COMPACT = new RegExp(String.raw`^${PART}\.${PART}\.${PART}$`);
/** `typ` of JWTs and access tokens (RFC 9068). A token of another type, such as a logout token, is rejected. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i;

/** One fetch of the keys. */
interface Attempt {
  readonly startedAt: number;
  /** `undefined` while the fetch is in progress. */
  result?: 'done' | 'jwks_unreachable' | 'jwks_invalid';
}

/**
 * Creates a verifier with the keys at `url` (`JWT_JWKS_URL`), which are fetched for the first token. Throws 500 for an
 * unsafe URL.
 */
export function createJwks(url: string, { algorithms, fetch: ask, now = () => Date.now() }: JwksOptions): Jwks {
  const address = safeUrl(url);
  const names = algorithms.map(({ name }) => name);
  let held: { keys: KeySet; readAt: number } | undefined;
  let last: Attempt | undefined;

  /**
   * Returns the key of a token. One request fetches the keys, and concurrent requests poll with their own timers,
   * because on Workers a request cannot await the promise of another.
   */
  async function keyFor(header: Header, jose: Jose): Promise<CryptoKey> {
    for (;;) {
      const time = now();
      if (held !== undefined && !isInPeriod(held.readAt, MAX_AGE_MS, time)) held = undefined;
      const known = held;
      const key = await known?.keys(header);
      if (known !== held) continue;
      if (key !== undefined && known !== undefined && isInPeriod(known.readAt, FRESH_MS, time)) return key;
      if (
        last?.result !== undefined &&
        isInPeriod(last.startedAt, known === undefined ? RETRY_MS : COOLDOWN_MS, time)
      ) {
        if (key !== undefined) return key;
        throw last.result === 'done' ? unauthorized('unknown_key') : unavailable(last.result);
      }
      if (last !== undefined && last.result === undefined && isInPeriod(last.startedAt, ABANDONED_MS, time))
        await poll();
      else await refresh(time, jose);
    }
  }

  async function refresh(startedAt: number, jose: Jose): Promise<void> {
    const attempt: Attempt = { startedAt };
    last = attempt;
    const text = await readJwks(address, ask);
    const keys = text === undefined ? undefined : keySet(text, algorithms, jose);
    attempt.result = text === undefined ? 'jwks_unreachable' : keys === undefined ? 'jwks_invalid' : 'done';
    // The result of a later attempt is not overwritten. The age is counted from the start of the fetch.
    if (last === attempt && keys !== undefined) held = { keys, readAt: startedAt };
  }

  return {
    async verify(token) {
      // A dynamic import, because CommonJS cannot load the ES module jose in another way.
      const jose = await import('./jose.js');
      const header = decodeHeader(token, names, jose);
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

/** Decodes the header of a well-formed token. It is unverified, and only used to select the key. */
function decodeHeader(token: string, algorithms: readonly string[], { decodeProtectedHeader }: Jose): Header {
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
    // No critical extensions (RFC 7515 section 4.1.11), and no unencoded payload (RFC 7797).
    crit === undefined &&
    b64 === undefined;
  if (!isPlain) throw unauthorized('header');
  return kid === undefined ? { alg } : { alg, kid };
}

/** Accepts https, and http to this machine. Credentials are rejected, because they would end up in logs. */
function safeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || isLocal) || url.username !== '' || url.password !== '') {
    throw createException('not_configured', 'JWT_JWKS_URL is not an https URL without credentials');
  }
  return url.href;
}

/** True if `time` is less than `span` after `start`; false if the clock was set back. */
const isInPeriod = (start: number, span: number, time: number): boolean => time >= start && time < start + span;

const poll = (): Promise<void> => new Promise((wake) => setTimeout(wake, POLL_MS));

const unauthorized = (reason: string): LivekitException => createException('unauthorized', 'Unauthorized', { reason });

const unavailable = (reason: string): LivekitException =>
  createException('identity_provider_unavailable', 'Service Unavailable', { reason });
