/** Checks the arguments of the public classes. */
import { createException } from './exception.js';
import { isWellFormed } from './utf8.js';

/** Gets a field of an object or of its class; `undefined` for a property of `Object.prototype`. */
export const field = (object: object, name: string): unknown =>
  name in Object.prototype && !Object.hasOwn(object, name) ? undefined : (object as Record<string, unknown>)[name];

/**
 * Reads an argument, whose getters may throw.
 *
 * @throws {@link LivekitException} with status 400; its `cause` is the thrown value
 */
export function readArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw createException('invalid_claim', 'An argument could not be read', { cause });
  }
}

/**
 * Reads the named options, each once.
 *
 * @throws {@link LivekitException} as {@link readArgument}
 */
export function readOptions<T extends object, Name extends keyof T & string>(
  options: T | null | undefined,
  names: readonly Name[],
): Partial<Pick<T, Name>> {
  const object: object = Object(options);
  const read: Partial<Pick<T, Name>> = Object.create(null);
  return readArgument(() => {
    for (const name of names) read[name] = field(object, name) as T[Name];
    return read;
  });
}

/** Replaces `null`, which the rules would take as unset, by an invalid value: `null` must not select the default. */
export const rejectNull = (value: unknown): unknown => (value === null ? false : value);

/** Maximum length of a token in UTF-16 units. A token with claims of maximum size is shorter. */
const MAX_TOKEN_LENGTH = 7 * 1024 * 1024;

/** Returns a token, or an empty string for a value that cannot be a token. */
export const tokenText = (token: unknown): string =>
  typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH ? token : '';

/** Copies bytes, because the original may change between verification and parsing; `undefined` for another type. */
export function copyBytes(value: unknown): Uint8Array | undefined {
  const isBytes = ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
  try {
    return isBytes ? new Uint8Array(value as Uint8Array) : undefined;
  } catch {
    return undefined;
  }
}

/** An API key and its secret. */
export interface ApiCredentials {
  /** The key, which is the issuer (`iss`) of tokens. */
  readonly apiKey: string;
  /** The secret that tokens are signed with. */
  readonly apiSecret: string;
}

/** Checks that key and secret are not blank, because a blank secret is no secret. */
export function checkCredentials(apiKey: unknown, apiSecret: unknown): ApiCredentials {
  if (!isCredential(apiKey) || !isCredential(apiSecret)) {
    throw createException('not_configured', 'api-key and api-secret must be set');
  }
  return { apiKey, apiSecret };
}

/** As {@link checkCredentials}; the defaults are settings of the process environment, as in LiveKit's SDK. */
export const credentialsOrSettings = (apiKey: unknown, apiSecret: unknown): ApiCredentials =>
  checkCredentials(apiKey ?? setting('LIVEKIT_API_KEY'), apiSecret ?? setting('LIVEKIT_API_SECRET'));

function setting(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name];
  } catch {
    // Deno throws without permission to read the environment.
    return undefined;
  }
}

/** Maximum number of API keys. */
const MAX_KEYS = 1000;

/** Checks an array of keys and secrets. */
export function checkCredentialsList(all: unknown): ApiCredentials[] {
  const pairs = readArgument(() => {
    if (!Array.isArray(all)) return [];
    // A `Proxy` may return anything as `length`.
    const length = Number(all.length);
    if (!(length >= 1 && length <= MAX_KEYS)) return [];
    return Array.from({ length }, (_, at) => readOptions(all[at], ['apiKey', 'apiSecret']));
  });
  // An empty array gets the error of a missing key.
  return pairs.length === 0
    ? [checkCredentials(undefined, undefined)]
    : pairs.map(({ apiKey, apiSecret }) => checkCredentials(apiKey, apiSecret));
}

/** Maximum length of a key or secret in UTF-16 units. */
const MAX_CREDENTIAL_LENGTH = 1024 * 1024;

/**
 * True for a string that is not blank, by the definition of the rules: white space (Unicode property White_Space) and
 * byte order marks are blank.
 */
const isCredential = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= MAX_CREDENTIAL_LENGTH &&
  /[^\p{White_Space}\ufeff]/u.test(value) &&
  isWellFormed(value);
