/** LiveKit servers that the application lists and chooses in code. */
import type { ApiCredentials } from '../../arguments.js';
import { createException } from '../../exception.js';
import { decide } from '../hooks.js';
import type { Log } from '../log.js';

/** A LiveKit server, as in the setting `LIVEKIT_SERVERS`. */
export interface LivekitServer {
  /**
   * Name of the server, at most 64 characters without white space. Rooms are assigned by it: do not change it with the
   * URL.
   */
  name: string;
  /** URL that clients connect to. */
  url: string;
  /** URL at which the endpoint reaches the server's API; the default is `url`. */
  internalUrl?: string | undefined;
  /**
   * API keys of the server; the first signs, all verify. A string as in `LIVEKIT_KEYS` (one `key: secret` in each
   * line), or an array.
   */
  keys: string | readonly ApiCredentials[];
}

/** Returns the name of a room's server; `null` and `undefined` select it by rendezvous hashing. */
export type ChooseServer = (room: string) => string | null | undefined | Promise<string | null | undefined>;

/** Calls `chooseServer` for a room. Throws 500 for a result of another type, and as `decide`. */
export async function chosenServer(
  choose: ChooseServer | undefined,
  room: string,
  log: Log,
): Promise<string | undefined> {
  if (choose === undefined) return undefined;
  const name: unknown = await decide('chooseServer', log, () => choose(room));
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'string') return name.toWellFormed();
  throw createException('unknown_server', 'LiveKit server not configured', { reason: 'type' });
}
