/** LiveKit servers that an application lists and chooses in code. */
import type { ApiCredentials } from '../../arguments.js';
import { LivekitException } from '../../exception.js';
import { within } from '../timeout.js';

/** A LiveKit server, as in the setting `LIVEKIT_SERVERS`. */
export interface LivekitServer {
  /** Decides which rooms the server has: keep it when the URL changes. At most 64 characters, without white space. */
  name: string;
  /** URL that clients connect to. */
  url: string;
  /** URL at which the endpoint reaches the server's API; the default is `url`. */
  internalUrl?: string | undefined;
  /** Its API keys, of which the first signs and all verify: as in `LIVEKIT_KEYS`, `key: secret`, one a line; or a list. */
  keys: string | readonly ApiCredentials[];
}

/** Names the server that a room is on; `undefined` leaves it to rendezvous hashing. */
export type ChooseServer = (room: string) => string | null | undefined | Promise<string | null | undefined>;

/** Milliseconds within which an application chooses. */
const CHOICE_MS = 2000;

/** Name of the server that the application chooses for a room, if it does. Throws 500 and 503. */
export async function chosenServer(choose: ChooseServer | undefined, room: string): Promise<string | undefined> {
  if (choose === undefined) return undefined;
  let name: unknown;
  try {
    name = await within<unknown>(
      CHOICE_MS,
      async () => choose(room),
      (): never => {
        throw LATE;
      },
    );
  } catch (error) {
    throw error === LATE ? LATE : notChosen('exception');
  }
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string') throw notChosen('type');
  return name.toWellFormed();
}

const notChosen = (reason: string) =>
  new LivekitException('LiveKit credentials not configured', 500, { code: 'unknown_server', reason });
const LATE = new LivekitException('Service Unavailable', 503, { code: 'unknown_server', reason: 'timeout' });
