/**
 * POST /sync: the operator synchronizes every participant of a room, or a user in all rooms, with the current rules.
 */
import { call } from '../../../wasm/instance.js';
import { readBody } from '../../body.js';
import type { LivekitHandler } from '../../context.js';
import { admitOperator } from '../../operator.js';
import type { Grants } from '../grants.js';
import { createRoomSync } from '../sync.js';

/** Creates the handler. The application's `grants` function replaces `LIVEKIT_GRANTS`. */
export function sync(grants: Grants | undefined): LivekitHandler {
  const syncRooms = createRoomSync(grants);
  return async (context) => {
    admitOperator(context);
    const body = await readBody(context);
    const target = call((wasm) => wasm.parseSync(body));
    return context.json(await syncRooms(target, context.get('endpoint')));
  };
}
