/**
 * Runs one sync of a room at a time. Calls during a run share the next run, which starts after them and therefore sees
 * the changes that they are about.
 */

/** The participants that a sync compares: these identities, or every participant. */
export type SyncScope = ReadonlySet<string> | 'all';

/** The result of a run: its value, or the error that it threw. */
type Outcome<T> = { readonly value: T } | { readonly error: unknown };

interface Flight<T> {
  scope: Set<string> | 'all';
  /** Time of the start in Unix milliseconds; `undefined` while the run is waiting. */
  startedAt?: number;
  outcome?: Outcome<T>;
}

interface RoomFlights<T> {
  callers: number;
  running?: Flight<T> | undefined;
  waiting?: Flight<T> | undefined;
}

const POLL_MS = 20;
/** Milliseconds after which a run counts as abandoned. A Worker is stopped when its client disconnects. */
const ABANDONED_MS = 60_000;

/** Runs a sync of participants of a room. */
export type Run<T> = (scope: SyncScope) => Promise<T>;

/**
 * Joins a waiting sync of a room, or runs one; `undefined` if there is no result at `deadline` (Unix milliseconds).
 * Rejects as the run does.
 */
export type Join<T> = (room: string, scope: SyncScope, deadline: number, run: Run<T>) => Promise<T | undefined>;

/**
 * Creates the runs of all rooms. One caller runs the sync, and the others poll with their own timers, because on
 * Workers a request cannot await the promise of another.
 */
export function createFlights<T>(): Join<T> {
  const rooms = new Map<string, RoomFlights<T>>();

  async function join(
    flights: RoomFlights<T>,
    scope: SyncScope,
    deadline: number,
    run: Run<T>,
  ): Promise<T | undefined> {
    let flight = joinWaiting(flights, scope);
    for (;;) {
      if (flight.outcome !== undefined) return unwrap(flight.outcome);
      if (isAbandoned(flight)) flight = joinWaiting(flights, scope);
      const isNext = flights.waiting === flight && (flights.running === undefined || isAbandoned(flights.running));
      if (isNext) await runNow(flights, flight, run);
      else if (Date.now() >= deadline) return undefined;
      else await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  }

  return async (room, scope, deadline, run) => {
    const flights = rooms.get(room) ?? { callers: 0 };
    rooms.set(room, flights);
    flights.callers += 1;
    try {
      return await join(flights, scope, deadline, run);
    } finally {
      flights.callers -= 1;
      if (flights.callers === 0) rooms.delete(room);
    }
  };
}

async function runNow<T>(flights: RoomFlights<T>, flight: Flight<T>, run: Run<T>): Promise<void> {
  flights.waiting = undefined;
  flights.running = flight;
  flight.startedAt = Date.now();
  try {
    flight.outcome = { value: await run(flight.scope) };
  } catch (error) {
    flight.outcome = { error };
  } finally {
    if (flights.running === flight) flights.running = undefined;
  }
}

/** Returns the waiting run, and adds these participants to it. */
function joinWaiting<T>(flights: RoomFlights<T>, scope: SyncScope): Flight<T> {
  flights.waiting ??= { scope: new Set() };
  const { waiting } = flights;
  if (scope === 'all' || waiting.scope === 'all') waiting.scope = 'all';
  else for (const identity of scope) waiting.scope.add(identity);
  return waiting;
}

const isAbandoned = ({ startedAt, outcome }: Flight<unknown>): boolean =>
  outcome === undefined && startedAt !== undefined && Date.now() - startedAt > ABANDONED_MS;

function unwrap<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
