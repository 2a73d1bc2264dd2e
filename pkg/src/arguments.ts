/** Arguments of the public classes. */
import { createException } from './exception.js';
import { isWellFormed } from './utf8.js';

/** A field of an object or of its class; `undefined` for a property of `Object.prototype`. */
export const field = (object: object, name: string): unknown =>
  name in Object.prototype && !Object.hasOwn(object, name) ? undefined : (object as Record<string, unknown>)[name];

/**
 * Reads an argument, whose getters may throw.
 *
 * @throws {@link LivekitException} with status 400 and what was thrown as its `cause`
 */
export function readArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw createException('invalid_claim', 'An argument could not be read', { cause });
  }
}

/**
 * The named options, each read once.
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

/** Makes `null` invalid, which the rules count as unset: where a value has a default, `null` is a mistake. */
export const nullIsWrong = (value: unknown): unknown => (value === null ? false : value);

/** Maximum length of a token in UTF-16 units: more than that of a token whose claims have the maximum sizes. */
const MAX_TOKEN_LENGTH = 7 * 1024 * 1024;

/** A token, or an empty string for a value that cannot be one. */
export const tokenText = (token: unknown): string =>
  typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH ? token : '';

/** A copy of bytes: the original may change between the check and the parsing. */
export function copyOfBytes(value: unknown): Uint8Array | undefined {
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

/** Checks key and secret. A blank secret would be one that everyone knows. */
export function credentialsOf(apiKey: unknown, apiSecret: unknown): ApiCredentials {
  if (!isCredential(apiKey) || !isCredential(apiSecret)) {
    throw createException('not_configured', 'api-key and api-secret must be set');
  }
  return { apiKey, apiSecret };
}

/** As {@link credentialsOf}; what is undefined is a setting of the process, as in LiveKit's SDK. */
export const credentialsOrSettings = (apiKey: unknown, apiSecret: unknown): ApiCredentials =>
  credentialsOf(apiKey ?? setting('LIVEKIT_API_KEY'), apiSecret ?? setting('LIVEKIT_API_SECRET'));

function setting(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name];
  } catch {
    // Deno without permission to read the environment.
    return undefined;
  }
}

/** Maximum number of API keys. */
const MAX_KEYS = 1000;

/** Several keys, each with its secret. */
export function credentialsOfAll(all: unknown): ApiCredentials[] {
  const pairs = readArgument(() => {
    if (!Array.isArray(all)) return [];
    // A `Proxy` may return anything as `length`.
    const length = Number(all.length);
    if (!(length >= 1 && length <= MAX_KEYS)) return [];
    return Array.from({ length }, (_, at) => readOptions(all[at], ['apiKey', 'apiSecret']));
  });
  // An empty list is an error of a key that is not set.
  return pairs.length === 0
    ? [credentialsOf(undefined, undefined)]
    : pairs.map(({ apiKey, apiSecret }) => credentialsOf(apiKey, apiSecret));
}

/** Maximum length of a key or secret in UTF-16 units. */
const MAX_CREDENTIAL_LENGTH = 1024 * 1024;

/** Not blank as the rules define it (Unicode property White_Space), nor a byte order mark alone. */
const isCredential = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= MAX_CREDENTIAL_LENGTH &&
  /[^\p{White_Space}\ufeff]/u.test(value) &&
  isWellFormed(value);
