/** Sync for an application that calls it itself. */
import { endpointSettings, withServers } from '../../config.js';
import { jsonText } from '../../snapshot.js';
import { call } from '../../wasm/instance.js';
import type { PrivilegedGrant } from '../hooks.js';
import { roomServiceOf } from '../livekit/room-service.js';
import { type ChooseServer, chosenServer, type LivekitServer } from '../livekit/servers.js';
import { createLogFrom } from '../log.js';
import { createRules } from '../rules.js';
import type { Store } from '../stores/store.js';
import type { Grants } from './grants.js';
import { createRoomSync } from './sync.js';
import type { SyncResult, SyncTarget } from './sync-result.js';

/** Options of {@link createSync}: those of the endpoint whose tokens the participants have. */
export interface SyncOptions {
  /** The settings by name: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  settings: object;
  /** Kraken's tables. */
  store: Store;
  /** The application's own table of grants, if it has one. */
  grants?: Grants | undefined;
  /** Privileged grants that the table may have, by name. */
  allowGrants?: readonly PrivilegedGrant[] | undefined;
  /** LiveKit's servers, in place of those of the settings. */
  servers?: readonly LivekitServer[] | undefined;
  /** Names the server that a room is on, in place of rendezvous hashing. */
  chooseServer?: ChooseServer | undefined;
}

/**
 * Gives every participant of a room, or a user in every room, the permissions that the rules give now, and removes those who may not be
 * there. Rejects with a `LivekitException`: `room_not_found` for a room that is neither a channel nor a group of direct messages,
 * `invalid_request` for an invalid id, `store_unavailable`, `not_configured`.
 */
export type Sync = (target: SyncTarget) => Promise<SyncResult>;

/**
 * Creates a function that makes participants follow a change of roles, bans, timeouts, memberships or overwrites: what
 * `POST /sync` does. Create it once: calls at the same time share their work.
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
  const rooms = roomServiceOf(service, (room) => chosenServer(chooseServer, room, log));
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
