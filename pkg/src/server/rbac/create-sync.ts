/** Sync as a function, for applications that call it directly. */
import { endpointSettings, withServers } from '../../config.js';
import { jsonText } from '../../snapshot.js';
import { call } from '../../wasm/instance.js';
import type { PrivilegedGrant } from '../hooks.js';
import { createRoomService } from '../livekit/room-service.js';
import { type ChooseServer, chosenServer, type LivekitServer } from '../livekit/servers.js';
import { createLogFrom } from '../log.js';
import { createRules } from '../rules.js';
import type { Store } from '../stores/store.js';
import type { Grants } from './grants.js';
import { createRoomSync } from './sync.js';
import type { SyncResult, SyncTarget } from './sync-result.js';

/** Options of {@link createSync}. They must be those of the endpoint that issued the participants' tokens. */
export interface SyncOptions {
  /** Settings of the endpoint: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  settings: object;
  /** Store of the endpoint, with Kraken's tables. */
  store: Store;
  /** Option `grants` of the endpoint, if it is set. */
  grants?: Grants | undefined;
  /** Names of privileged grants that `grants` may return. */
  allowGrants?: readonly PrivilegedGrant[] | undefined;
  /** LiveKit servers, instead of those in the settings. */
  servers?: readonly LivekitServer[] | undefined;
  /** Returns the name of a room's server, instead of rendezvous hashing. */
  chooseServer?: ChooseServer | undefined;
}

/**
 * Updates the permissions of every participant of a room, or of one user in every room, to the current rules, and
 * removes participants who may no longer be there. Rejects with a `LivekitException`: `room_not_found` for a room that
 * is neither a channel nor a group of direct messages, `invalid_request` for an invalid id, `store_unavailable`,
 * `not_configured`.
 */
export type Sync = (target: SyncTarget) => Promise<SyncResult>;

/**
 * Creates a function that applies changed roles, bans, timeouts, memberships or overwrites to the participants in
 * rooms, as `POST /sync` does. Create it once, so that concurrent calls share their work.
 *
 * @example
 * ```ts
 * import { createSync, type Store } from 'livekit-edge/server';
 *
 * declare const env: Record<string, string>;
 * declare const store: Store;
 *
 * const sync = createSync({ settings: env, store });
 * // After the transaction that took a role away from the user.
 * const { isComplete } = await sync({ user: 'user-456' });
 * if (!isComplete) console.warn('Call it again');
 * ```
 *
 * @throws LivekitException with code `not_configured` if the settings cannot be read.
 */
export function createSync({ settings, store, grants, allowGrants = [], servers, chooseServer }: SyncOptions): Sync {
  const given = endpointSettings(settings);
  const service = createRules(servers === undefined ? given : withServers(given, servers));
  const log = createLogFrom(settings);
  const rooms = createRoomService(service, (room) => chosenServer(chooseServer, room, log));
  const endpoint = { service, rooms, log, store: () => store, allowGrants: [...allowGrants] };
  const syncRooms = createRoomSync(grants);
  return async ({ room, user }) => {
    const body = new TextEncoder().encode(jsonText({ roomId: room, userId: user }));
    return syncRooms(
      call((wasm) => wasm.parseSync(body)),
      endpoint,
    );
  };
}
