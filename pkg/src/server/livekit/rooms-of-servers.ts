/** Lists the running rooms of each LiveKit server. */
import type { Rules } from '../rules.js';
import { accessByRules, createCalls, failure } from './calls.js';
import { type LivekitRoom, parseRooms } from './room-messages.js';

/** The running rooms of one server, or the reason why the call failed. */
export interface RoomsOfServer {
  readonly server: string;
  readonly rooms?: readonly LivekitRoom[];
  readonly error?: unknown;
}

/** Lists the running rooms of each configured server. */
export function listServerRooms(rules: Rules): Promise<RoomsOfServer[]> {
  const failed = failure('Failed to list rooms');
  const names = rules.call((rules) => rules.serverNames());
  return Promise.all(
    names.map((server) => {
      const calls = createCalls(
        accessByRules(rules, () => server),
        (address, init) => fetch(address, init),
      );
      return calls({ action: 'list', room: '', failed }, async (post) => {
        const rooms = parseRooms(await post('ListRooms', {}));
        if (rooms === undefined) throw failed('livekit_garbage');
        return { server, rooms };
      }).catch((error: unknown) => ({ server, error }));
    }),
  );
}
