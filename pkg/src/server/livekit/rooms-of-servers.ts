/** The rooms that run on each of LiveKit's servers. */
import type { Rules } from '../rules.js';
import { accessByRules, createCalls, failure } from './calls.js';
import { type LivekitRoom, roomsOf } from './room-messages.js';

/** The rooms that run on one server, or why it has not answered. */
export interface RoomsOfServer {
  readonly server: string;
  readonly rooms?: readonly LivekitRoom[];
  readonly error?: unknown;
}

/** The rooms that run on each server of these rules. */
export function listRoomsOf(rules: Rules): Promise<RoomsOfServer[]> {
  const failed = failure('Failed to list rooms');
  const names = rules.call((rules) => rules.serverNames());
  return Promise.all(
    names.map((server) => {
      const calls = createCalls(
        accessByRules(rules, () => server),
        (address, init) => fetch(address, init),
      );
      return calls({ action: 'list', room: '', failed }, async (post) => {
        const rooms = roomsOf(await post('ListRooms', {}));
        if (rooms === undefined) throw failed('livekit_garbage');
        return { server, rooms };
      }).catch((error: unknown) => ({ server, error }));
    }),
  );
}
