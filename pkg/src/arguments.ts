/** What the classes with the names of LiveKit's SDK make of their arguments. */
import { LivekitException } from './exception.js';
import { type Credentials, isPrepared } from './wasm/keys.js';

/** A copy of options without a prototype: what was put on every object of the program is no option. */
export const ownOptions = <T extends object>(options: T | null | undefined): Partial<T> =>
  Object.assign(Object.create(null), options);

/** A token as far as it can be one: longer ones are not even read. */
export const tokenText = (token: unknown): unknown =>
  typeof token === 'string' && token.length > MAX_TOKEN_LENGTH ? undefined : token;

/** More than a token has whose texts are of the largest sizes; with the arguments it fits into the module's 8 MiB. */
const MAX_TOKEN_LENGTH = 7 * 1024 * 1024;

/** The rules take `null` for none; where a value has a default, it is a mistake. */
export const nullIsWrong = (value: unknown): unknown => (value === null ? false : value);

/** Key and secret, if they are there. Nobody may sign or verify with a secret that everybody knows. */
export function credentialsOf(apiKey: unknown, apiSecret: unknown): Credentials {
  if (!isPrepared(apiKey, apiSecret) && !(isCredential(apiKey) && isCredential(apiSecret))) {
    throw new LivekitException('api-key and api-secret must be set', 500, { code: 'not_configured' });
  }
  return { apiKey: apiKey as string, apiSecret: apiSecret as string };
}

/** Blank as the rules see it (Unicode property White_Space), and a byte order mark. */
const isCredential = (value: unknown): value is string =>
  typeof value === 'string' && !/^[\p{White_Space}\ufeff]*$/u.test(value) && value.isWellFormed();
