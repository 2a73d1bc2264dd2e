/** The database of `d1-worker.ts`, and the store on it. Miniflare's own way to a database has a request for each statement. */
import type { Store } from 'livekit-edge/server';
import { d1Store } from 'livekit-edge/stores/d1';
import { type Database, sqlDatabase } from './database.ts';

/** A call of the method with this path, such as `['store', 'recordings', 'list']`. */
export interface Call {
  path: string[];
  values: unknown[];
}

type Outcome = { answer: unknown; error?: undefined } | { error: { name: string; message: string } };

export function remoteD1(url: string): { store: Required<Store>; database: Database } {
  async function call(path: string[], values: unknown[]): Promise<unknown> {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ path, values } satisfies Call) });
    const outcome = (await response.json()) as Outcome;
    if (outcome.error === undefined) return outcome.answer;
    const { name, message } = outcome.error;
    throw Object.assign(name === 'TypeError' ? new TypeError(message) : new Error(message), { name });
  }
  /** An object with the same methods. */
  const methods = (owner: object, path: string[]): object =>
    Object.fromEntries(
      Object.entries(owner).map(([name, value]) => {
        const to = [...path, name];
        return [name, typeof value === 'function' ? (...values: unknown[]) => call(to, values) : methods(value, to)];
      }),
    );
  return {
    store: methods(d1Store(undefined), ['store']) as Required<Store>,
    database: sqlDatabase((statements) => call(['run'], [statements]) as Promise<unknown[]>),
  };
}
