/** Compares presence with LiveKit's own list, one time after another, while a process runs. */
import type { LivekitOptions } from '../app.js';
import { reconcilePresence } from '../presence/reconcile-presence.js';
import type { Store } from '../stores/store.js';

/** Default number of seconds between comparisons. */
const RECONCILE_SECONDS = 60;

/** Maximum of a timer: a longer one would run all the time. */
const MAX_TIMER_MS = 2_147_483_647;

/** What is compared: the options of the endpoint that say where. */
interface Compared extends Pick<LivekitOptions, 'servers' | 'chooseServer'> {
  readonly store: NonNullable<LivekitOptions['store']>;
  /** Tells those who watch a room. */
  readonly onChange: (room: string) => Promise<void>;
}

/** Calls `work` again and again. Returns what ends that. */
export type Every = (milliseconds: number, work: () => void) => () => void;

/** Starts a timer, unless the seconds are 0. Returns what ends it; no room is begun after that. */
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
    // What a function of the application throws is logged when a request calls it.
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
