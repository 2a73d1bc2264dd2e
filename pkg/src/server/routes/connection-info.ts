/** GET /connection-info: where clients connect to; with several LiveKit servers, for the room `?roomId=`. */
import { connectionInfoOf } from '../../token-response.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { chosenServer } from '../livekit/servers.js';
import { respondJson } from '../middleware/respond.js';
import { admit } from '../rbac/authorize.js';
import { isId } from '../requests.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  const { service, chooseServer } = endpoint;
  if (service.description.servers < 2) return respondJson(context, connectionInfoOf(service.description));
  const room = context.req.query('roomId') ?? '';
  // What is no room is refused by the rules: the application is not asked about it.
  const server = isId(room) ? await chosenServer(chooseServer, room) : undefined;
  return respondJson(context, connectionInfoOf(service.call((rules) => rules.serverOfRoom(room, server))));
}
