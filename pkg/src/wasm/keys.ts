/** API keys inside the module: each is prepared once for many tokens, and anew if the module had to restart. */
import { call, instance, jsonText, runOnBytes } from './instance.js';
import { standingInput, TOKENS, type TokenOperations } from './tokens.js';

/** An API key and its secret; neither is blank. */
export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** A key as one instance of the module holds it. */
export interface PreparedKey {
  readonly core: TokenOperations;
  /** The number that the module knows it by. */
  readonly key: number;
  /** Where short texts are written. */
  readonly standing: number;
  readonly apiSecret: string;
}

/** So many keys stay prepared: those that were prepared last. */
const MOST_KEYS = 16;

const prepared = new Map<string, PreparedKey>();

/** The prepared key of credentials. Throws if the rules refuse them. */
export function keyOf({ apiKey, apiSecret }: Credentials): PreparedKey {
  const known = prepared.get(apiKey);
  return known?.apiSecret === apiSecret && known.core === TOKENS.running ? known : prepare(apiKey, apiSecret);
}

/** True if these are the credentials of a key that is prepared: nothing about them needs to be checked again. */
export const isPrepared = (apiKey: unknown, apiSecret: unknown): boolean =>
  typeof apiSecret === 'string' && prepared.get(apiKey as string)?.apiSecret === apiSecret;

function prepare(apiKey: string, apiSecret: string): PreparedKey {
  const input = jsonText({ apiKey, apiSecret });
  const core = instance(TOKENS);
  const key: number = runOnBytes(core, input, () => core.create_key());
  forget(apiKey);
  for (const [oldest] of prepared) {
    if (prepared.size < MOST_KEYS) break;
    forget(oldest);
  }
  const made = { core, key, standing: standingInput(core), apiSecret };
  prepared.set(apiKey, made);
  return made;
}

function forget(apiKey: string): void {
  const known = prepared.get(apiKey);
  prepared.delete(apiKey);
  if (known !== undefined && known.core === TOKENS.running) call(known.core, () => known.core.drop_key(known.key));
}
