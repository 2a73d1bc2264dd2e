/** Compares presence with LiveKit repeatedly, while a process runs. */
import type { LivekitOptions } from '../app.js';
import { reconcilePresence } from '../presence/reconcile-presence.js';
import type { Store } from '../stores/store.js';

/** Default number of seconds between comparisons. */
const RECONCILE_SECONDS = 60;

/** Maximum interval of a timer in milliseconds. Node would replace a longer one by 1 ms. */
const MAX_TIMER_MS = 2_147_483_647;

/** Options of the endpoint that the comparison needs. */
interface Compared extends Pick<LivekitOptions, 'servers' | 'chooseServer'> {
  readonly store: NonNullable<LivekitOptions['store']>;
  /** Notifies the clients that watch a room. */
  readonly onChange: (room: string) => Promise<void>;
}

/** Calls `work` at an interval. Returns a function that stops it. */
export type Every = (milliseconds: number, work: () => void) => () => void;

/**
 * Starts the timer, unless `seconds` is 0. Returns a function that stops it; no comparison of another room starts after
 * that.
 */
export function reconcileEvery(
  every: Every,
  seconds = RECONCILE_SECONDS,
  settings: object,
  { store, servers, chooseServer, onChange }: Compared,
): () => void {
  if (!(seconds > 0)) return () => {};
  const env = settings as Record<string, unknown>;
  const stop = new AbortController();
  let isRunning = false;
  const reconcile = async () => {
    const opened: Store = typeof store === 'function' ? store(env) : store;
    const listed = typeof servers === 'function' ? servers(env) : servers;
    const choose = chooseServer && ((room: string) => chooseServer(room, env));
    const where = { settings, store: opened, servers: listed, chooseServer: choose };
    await reconcilePresence({ ...where, signal: stop.signal, onChange });
  };
  const end = every(Math.min(seconds * 1000, MAX_TIMER_MS), () => {
    if (isRunning) return;
    isRunning = true;
    // Errors of the application's functions are logged when a request calls them.
    reconcile()
      .catch(() => {})
      .finally(() => {
        isRunning = false;
      });
  });
  return () => {
    end();
    stop.abort();
  };
}
