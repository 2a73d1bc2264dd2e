/** LiveKit servers that an application lists and chooses in code. */
import type { ApiCredentials } from '../../arguments.js';
import { createException } from '../../exception.js';
import { decide } from '../hooks.js';
import type { Log } from '../log.js';

/** A LiveKit server, as in the setting `LIVEKIT_SERVERS`. */
export interface LivekitServer {
  /** The server of a room is computed from it: keep it when the URL changes. At most 64 characters, without white space. */
  name: string;
  /** URL that clients connect to. */
  url: string;
  /** URL at which the endpoint reaches the server's API; the default is `url`. */
  internalUrl?: string | undefined;
  /** Its API keys, of which the first signs and all verify: as in `LIVEKIT_KEYS`, `key: secret`, one a line; or a list. */
  keys: string | readonly ApiCredentials[];
}

/** Chooses the server of a room by its name; for `null` or `undefined` rendezvous hashing does. */
export type ChooseServer = (room: string) => string | null | undefined | Promise<string | null | undefined>;

/** Name of the server that the application chooses for a room, if any. Throws 500 for a value of another type, and as `decide`. */
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
