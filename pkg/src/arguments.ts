/** What the classes with the names of LiveKit's SDK make of their arguments. */
import { LivekitException } from './exception.js';

/** The rules take `null` for none; where a value has a default, it is a mistake. */
export const given = (value: unknown): unknown => (value === null ? false : value);

/** Key and secret, if they are there. Nobody may sign or verify with a secret that everybody knows. */
export function credentialsOf(apiKey: unknown, apiSecret: unknown): [apiKey: string, apiSecret: string] {
  if (!isCredential(apiKey) || !isCredential(apiSecret)) {
    throw new LivekitException('api-key and api-secret must be set', 500, { code: 'not_configured' });
  }
  return [apiKey, apiSecret];
}

const isCredential = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.isWellFormed();
