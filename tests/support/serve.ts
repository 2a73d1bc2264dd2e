/** The entry of the runtime that this is, and its store as if that were a binding, as a Worker's is. */
import { type D1, d1Store } from 'livekit-edge/stores/d1';

export const { serve, openStore } =
  'Deno' in globalThis ? await import('livekit-edge/deno') : await import('livekit-edge/node');

/** What stands for the database among the settings, so that a request may take it away: `{ DB: null }`. */
export const BOUND = { DB: 'the store of the process' };

/** The store that a request's settings name. */
export async function boundStore() {
  const store = await openStore(globalThis.process.env);
  return ({ DB }: { DB?: unknown }) => (DB === BOUND.DB ? store : d1Store(DB as D1 | undefined));
}
